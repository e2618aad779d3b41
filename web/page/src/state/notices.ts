// Short messages at the foot of the page; with an action they stay until used or closed.
import { reactive } from 'vue'

export interface Notice {
  id: number
  text: string
  tone: 'info' | 'good' | 'bad'
  action?: string
  act?: () => void
}

export const notices = reactive<Notice[]>([])
let next = 1

export function notify(text: string, tone: Notice['tone'] = 'info', action?: string, act?: () => void): void {
  const id = next++
  notices.push({ id, text, tone, action, act })
  if (notices.length > 3) notices.shift()
  setTimeout(() => dismiss(id), act ? 20_000 : 6000)
}

export function dismiss(id: number): void {
  const at = notices.findIndex((n) => n.id === id)
  if (at >= 0) notices.splice(at, 1)
}

/** What the buttons of notices offered has been done by other means. */
export function dismissActions(): void {
  notices.filter((n) => n.act).forEach((n) => dismiss(n.id))
}
