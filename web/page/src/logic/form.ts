// What every small form does by keys: one refusal is shown at its field, and Ctrl+Enter sends.

/** Goes to the field of a form in the element with this data-name. */
export function focusNamed(form: HTMLElement | null, name: string): void {
  const field = form && form.querySelector<HTMLElement>(`[data-name="${name}"] input, [data-name="${name}"] textarea`)
  if (field) field.focus()
}

/** Whether a key sends the form; then nothing else happens by it. While a word is being composed it sends nothing. */
export function sendsForm(e: KeyboardEvent): boolean {
  if (e.key !== 'Enter' || !e.ctrlKey || e.isComposing) return false
  e.preventDefault()
  e.stopPropagation()
  return true
}
