// What came after a month was closed, as the daemon tells it, in rows.
import type { ClosedMonth, Correction, FrozenMonth } from '@/api/figures'
import { t, word } from '@/i18n'
import { FEWEST, minutes, percent, type Table } from './figures'

const side = (s: { numerator: number; denominator: number }): string =>
  (s.denominator < FEWEST ? `${s.numerator}/${s.denominator}` : t('fig.both', { counts: `${s.numerator}/${s.denominator}`, rate: percent(s.numerator / s.denominator) }))

const same = (a: Correction, b: Correction | undefined): boolean =>
  !!b && a.figure === b.figure && side(a.frozen) === side(b.frozen) && side(a.now) === side(b.now)

/** A row for each figure that differs; what is the same as measured and after review is said once. */
function changes(of: string, list: Correction[]): string[][] {
  return list.filter((c, i) => !i || c.set === 'measured' || !same(c, list[i - 1])).map((c) => {
    const both = c.set === 'measured' && same(c, list[list.indexOf(c) + 1])
    return [of, word('fig', c.figure), both ? t('fix.bothSets') : t(c.set === 'measured' ? 'fig.measured' : 'fig.afterReview'), side(c.frozen), side(c.now)]
  })
}

/** The whole month first, then each day that changed. */
export function changeTable(m: ClosedMonth): Table {
  return {
    head: [t('fix.of'), t('fig.figure'), t('fix.set'), t('fix.frozen'), t('fix.now')],
    rows: m.days.reduce((rows, d) => rows.concat(d.corrections.length ? changes(d.day, d.corrections) : [[d.day, t('fix.other'), '', '', '']]), changes(t('fix.month'), m.corrections)),
  }
}

/** What came since a month was closed, in words; empty: nothing did. */
export function changedText(f: FrozenMonth): string {
  const days = f.changed_days.length
  if (days) return t(f.blind_changed ? 'fig.changedBoth' : 'fig.changed', { n: days })
  return f.blind_changed ? t('fig.changedBlind') : ''
}

/** How many calls there were and are, how long nothing was seen, and by which rules. */
export function closedSides(m: ClosedMonth): string {
  const about = (name: string, g: ClosedMonth['now']) => t('fix.side', { name, calls: g.calls, blind: minutes(g.blind_seconds), rules: g.rule.join('，') || '—' })
  return about(t('fix.frozen'), m.figures) + t('fix.then') + about(t('fix.now'), m.now)
}
