// What the page 统计 makes of figures: tables and what charts draw. Nothing is reckoned here that the
// daemon did not reckon: a rate is shown where it gives one, else the counts.
import type { Answering, Figure, FigureGroup, RingBin, Times } from '@/api/figures'
import type { Call } from '@/api/types'
import { fill, t, word } from '@/i18n'
import { dateMinute, parse } from './time'
import { readRule } from './words'

/** With fewer calls there is no rate. */
export const FEWEST = 20
const LIMIT_SECONDS = 15
const RING_STEP = 5

/** When one ring too many begins, in seconds, by each of the rules that judged; by none, as is usual. */
export function limits(rules: string[]): number[] {
  const at = rules.map(readRule).filter((r) => r).map((r) => Math.max(0, Number(r!.limit) * (Number(r!.on) + Number(r!.off)) - Number(r!.offset || 0)))
  const each = at.filter((l, i) => at.indexOf(l) === i).sort((a, b) => a - b)
  return each.length ? each : [LIMIT_SECONDS]
}

/** The calls behind a number, as the list of calls is asked for them: all of them are calls that figures count. */
export interface CallsBehind {
  from: string
  to: string
  line?: string
  officer?: string
  /** "1 08": what came on Mondays from eight to nine. */
  weekHour?: string
  /** "10-15", "60-": what was answered after so many seconds. */
  ring?: string
  /** Only what was not answered in time, as reviews decided. */
  late?: boolean
}

export interface Table {
  head: string[]
  rows: string[][]
  /** Of each row the calls behind it; null where the list of calls cannot show just them. */
  behind?: (CallsBehind | null)[]
  /** Of each cell of a row, the first one too. */
  cells?: (CallsBehind | null)[][]
}

/** The list goes through at most so long a time for the calls of an officer, of an hour of the week or of a ring time. */
const LONGEST_LIST = 101 * 24 * 3600 * 1000
const listed = (of: CallsBehind): boolean => Date.parse(of.to) - Date.parse(of.from) <= LONGEST_LIST

/** The calls behind a group; of an officer at most a hundred days, as the list has them. */
export function behindGroup(g: Pick<FigureGroup, 'key' | 'from' | 'to'>, line: string, by: string): CallsBehind | null {
  const at = { from: g.from, to: g.to, line: by === 'line' ? g.key : line }
  if (by === 'shift' && !g.key) return null
  if (by !== 'officer') return at
  return g.key && listed(at) ? { ...at, officer: g.key } : null
}

/** "95.0%", or "17/19" where there are too few calls for a rate. */
export function rate(f: Figure | undefined): string {
  if (!f || !f.denominator) return '—'
  return f.rate === null ? counts(f) : percent(f.rate)
}

export const counts = (f: Figure): string => `${f.numerator}/${f.denominator}`
/** Rounded, yet never up to all or down to none: 1999 of 2000 are 99.9 %. */
export function percent(share: number): string {
  const tenths = Math.round(share * 1000)
  return ((share < 1 && tenths >= 1000 ? 999 : share > 0 && tenths <= 0 ? 1 : tenths) / 10).toFixed(1) + '%'
}
export const minutes = (seconds: number): string => (seconds / 60).toFixed(seconds % 60 ? 1 : 0)
export const seconds = (s: number): string => s.toFixed(1)

/** One bar of the ring times: from so many seconds on, the last one without an end. */
export interface RingBar {
  from: number
  label: string
  calls: number
  late: boolean
}

/** Ring times in steps of one ring; what lasted longer than a minute is one bar. */
export function ringBars(bins: RingBin[], at: number[]): RingBar[] {
  const limit = at[at.length - 1] // where the rule changed, late by all of them
  const bars: RingBar[] = []
  for (let from = 0; from < 60; from += RING_STEP) bars.push({ from, label: `${from}–${from + RING_STEP}`, calls: 0, late: from >= limit })
  bars.push({ from: 60, label: '≥60', calls: 0, late: limit <= 60 })
  bins.forEach((b) => { bars[Math.min(Math.floor(b.seconds / RING_STEP), bars.length - 1)].calls += b.calls })
  let last = bars.length - 1
  while (last > limit / RING_STEP && !bars[last].calls) last--
  return bars.slice(0, last + 1)
}

