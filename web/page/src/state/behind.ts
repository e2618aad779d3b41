// The calls behind a number of a figure: the page of calls shows just them until somebody asks for others.
import { ref, watch } from 'vue'
import type { CallsBehind } from '@/logic/figures'
import { goCalls } from './route'
import { session } from './session'

export const behind = ref<CallsBehind | null>(null)
// What one person looked at is not the next one's list.
watch(() => session.user && session.user.username, () => { behind.value = null })

export function goCallsBehind(of: CallsBehind): void {
  behind.value = of
  goCalls()
}
