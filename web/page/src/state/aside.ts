// Dialogs step aside for a call: when somebody goes to one that waits they close, and while one rings or waits they
// begin below what tells of it, so that nothing stands over the line.
import { nextTick, onBeforeUnmount, onMounted, ref, watch } from 'vue'

/** How often somebody went to a call. */
export const wentToCall = ref(0)

/** While CALLS says so, the masks of dialogs begin below the lowest of these parts of the page. */
export function keepInSight(calls: () => unknown, parts: string): void {
  const measure = () => {
    const shown = calls() ? Array.from(document.querySelectorAll<HTMLElement>(parts)) : []
    const bottom = shown.reduce((low, part) => Math.max(low, part.getBoundingClientRect().bottom), 0)
    document.documentElement.style.setProperty('--line-bottom', Math.round(bottom) + 'px')
  }
  watch(calls, () => void nextTick(measure))
  onMounted(() => {
    measure()
    window.addEventListener('resize', measure)
  })
  onBeforeUnmount(() => window.removeEventListener('resize', measure))
}