/** Which rings of the bell a bar is about, by the cadence of the line; "—" where it had several, or none that is known. */
export function ringNumbers(bar: RingBar, all: string[]): string {
  const read = all.map(readRule).map((r) => r && [Number(r.on) + Number(r.off), Number(r.offset || 0)])
  const first = read[0] || (all.length ? null : [RING_STEP, 0])
  if (!first || read.some((r) => !r || r[0] !== first[0] || r[1] !== first[1])) return '—'
  const number = (s: number) => Math.floor((s + first[1]) / first[0]) + 1
  if (bar.label === '≥60') return '≥' + number(bar.from)
  const from = number(bar.from)
  const to = number(bar.from + RING_STEP - 0.1)
  return from === to ? String(from) : `${from}–${to}`
}

/** The span of a bar, as the list of calls is asked for it. */
export const ringSpan = (b: RingBar): string => b.from + '-' + (b.label === '≥60' ? '' : b.from + RING_STEP)

export function ringTable(bars: RingBar[], rules: string[] = [], of?: CallsBehind): Table {
  const all = bars.reduce((sum, b) => sum + b.calls, 0)
  return {
    behind: bars.map((b) => (of && b.calls && listed(of) ? { ...of, ring: ringSpan(b) } : null)),
    head: [t('fig.ringSeconds'), t('fig.ringNo'), t('fig.calls'), t('fig.upTo')],
    rows: bars.map((b, i) => {
      const so = bars.slice(0, i + 1).reduce((sum, x) => sum + x.calls, 0)
      return [b.label, ringNumbers(b, rules), String(b.calls), all ? `${so}/${all}` : '—']
    }),
  }
}

export const WEEK = ['1', '2', '3', '4', '5', '6', '7']

/** Of each weekday and hour: [hour, weekday from 0, calls]. */
export function heat(groups: FigureGroup[], of: (g: FigureGroup) => number): [number, number, number][] {
  return groups.map((g) => [Number(g.key.slice(2)), Number(g.key[0]) - 1, of(g)])
}

/** The calls of a cell: just those that the map counts there, all of them or what was not answered in time. */
export function heatCell(groups: FigureGroup[], key: string, of: (g: FigureGroup) => number, span?: CallsBehind): CallsBehind | null {
  if (!span || !listed(span) || !groups.some((g) => g.key === key && of(g) > 0)) return null
  return of === notInTime ? { ...span, weekHour: key, late: true } : { ...span, weekHour: key }
}

export function heatTable(groups: FigureGroup[], of: (g: FigureGroup) => number, span?: CallsBehind): Table {
  const waiting = (g: FigureGroup) => (of === notInTime && g.undecided ? fill(t('fig.heatWaiting'), { n: g.undecided }) : '')
  const cells = new Map(groups.map((g) => [g.key, of(g) + waiting(g)]))
  const hours = Array.from({ length: 24 }, (_, h) => (h < 10 ? '0' + h : String(h)))
  return {
    cells: hours.map((h) => ([null] as (CallsBehind | null)[]).concat(WEEK.map((d) => heatCell(groups, `${d} ${h}`, of, span)))),
    head: [t('fig.hour')].concat(WEEK.map((d) => word('fig.weekday', d))),
    rows: hours.map((h) => [h + ':00'].concat(WEEK.map((d) => cells.get(`${d} ${h}`) || '0'))),
  }
}

/** What rang and was not answered in time, as reviews decided: nobody is late by a borderline answer before it is decided. */
export const notInTime = (g: FigureGroup): number => g.after_review.on_time.denominator - g.after_review.on_time.numerator

/** What the map of calls not in time leaves out: borderline ones that wait, and what was set aside. */
export function leftOut(g: FigureGroup): string {
  const aside = (g.reviewed || {}).set_aside || 0
  return t('fig.heatAfter') + (g.undecided || aside ? fill(t('fig.heatLeftOut'), { undecided: g.undecided, aside }) : '')
}

/** How a call in the list of missed and late ones ended. What a review made of it is empty before anybody decided, and not known to who may not see it. */
export function verdicts(call: Pick<Call, 'outcome' | 'findings'>, reviewed: string | undefined): { text: string; tone: 'good' | 'warn' | 'bad' | 'plain' }[] {
  const outcome = { text: word('outcome', call.outcome), tone: call.outcome === 'answered_late' ? 'warn' as const : 'bad' as const }
  const near = call.outcome === 'answered_late' && call.findings.indexOf('borderline') >= 0
  const decided = (tone: 'good' | 'warn' | 'plain') => ({ text: (near ? t('fig.borderline') + t('punct.colon') : '') + word('reviewResult', reviewed!), tone })
  if (reviewed === 'counts_late') return [outcome, decided('plain')]
  if (reviewed === 'counts_in_time') return [decided('good')]
  if (reviewed === 'set_aside') return near ? [decided('plain')] : [outcome, decided('plain')]
  if (near) return [{ text: t(reviewed === undefined ? 'fig.borderline' : 'fig.undecided'), tone: 'plain' }]
  return [outcome]
}

