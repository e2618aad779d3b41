// 补录: entries that are written afterwards, and the blind interval that each covers.
import type { Interval, Kind, LateDraft } from '@/api/types'

/** What may be written afterwards, in the order in which it is offered. */
export const LATE_KINDS: Kind[] = ['duty', 'missed', 'outgoing', 'spot_check', 'wrong_number', 'nuisance', 'fax', 'wechat', 'visit', 'patrol', 'warning']

/** By how much the clock on the wall and the daemon's may differ: as the daemon has it. */
const MARGIN_MS = 10 * 60_000

/** A key of its own, so that an entry that was opened and not answered is not opened twice. */
export const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => ('0' + b.toString(16)).slice(-2)).join('')

/** The blind intervals, the newest first. */
export function blindOf(items: readonly Interval[]): Interval[] {
  return items.filter((i) => i.kind === 'blind' && i.from).sort((a, b) => Date.parse(b.from!) - Date.parse(a.from!))
}

/** Those in which something can have come at a moment; all of them while no moment is given. */
export function fitting(items: readonly Interval[], at: number): Interval[] {
  const all = blindOf(items)
  if (isNaN(at)) return all
  return all.filter((i) => at >= Date.parse(i.from!) - MARGIN_MS && (!i.to || at <= Date.parse(i.to) + MARGIN_MS))
}

export interface LateForm {
  kind: Kind
  at: string
  blind: string
  reason: string
  sheet: string
}

/** Whether the form can be sent; the daemon judges again. */
export const ready = (f: LateForm, now: number): boolean => !isNaN(Date.parse(f.at)) && Date.parse(f.at) <= now && f.reason.trim() !== ''

/** The form as the daemon takes it. */
export function draftOf(f: LateForm): LateDraft {
  const draft: LateDraft = { late: { at: f.at }, late_reason: f.reason.trim() }
  if (f.blind) draft.late.blind = f.blind
  if (f.sheet.trim()) draft.paper_sheet = f.sheet.trim()
  return draft
}
