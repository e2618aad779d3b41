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
