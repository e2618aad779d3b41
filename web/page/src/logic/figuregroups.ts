// Figures told apart by hour, day, shift, officer, month or line, as the daemon groups them.
import type { FigureGroup } from '@/api/figures'
import type { Line } from '@/api/types'
import { t, word } from '@/i18n'
import { behindGroup, both, counts, minutes, reviewed, rules, seconds, shift, type Table } from './figures'
import { dateMinute, parse } from './time'

export type By = 'hour' | 'day' | 'shift' | 'officer' | 'month' | 'line'

/** The groupings that somebody may choose: shifts tell one officer from another, and one line alone needs no lines. */
export function groupings(seesOfficers: boolean, lines: number): By[] {
  const all: By[] = ['hour', 'day', 'shift', 'officer', 'month', 'line']
  return all.filter((by) => (by !== 'shift' || seesOfficers) && (by !== 'line' || lines > 1))
}

/** As many days as a grouping is given for at once, as the daemon has it. */
const MOST: Partial<Record<By, number>> = { hour: 8, shift: 100, day: 400 }

/** What to do about a time that is too long for a grouping; empty: it is not. */
export function tooLongFor(by: By, from: string, to: string): string {
  const days = Math.round((Date.parse(to + 'T00:00:00Z') - Date.parse(from + 'T00:00:00Z')) / 86400_000) + 1
  const most = MOST[by]
  return !most || days <= most ? '' : t('group.tooLong', { by: t(`group.by.${by}`), most, days, other: t(by === 'day' ? 'group.by.month' : 'group.by.day') })
}

/** The last days of a time of which a grouping is given. */
export function lastDays(by: By, to: string): string {
  return shift(to, 1 - (MOST[by] || 1))
}

/** What a line is called: its number, where there is one. */
export function lineName(lines: Pick<Line, 'line' | 'number'>[], name: string): string {
  const found = lines.filter((l) => l.line === name)[0]
  return (found && found.number) || name
}

export function groupName(by: By, g: Pick<FigureGroup, 'key' | 'from' | 'to'>, lines: Pick<Line, 'line' | 'number'>[]): string {
  switch (by) {
    case 'hour': return g.key.slice(0, 16).replace('T', ' ') // with two hours of one name where the clock is set back, in their order
    case 'line': return lineName(lines, g.key)
    case 'shift': return g.key ? dateMinute(parse(g.from)) + ' — ' + dateMinute(parse(g.to)).slice(5) : t('group.noShift')
    case 'officer': return g.key || t('fig.nobody')
    default: return g.key
  }
}

export function groupTable(by: By, groups: FigureGroup[], lines: Pick<Line, 'line' | 'number'>[], line = ''): Table {
  return {
    behind: groups.map((g) => behindGroup(g, line, by)),
    head: [t(`group.${by}`), t('fig.calls'), word('fig', 'on_time'), t('fig.afterReview'), word('fig', 'answer_rate'), word('fig', 'missed'), t('fig.ringMedian'), t('fig.undecided'), t('group.unknown'), t('fig.blind'), t('fig.rule')],
    rows: groups.map((g) => [groupName(by, g, lines), String(g.calls), both(g.measured.on_time), reviewed(g, 'on_time') || t('fig.same'), both(g.measured.answer_rate), counts(g.measured.missed),
      g.ring_seconds.calls ? seconds(g.ring_seconds.p50) : '—', String(g.undecided), String(g.unknown), minutes(g.blind_seconds), rules(g)]),
  }
}