export function monthTable(groups: FigureGroup[], closed: string[], line = ''): Table {
  return {
    behind: groups.map((g) => behindGroup(g, line, 'month')),
    head: [t('fig.month'), t('fig.calls'), word('fig', 'on_time'), t('fig.afterReview'), word('fig', 'answer_rate'), word('fig', 'missed'), t('fig.undecided'), t('fig.blind'), t('fig.rule'), t('fig.closed')],
    rows: groups.map((g) => [g.key, String(g.calls), both(g.measured.on_time), reviewed(g, 'on_time') || t('fig.same'), both(g.measured.answer_rate), g.measured.missed ? counts(g.measured.missed) : '—', String(g.undecided), minutes(g.blind_seconds), rules(g), closed.indexOf(g.key) < 0 ? '' : t('fig.yes')]),
  }
}

/** "19/20（95.0%）" */
export function both(f: Figure | undefined): string {
  if (!f || !f.denominator) return '—'
  return f.rate === null ? counts(f) : fill(t('fig.both'), { counts: counts(f), rate: percent(f.rate) })
}

/** The figure after review, where it is another one than measured; else nothing. */
export function reviewed(g: FigureGroup, figure: string): string {
  const after = g.after_review[figure]
  return !after || counts(after) === counts(g.measured[figure]) ? '' : both(after)
}

/** Versions of the ring rules, as they stand beside every rate. */
export const rules = (g: FigureGroup): string => g.rule.join(t('list.comma')) || '—'

export interface Card {
  name: string
  label: string
  value: string
  /** Numerator and denominator, and what reviews made of them; empty for a plain count. */
  of: string
  bad: boolean
}

/** Today's figures. A rate stands with its counts, and without enough calls there are only these. */
export function cards(g: FigureGroup): Card[] {
  const count = (name: string, label: string, n: number, bad = false): Card => ({ name, label, value: String(n), of: '', bad })
  const share = (name: string, bad: (f: Figure) => boolean): Card => {
    const f = g.measured[name]
    const after = reviewed(g, name)
    return { name, label: word('fig', name), value: rate(f), of: (f.rate === null ? '' : counts(f)) + (after ? (f.rate === null ? '' : t('fig.sep')) + t('fig.afterReview') + ' ' + after : ''), bad: bad(f) }
  }
  const short = (f: Figure) => f.numerator < f.denominator
  return [
    count('calls', t('fig.calls'), g.calls),
    share('on_time', short), share('answer_rate', () => false),
    { ...share('missed', (f) => f.numerator > 0), value: String(g.measured.missed.numerator), of: counts(g.measured.missed) + (reviewed(g, 'missed') ? t('fig.sep') + t('fig.afterReview') + ' ' + reviewed(g, 'missed') : '') },
    share('called_back', short),
    { ...count('engaged', word('fig', 'engaged'), g.measured.engaged.numerator), of: counts(g.measured.engaged) },
    { name: 'ring', label: t('fig.ringMedian'), value: g.ring_seconds.calls ? seconds(g.ring_seconds.p50) : '—', of: g.ring_seconds.calls ? t('fig.ofAnswered', { n: g.ring_seconds.calls }) : '', bad: false },
  ]
}

/** How long things took, each with how many they were. */
export function timesTable(g: FigureGroup): Table {
  const took = (s: number, unit: number): string => (unit < 1 ? fill(t('fig.secondsLong'), { s: seconds(s) }) : s < 60 ? fill(t('fig.secondsLong'), { s: Math.floor(s) }) : s < 3600 ? fill(t('fig.minutesLong'), { m: Math.floor(s / 60), s: Math.floor(s % 60) }) : fill(t('fig.hoursLong'), { h: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60) }))
  const row = (name: string, x: Times, unit: number): string[] => [name, String(x.calls)].concat([x.mean, x.p50, x.p90, x.p95, x.max].map((s) => (x.calls ? took(s, unit) : '—')), [minutes(g.blind_seconds)])
  return {
    head: [t('fig.tookWhat'), t('fig.tookCount'), t('fig.mean'), t('fig.p50'), t('fig.p90'), t('fig.p95'), t('fig.max'), t('fig.blind')],
    rows: [row(t('fig.took.ring'), g.ring_seconds, 0.1), row(t('fig.took.entry'), g.entry_seconds, 1), row(t('fig.took.back'), g.call_back_seconds, 1)],
  }
}

/** Since when there is a log at all, where a time reaches before it. */
export function beforeLog(from: string, since: string | null | undefined): string {
  return since && Date.parse(from) < Date.parse(since) ? fill(t('fig.logSince'), { time: dateMinute(parse(since)) }) : ''
}

