// What the rules of the roster find, in words.
import type { Filing, Finding, HolidayFault, ImportFault, Shift } from '@/api/roster'
import { cellAt, slotFrom, type Clash } from '@/logic/roster'
import { date, minute, nearMinute, parse } from '@/logic/time'
import { t, word, type Key } from './index'

const posts = (name: string) => (/^duty_/.test(name) ? word('duty', name) : name)

export function findingText(f: Finding): string {
  return t(('rule.' + f.reason) as Key, { name: f.name, post: posts(f.post), other: posts(f.other) })
}

/** 12-31 20:00, without the year that the page's title has. */
export const shortTime = (instant: string): string => `${date(parse(instant)).slice(5)} ${minute(parse(instant))}`

export const spanText = (from: string, to: string): string => t('roster.from', { from: shortTime(from), to: shortTime(to) })

export const shiftText = (s: Shift): string => `${spanText(s.from, s.to)} ${posts(s.post)} ${s.name}`

/** A cell of the draft into which two people typed. */
export function clashText(c: Clash): string {
  const at = cellAt(c.key)
  const nobody = (name: string) => name || t('roster.clashNobody')
  return at ? t('roster.clash', { day: at.day.slice(5), post: posts(at.slot.post), time: slotFrom(at.slot), now: nobody(c.now), mine: nobody(c.mine) }) : ''
}

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

/** What came back for a filing, with when it did where that is known. */
export const receiptText = (f: Pick<Filing, 'receipt' | 'receipt_at'>, now: number): string =>
  f.receipt + (f.receipt_at ? t('filing.receiptCame', { time: nearMinute(parse(f.receipt_at), now) }) : '')

/** What was said of a filing afterwards, oldest first: what stood before, what stands since, who said so, when and why. */
export function filingChanges(f: Filing, now: number): string[] {
  const said: string[] = []
  f.versions.forEach((v, i) => {
    if (!i) return
    const old = f.versions[i - 1]
    const who = t(v.reason ? 'filing.changeWhy' : 'filing.changeBy', { by: v.by, time: nearMinute(parse(v.at), now), reason: v.reason })
    const change = (key: Key, before: string, after: string) => { if (before !== after) said.push(t(before ? key : 'filing.changeAdded', { before, after }) + who) }
    change('filing.changeSent', nearMinute(parse(old.sent_at), now), nearMinute(parse(v.sent_at), now))
    change('filing.changeReceipt', receiptText(old, now), receiptText(v, now))
  })
  return said
}
