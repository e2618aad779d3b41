// Whether the window is as narrow as a telephone's.
import { onBeforeUnmount, ref, type Ref } from 'vue'

const NARROW = '(max-width: 700px)'

export function useNarrow(): Ref<boolean> {
  const query = window.matchMedia(NARROW)
  const narrow = ref(query.matches)
  const look = () => { narrow.value = query.matches }
  query.addListener(look) // the browser of an older telephone knows no other
  onBeforeUnmount(() => query.removeListener(look))
  return narrow
}
