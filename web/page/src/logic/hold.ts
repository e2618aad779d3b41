// Whether the form may be taken away for another call, and which of the calls that wait is
// offered. Everything is plain data, so that the rule can be read and tested in one place.
import type { Call, Line } from '@/api/types'

/** An unfinished entry that somebody touched, or that a call brought up, is left alone for this long. */
export const HOLD_MS = 120_000
/** A call that ended before it was first heard of is news for this long. */
export const FRESH_MS = 60_000
/** Whoever pressed a key in a field so lately is still typing; they look at the paper or the phone, not at the screen. */
export const TYPING_MS = 10_000

export interface FormView {
  /** The entry in the form belongs to a call that rings or talks. */
  running: boolean
  /** A recording plays at this window. */
  playing?: boolean
  /** The form has text that is not saved. */
  dirty: boolean
  /** A dialog is open, or the page that is shown is no business of the desk and the person no officer. */
  busy?: boolean
  /** When a key was last pressed in any field of the page, in this PC's time. */
  typed?: number
  /** When each unfinished entry was last touched, or brought up by a call, in this PC's time. */
  unfinished: number[]
}

/** A new call may bring up its entry only when nobody can be working with another one. */
export function mayTakeForm(form: FormView, now: number): boolean {
  if (form.running || form.playing || form.dirty || form.busy) return false
  if (form.typed && now - form.typed < TYPING_MS) return false
  return form.unfinished.every((at) => now - at >= HOLD_MS)
}

/** What a call asks of the desk when it is first heard of. */
export function newsOf(call: Call, now: number): 'running' | 'ended' | 'old' {
  if (!call.ended_at) return 'running'
  return now - Date.parse(call.ended_at) < FRESH_MS ? 'ended' : 'old'
}

/** A call of this line that goes on although nothing of it is at the duty phone: forwarded, perhaps. */
export function goesOnElsewhere(line: Line | null, calls: Call[]): Call | null {
  if (!line || line.state !== 'idle') return null
  const held = calls.filter((c) => c.line === line.line && c.direction === 'in' && !!c.offered_at && !c.ended_at)
  return held.length ? held[held.length - 1] : null
}

/** The call to offer first: one that still runs, then the one that came first. */
export function offered(waiting: Call[]): Call | null {
  const time = (c: Call) => Date.parse(c.offered_at || '') || 0
  const order = waiting.slice().sort((a, b) => Number(!!a.ended_at) - Number(!!b.ended_at) || time(a) - time(b))
  return order.length ? order[0] : null
}
