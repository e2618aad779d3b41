// What was not seen, as stretches of time. A moment never counts twice.
import type { Call, Interval, IntervalKind } from '@/api/types'

export interface Stretch {
  from: number
  to: number
  /** It goes on; to is then the present moment. */
  open: boolean
  cause: string
  /** The numbers of the entries that were written afterwards of it. */
  late?: string[]
}

export interface Period {
  from: number
  to: number
}

function add(out: Stretch[], s: Stretch): void {
  const last = out[out.length - 1]
  if (!last || s.from > last.to) {
    out.push({ ...s })
    return
  }
  if (s.to >= last.to) {
    last.to = s.to
    last.open = last.open || s.open
  }
  if (last.cause.indexOf(s.cause) < 0) last.cause += '; ' + s.cause
  if (s.late) last.late = (last.late || []).concat(s.late)
}

/** The stretches of one kind, oldest first; what overlaps is one. */
export function stretches(items: readonly Interval[], kind: IntervalKind, now: number): Stretch[] {
  const out: Stretch[] = []
  items
    .filter((i) => i.kind === kind && i.from)
    .map((i) => {
      const from = Date.parse(i.from!)
      return { from, to: i.to ? Date.parse(i.to) : Math.max(now, from), open: !i.to, cause: i.cause, ...(i.late && i.late.length ? { late: i.late.map((e) => e.entry_number) } : {}) }
    })
    .sort((a, b) => a.from - b.from)
    .forEach((s) => add(out, s))
  return out
}

/** Only what lies within a period. */
export function within(all: Stretch[], period: Period): Stretch[] {
  return all
    .map((s) => ({ ...s, from: Math.max(s.from, period.from), to: Math.min(s.to, period.to), open: s.open && s.to <= period.to }))
    .filter((s) => s.to > s.from || (s.open && s.to === s.from))
}

/** What is in the first and in none of the others. */
export function minus(all: Stretch[], others: Stretch[]): Stretch[] {
  let left = all
  for (const o of others) {
    const next: Stretch[] = []
    for (const s of left) {
      if (o.to <= s.from || o.from >= s.to) {
        next.push(s)
        continue
      }
      if (o.from > s.from) next.push({ ...s, to: o.from, open: false })
      if (o.to < s.to) next.push({ ...s, from: o.to })
    }
    left = next
  }
  return left
}

export const total = (all: Stretch[]): number => all.reduce((sum, s) => sum + s.to - s.from, 0)

export interface Sight {
  /** Neither record saw. */
  blind: Stretch[]
  /** The switch itself was down. */
  down: Stretch[]
  /** The live view was down and the switch's journal covered it. */
  covered: Stretch[]
}

/** What is to be said of a period. A start of the daemon within a second is not worth a line; blindness always is. */
export function sightOf(items: readonly Interval[], period: Period, now: number): Sight {
  const of = (kind: IntervalKind) => within(stretches(items, kind, now), period)
  const down = of('switch_down')
  const covered = minus(minus(of('live_down'), of('journal_down')), down).filter((s) => s.open || s.to - s.from >= 1000)
  return { blind: of('blind'), down, covered }
}

export interface Row {
  key: string
  call?: Call
  gap?: Stretch
  kind?: 'blind' | 'down'
}

/**
 * Calls, newest first, with what was not seen at its time. While there are more calls to load,
 * what is older than those shown waits.
 */
export function rowsOf(calls: readonly Call[], items: readonly Interval[], period: Period, more: boolean, now: number): Row[] {
  const rows: { at: number; row: Row }[] = calls.map((call) => ({ at: Date.parse(call.offered_at || ''), row: { key: call.id, call } }))
  const oldest = more && rows.length ? rows[rows.length - 1].at : -Infinity
  const touches = (s: Stretch) => within([s], period).length > 0
  const put = (kind: 'blind' | 'down', all: Stretch[]) =>
    all.filter(touches).filter((s) => s.from >= oldest).reverse().forEach((gap) => {
      let at = 0
      while (at < rows.length && !(rows[at].at < gap.from)) at++
      rows.splice(at, 0, { at: gap.from, row: { key: kind + gap.from, gap, kind } })
    })
  put('blind', stretches(items, 'blind', now))
  put('down', stretches(items, 'switch_down', now))
  return rows.map((r) => r.row)
}

export type Settled = '' | 'waiting' | 'live' | 'switch' | 'journal' | 'differ' | 'both'

const FILLED = ['only_in_journal', 'end_missed_by_live', 'seen_in_part', 'end_not_seen']

/**
 * Whose word a call is; partly says whether the live view was down during it, null while that
 * is not known.
 */
export function settledHow(call: Call, partly: boolean | null): Settled {
  if (call.settled_by === 'ari') return 'live'
  if (call.settled_by !== 'journal') return call.ended_at ? 'waiting' : ''
  if (call.findings.some((f) => FILLED.indexOf(f) >= 0)) return 'journal'
  if (call.findings.some((f) => f.indexOf('journal_differs_') === 0)) return 'differ'
  if (partly === null) return 'switch'
  return partly ? 'journal' : 'both'
}
