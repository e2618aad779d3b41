// Keyboard: one way to listen while a component is shown. Keys pressed while an input method
// composes Chinese text belong to the input method.
import { onBeforeUnmount, onMounted } from 'vue'

/** The name of a key press such as Ctrl+Enter, Alt+KeyS, F8, Digit1, and of a sign, wherever the layout has it, "?" or "/". */
export function keyName(e: KeyboardEvent): string {
  const sign = e.key === '?' || e.key === '/'
  const mods = (e.ctrlKey || e.metaKey ? 'Ctrl+' : '') + (e.altKey ? 'Alt+' : '') + (e.shiftKey && !sign ? 'Shift+' : '')
  if (sign) return mods + e.key
  const numpad = /^Numpad(\d)$/.exec(e.code)
  return mods + (numpad ? 'Digit' + numpad[1] : e.code === 'NumpadEnter' ? 'Enter' : e.code || e.key)
}

export function typingNow(): boolean {
  const focus = document.activeElement
  return !!focus && (/^(INPUT|TEXTAREA|SELECT)$/.test(focus.tagName) || (focus as HTMLElement).isContentEditable)
}

/** The handler says true when it used the key. */
export function useKeys(handler: (name: string, e: KeyboardEvent) => boolean): void {
  const listen = (e: KeyboardEvent) => {
    if (e.isComposing || e.defaultPrevented) return
    if (handler(keyName(e), e)) e.preventDefault()
  }
  onMounted(() => window.addEventListener('keydown', listen))
  onBeforeUnmount(() => window.removeEventListener('keydown', listen))
}

let typed = 0
/** When a key was last pressed in the field that has the focus; 0 outside fields, and in the form of the desk, which knows itself what is unfinished. */
export function typedAt(): number {
  const focus = document.activeElement
  return typingNow() && focus && !focus.closest('.desk') ? typed : 0
}

/** Whether something stands over the page and waits for an answer. */
export const dialogOpen = (): boolean =>
  Array.from(document.querySelectorAll<HTMLElement>('[role="dialog"]')).some((d) => d.offsetParent !== null || d.getClientRects().length > 0)

/** Keeps watch over every field; letters of an input method count, too. */
export function startKeys(): void {
  const note = () => { if (typingNow()) typed = Date.now() }
  window.addEventListener('keydown', note, true)
  window.addEventListener('input', note, true)
}