const SETS = ['measured', 'after_review'] as const

/** What stands beside the rates of a chart: blind time, rules, and where reviews made another figure. */
export function beside(total: FigureGroup, groups: FigureGroup[]): string {
  const after = groups.filter((g) => reviewed(g, 'on_time')).map((g) => g.key + ' ' + reviewed(g, 'on_time'))
  return t('fig.trendBeside', { blind: minutes(total.blind_seconds), rules: rules(total) }) + (after.length ? t('fig.trendAfter', { months: after.join(t('list.comma')) }) : '')
}

/** Officers who can be compared at least by one of the two: as measured, or after review. */
export const comparable = (groups: FigureGroup[]): FigureGroup[] => groups.filter((g) => g.key !== '' && SETS.some((set) => g[set].on_time.rate !== null))

/** Whom the chart does not show, or only by one of the two, with their counts. */
export function notCompared(groups: FigureGroup[]): string {
  const drawn = comparable(groups)
  const said = groups.filter((g) => g.measured.on_time.denominator || g.after_review.on_time.denominator).map((g) => {
    const name = g.key || t('fig.nobody')
    if (drawn.indexOf(g) < 0) return name + ' ' + counts(g.measured.on_time) + (counts(g.after_review.on_time) === counts(g.measured.on_time) ? '' : fill(t('fig.afterToo'), { counts: counts(g.after_review.on_time) }))
    return SETS.filter((set) => g[set].on_time.rate === null).map((set) => name + ' ' + t(set === 'measured' ? 'fig.measured' : 'fig.afterReview') + ' ' + counts(g[set].on_time)).join('')
  }).filter((s) => s !== '')
  return said.length ? t('fig.notCompared') + said.join(t('list.comma')) : ''
}

export function officerTable(groups: FigureGroup[], line = ''): Table {
  return {
    behind: groups.map((g) => behindGroup(g, line, 'officer')),
    head: [t('fig.officer'), word('fig', 'on_time'), t('fig.afterReview'), word('fig', 'missed'), t('fig.ringMedian'), t('fig.undecided'), t('fig.blind'), t('fig.rule')],
    rows: groups.map((g) => [g.key || t('fig.nobody'), both(g.measured.on_time), both(g.after_review.on_time), counts(g.measured.missed), g.ring_seconds.calls ? seconds(g.ring_seconds.p50) : '—', String(g.undecided), minutes(g.blind_seconds), rules(g)]),
  }
}

export function allFigures(a: Answering): Table {
  return {
    head: [t('fig.figure'), t('fig.measured'), t('fig.afterReview'), t('fig.definition')],
    rows: a.definitions.map((d) => [word('fig', d.figure), both(a.total.measured[d.figure]) + (d.figure === 'called_back' && a.total.call_back_stated ? fill(t('fig.backStated'), { n: a.total.call_back_stated }) : ''), both(a.total.after_review[d.figure]), definition(d)]),
  }
}

/** The place of each outcome in a figure, in words. */
export function definition(d: Answering['definitions'][number]): string {
  const name = (list: string[]) => list.map((o) => word('outcome', o)).join(t('fig.comma'))
  const all = d.denominator.length === 10 ? t('fig.allInbound') : name(d.denominator)
  const above = d.numerator.length === d.denominator.length ? '' : name(d.numerator)
  const parts = [above, d.with ? word('fig.with', d.with) : ''].filter((p) => p !== '')
  return parts.join(t('fig.and')) + ' ÷ ' + all + (d.of ? t('fig.and') + word('fig.with', d.of) : '') + (d.judges_officer ? t('fig.waits') : '')
}

/** The first and the last day of a choice, as days of the site. */
export function period(choice: string, today: string): [string, string] {
  const month = today.slice(0, 7)
  switch (choice) {
    case 'today': return [today, today]
    case 'lastMonth': {
      const last = shift(month + '-01', -1)
      return [last.slice(0, 7) + '-01', last]
    }
    case 'quarter': return [shift(today, -89), today]
    default: return [month + '-01', today]
  }
}

/** A day so many days later. */
export function shift(day: string, days: number): string {
  return new Date(Date.parse(day + 'T00:00:00Z') + days * 86400_000).toISOString().slice(0, 10)
}

/** The first day of the month eleven months before: a year with the present month. */
export function yearBack(today: string): string {
  const y = Number(today.slice(0, 4))
  const m = Number(today.slice(5, 7))
  return m === 12 ? `${y}-01-01` : `${y - 1}-${m < 9 ? '0' + (m + 1) : m + 1}-01`
}
