// What the page 统计 shows of the other work: the daemon's counts, and where what is behind them can be seen.
import type { Behind, DutyShare } from '@/api/figures'
import { t, word } from '@/i18n'
import { rosterOf } from './assessments'
import { counts, minutes, percent, shift, type Table } from './figures'
import { dateMinute, parse } from './time'

/** As many days as the daemon gives these figures for. */
export const MOST_DAYS = 400

export const tooLong = (from: string, to: string): boolean => shift(from, MOST_DAYS) < to

/** The rate, where there are enough for one; of nothing there is none. */
export const dutyRate = (s: DutyShare): string => (!s.denominator ? '—' : s.rate === null ? '' : percent(s.rate))

/** How a figure was counted, in words. */
export function dutyRule(version: string): string {
  const s = /^first-(\d+)m-written-(\d+)m-detailed-(\d+)m-follow-up-(\d+)m/.exec(version)
  if (s) return t('dutyRule.schedule', { first: s[1], written: s[2], detailed: s[3], follow: s[4] })
  const a = /^handover-allowance-(\d+)m$/.exec(version)
  if (a) return t('dutyRule.allowance', { n: a[1] })
  return word('dutyRule', version)
}

export const dutyRules = (s: DutyShare): string => s.rule.map(dutyRule).join(t('list.comma')) || '—'

/** Whether a figure is bad news: something counts against the duty room. Who did not get through otherwise counts against nobody. */
export const dutyBad = (s: DutyShare): boolean => s.behind.length > 0 && s.figure !== 'others_not_called_back'

/** Of what a figure is: a deadline, a recipient, a post … or how calls ended. */
export const dutyOf = (s: DutyShare): string => (!s.of ? '' : word(s.figure === 'others_not_called_back' ? 'outcome' : 'dutyOf', s.of))

export function dutyTable(items: DutyShare[]): Table {
  return {
    head: [t('fig.figure'), t('dutyFigure.of'), t('dutyFigure.counts'), t('dutyFigure.rate'), t('fig.blind'), t('dutyFigure.rule')],
    rows: items.map((s) => [word('duty', s.figure), dutyOf(s), counts(s), dutyRate(s), minutes(s.blind_seconds), dutyRules(s)]),
  }
}

/** How long no roster had been filed yet; empty: there always was one. */
export function noRoster(items: DutyShare[]): string {
  const s = items.reduce((most, i) => Math.max(most, i.unknown_seconds || 0), 0)
  const hours = Math.floor(s / 3600)
  return !s ? '' : hours >= 48 ? t('dutyFigure.days', { n: Math.floor(hours / 24), h: hours % 24 }) : t('fig.hoursLong', { h: hours, m: Math.floor((s % 3600) / 60) })
}

/** What a thing behind a figure is called. */
export function behindText(b: Behind): string {
  const at = dateMinute(parse(b.at))
  const name = b.kind === 'incident' ? t('behind.incident', { name: b.name }) : word('behind', b.kind) + (b.kind === 'shift' ? ' ' + word('dutyOf', b.id) : '')
  return name + ' ' + at + (b.until ? ' — ' + dateMinute(parse(b.until)).slice(5) : '') + (b.why ? t('punct.colon') + b.why : '')
}

/** Where it can be seen: behind the # of the address. */
export function behindPath(b: Behind): string {
  if (b.kind === 'incident') return '/incidents/' + b.id
  if (b.kind === 'call') return '/calls/' + encodeURIComponent(b.id)
  if (b.kind === 'filing') return rosterOf(b.id, b.at)
  return b.until ? '/roster/' + dateMinute(parse(b.at)).slice(0, 10) : '/handover/' + (b.handover || encodeURIComponent(b.at))
}
