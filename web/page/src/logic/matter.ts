// Small decisions about what was done and when, without any text of their own.
import type { Call, Entry, Field, Kind, Relation, Step, StepKind, StepRule, WrittenKind } from '@/api/types'
import { dateMinute, dayStart, DAY_MS, SHANGHAI_MS } from './time'

export const WRITTEN: WrittenKind[] = ['fax', 'wechat', 'visit', 'patrol', 'warning']
export const isWritten = (k: Kind): k is WrittenKind => WRITTEN.indexOf(k as WrittenKind) >= 0
export const TIME_FIELDS: Field[] = ['happened_at', 'valid_until']

/** What to do next: what usually follows the newest step. */
export const NEXT: Record<string, StepKind> = {
  '': 'reported', received: 'reported', reported: 'instructed', instructed: 'passed_on', passed_on: 'fed_back', fed_back: 'closed', closed: 'fed_back',
}

/** Something is still to be done about it, though it is written down. */
export const handled = (e: Entry): boolean => e.state === 'complete' && !!e.handling && e.handling !== 'closed'

/** What a step of this kind lacks; empty when nothing. */
export function stepLacks(rule: StepRule | undefined, whom: string, text: string): '' | 'whom' | 'text' {
  if (rule && rule.whom && !whom.trim()) return 'whom'
  if (rule && rule.text && !text.trim()) return 'text'
  return ''
}

/** When a step was written down, where that was later than it was done by what the daemon calls 补记; else empty. */
export function writtenLater(x: { at: string; written_at?: string }): string {
  return x.written_at && Date.parse(x.written_at) - Date.parse(x.at) >= 120_000 ? x.written_at : ''
}

/** Steps that were added or struck out from one revision to the next. */
export function stepChanges(before: Step[] | undefined, after: Step[] | undefined): { added: Step[]; struck: Step[] } {
  const old = new Map((before || []).map((s) => [s.number, s]))
  const now = after || []
  return {
    added: now.filter((s) => !old.has(s.number)),
    struck: now.filter((s) => s.struck && old.has(s.number) && !old.get(s.number)!.struck),
  }
}

/**
 * The moment that somebody means: "8:30" or "0830" of today, the same after the Chinese word for yesterday,
 * today or tomorrow, "11-26 8:30", "2026-11-26 8:30".
 * NaN when it is none. A time of day that is later than now by more than a while is yesterday's, unless
 * what is meant lies ahead.
 */
export function readTime(text: string, now: number, ahead = false): number {
  const plain = text.trim().replace(/：/g, ':').replace(/[／/.]/g, '-').replace(/\s+/g, ' ')
  const m = /^(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2}) ?|(\u6628|\u6628\u5929|\u4eca|\u4eca\u5929|\u660e|\u660e\u5929) ?)?(\d{1,2}):?(\d{2})$/.exec(plain)
  if (!m) return NaN
  const [, year, month, day, word, hour, minute] = m
  if (Number(hour) > 23 || Number(minute) > 59) return NaN
  const clock = (Number(hour) * 60 + Number(minute)) * 60_000
  const today = dayStart(now)
  if (month) {
    const thisYear = new Date(now + SHANGHAI_MS).getUTCFullYear()
    const at = (y: number) => Date.UTC(y, Number(month) - 1, Number(day)) - SHANGHAI_MS + clock
    const whole = (y: number) => new Date(at(y) + SHANGHAI_MS).getUTCDate() === Number(day) && Number(month) <= 12 && Number(month) > 0
    // "12-31" said in January is last year's, "1-2" meant ahead in December is next year's.
    let y = year ? Number(year) : thisYear
    if (!year && !ahead && at(y) > now + DAY_MS) y--
    if (!year && ahead && at(y) < now - DAY_MS) y++
    return whole(y) ? at(y) : NaN
  }
  if (word) return today + (word[0] === '\u6628' ? -DAY_MS : word[0] === '\u660e' ? DAY_MS : 0) + clock
  const at = today + clock
  if (!ahead && at > now + 5 * 60_000) return at - DAY_MS
  if (ahead && at < now) return at + DAY_MS
  return at
}

const EARLIEST = Date.UTC(1990, 0, 1)
const FARTHEST = 5 * 366 * DAY_MS

/** Why nobody can have meant a moment, as the log judges it too; empty when somebody can. */
export function offTime(at: number, now: number, ahead = false): '' | 'past' | 'future' | 'far' {
  if (at < EARLIEST) return 'past'
  if (!ahead && at > now + 60_000) return 'future'
  return ahead && at > now + FARTHEST ? 'far' : ''
}

/** A moment as it is written into its field; what cannot be read is shown as it is. */
export function showTime(value: string): string {
  const at = Date.parse(value)
  return isNaN(at) ? value : dateMinute(at)
}

/** A place in a recording, in seconds from its beginning. */
export interface Mark {
  sec: number
  known: boolean
}

/**
 * Where the read-back begins in the recording. The recording ends with the call, whenever it began, so
 * the place is counted from its end, by the switch's own times. It is not known when the recording is
 * not whole, or somebody set the switch's clock meanwhile.
 */
export function readBackMark(e: Entry, call: Call | null): Mark | null {
  if (!e.read_back_began_at) return null
  const unknown = { sec: 0, known: false }
  const ms = call && call.recording && call.recording.status === 'sealed' ? call.recording.duration_ms : null
  if (!call || !call.ended_at || !ms) return unknown
  if (call.findings.some((f) => f === 'recording_short' || f === 'switch_clock_stepped')) return unknown
  const sec = (ms - (Date.parse(call.ended_at) - Date.parse(e.read_back_began_at))) / 1000
  return sec < 0 || sec > ms / 1000 ? unknown : { sec, known: true }
}

/** Entries that may belong to this one: of the same number first, then of the last day, each newest first. */
export function related(e: Entry, all: Entry[], linked: string[], most = 5): { entry: Entry; relation: Relation }[] {
  const at = (x: Entry) => Date.parse(x.call_at || x.opened_at || '') || 0
  const tail = (x: Entry) => (x.number_e164 || x.contact_number || x.number || '').replace(/\D/g, '').slice(-8)
  const others = all.filter((x) => x.id !== e.id && linked.indexOf(x.id) < 0 && at(x) <= at(e) && x.kind !== 'wrong_number' && x.kind !== 'nuisance' && x.kind !== 'non_duty' && x.kind !== 'step')
    .sort((a, b) => at(b) - at(a) || (a.id < b.id ? 1 : -1))
  const same = others.filter((x) => tail(e).length >= 7 && tail(x) === tail(e))
  const lately = others.filter((x) => same.indexOf(x) < 0 && at(e) - at(x) <= DAY_MS)
  return same.map((entry) => ({ entry, relation: 'same_matter' as Relation })).concat(lately.map((entry) => ({ entry, relation: 'same_event' as Relation }))).slice(0, most)
}
