// What the rules of the roster find, in words.
import type { Finding, HolidayFault, ImportFault, Shift } from '@/api/roster'
import { date, minute, parse } from '@/logic/time'
import { t, word, type Key } from './index'

const posts = (name: string) => (/^duty_/.test(name) ? word('duty', name) : name)

export function findingText(f: Finding): string {
  return t(('rule.' + f.reason) as Key, { name: f.name, post: posts(f.post), other: posts(f.other) })
}

/** 12-31 20:00, without the year that the page's title has. */
export const shortTime = (instant: string): string => `${date(parse(instant)).slice(5)} ${minute(parse(instant))}`

export const spanText = (from: string, to: string): string => t('roster.from', { from: shortTime(from), to: shortTime(to) })

export const shiftText = (s: Shift): string => `${spanText(s.from, s.to)} ${posts(s.post)} ${s.name}`

/** What is wrong with a cell of a table that is imported, with what stands there where the daemon says it. */
export function importFaultText(f: ImportFault): string {
  const named = 'imports.of.' + f.reason
  return f.value && word('imports.of', f.reason) !== f.reason ? t(named as Key, { value: posts(f.value) }) : word('imports.fault', f.reason)
}

/** What is wrong with a line of a table of holidays that was typed: the page sent a header of its own before it. */
export function holidayFaultText(f: HolidayFault, year: number): string {
  const key = 'holiday.fault.' + f.code
  const said = { row: Math.max(f.row - 1, 1), column: word('holiday.column', f.column), value: f.value, year }
  return t((word('holiday.fault', f.code) === f.code ? 'holiday.fault.other' : key) as Key, said)
}
