// Short messages in the band of the line. What went well is gone before it is in the way; what failed, or offers
// something to do, stays longer.
import { reactive } from 'vue'

/** A text, or how to say it: the latter follows the language of the page at once. */
export type Said = string | (() => string)

export interface Notice {
  id: number
  text: Said
  tone: 'info' | 'good' | 'bad'
  action?: Said
  act?: () => void
  /** Notices about the same thing: a later one takes the place of the one before. */
  key?: string
  /** The daemon's own sentence, as a tooltip. */
  detail?: string
}

const MOST = 4

/** For how long a message stays, in ms. */
export const stay = (tone: Notice['tone'], acts: boolean): number => (acts ? 20_000 : tone === 'bad' ? 8000 : 4000)

export const notices = reactive<Notice[]>([])
let next = 1

export function say(text: Said): string {
  return typeof text === 'function' ? text() : text
}

export function notify(text: Said, tone: Notice['tone'] = 'info', action?: Said, act?: () => void, key?: string, detail?: string): void {
  const id = next++
  const same = notices.findIndex((n) => (key ? n.key === key : !n.act && say(n.text) === say(text)))
  if (same >= 0) notices.splice(same, 1)
  notices.push({ id, text, tone, action, act, key, detail })
  // The oldest goes, and first one that offers nothing to do.
  if (notices.length > MOST) notices.splice(Math.max(0, notices.findIndex((n) => !n.act)), 1)
  setTimeout(() => dismiss(id), stay(tone, !!act))
}

/** Those that are shown where there is room for a few only: what failed or offers something to do before what went well, then the newest; in their order. */
export function mostUrgent(all: readonly Notice[], room: number): Notice[] {
  const weight = (n: Notice) => (n.tone === 'bad' || n.act ? 1 : 0)
  const first = all.slice().sort((a, b) => weight(b) - weight(a) || b.id - a.id).slice(0, room)
  return all.filter((n) => first.indexOf(n) >= 0)
}

export function dismiss(id: number): void {
  const at = notices.findIndex((n) => n.id === id)
  if (at >= 0) notices.splice(at, 1)
}

export function dismissAll(): void {
  notices.splice(0, notices.length)
}

/** What the button of such a notice offered has been done by other means. */
export function dismissKey(key: string): void {
  notices.filter((n) => n.key === key).forEach((n) => dismiss(n.id))
}

/** What the buttons of notices offered has been done by other means. */
export function dismissActions(): void {
  notices.filter((n) => n.act).forEach((n) => dismiss(n.id))
}
