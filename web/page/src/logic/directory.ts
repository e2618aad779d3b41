// Decisions of the page 通讯录.
import type { Candidate } from '@/api/types'
import type { Contact, ContactFields, FieldChange, Phone, TableFault } from '@/api/directory'
import { t, word, type Key } from '@/i18n'

export const contactName = (c: { unit: string; person: string; title: string }): string => [c.unit, c.person, c.title].filter((s) => s).join(' ')

/** A contact as a form edits it; a new one has one empty number. */
export function draftOf(c: Contact | null): ContactFields {
  if (!c) return { unit: '', person: '', title: '', numbers: [{ kind: 'office', number: '' }], superior: false, remark: '', confirm: true }
  return { unit: c.unit, person: c.person, title: c.title, numbers: c.numbers.map((n) => ({ ...n })), superior: c.superior, remark: c.remark, confirm: true }
}

/** What is sent: numbers without text are none. */
export function fieldsOf(d: ContactFields): ContactFields {
  return { ...d, numbers: d.numbers.filter((n) => n.number.trim()) }
}

/** What a form lacks before it may be sent; empty: nothing. */
export function lacking(d: ContactFields): '' | 'card.needUnit' | 'card.needNumber' {
  if (!d.unit.trim()) return 'card.needUnit'
  return fieldsOf(d).numbers.length ? '' : 'card.needNumber'
}

/** Whether a form says anything else than its contact; only then it is a change. */
export function differs(d: ContactFields, c: Contact | null): boolean {
  const plain = (x: ContactFields) => JSON.stringify([x.unit, x.person, x.title, fieldsOf(x).numbers.map((n: Phone) => [n.kind, n.number]), x.superior, x.remark])
  return plain(d) !== plain(draftOf(c))
}

/** The number that the daemon could not read, from where it found fault: body.numbers[1].number. */
export function badNumber(location: string, d: ContactFields): string {
  const m = /^body\.numbers\[(\d+)\]/.exec(location)
  const n = m && fieldsOf(d).numbers[Number(m[1])]
  return n ? n.number : ''
}

/** What is wrong with a cell, in the page's language; an unknown fault in the daemon's words. */
export function faultText(f: TableFault): string {
  const key = 'rowFault.' + f.code
  return word('rowFault', f.code) === f.code ? f.reason : t(key as Key, { value: f.value })
}

/** Where it is: the cell as a spreadsheet names it, else the row. */
export const faultPlace = (f: TableFault): string => f.cell || t('imp.row', { n: f.row })

/** One field of a change: before → after, or what was added or taken away. */
export function changeText(c: FieldChange): string {
  const name = word('contact', c.field) + t('punct.colon')
  if (!c.before) return name + c.after
  return name + c.before + ' → ' + (c.after || t('card.empty'))
}

/** Why a candidate stands where it stands, where that helps to choose. */
export function candidateWhy(c: Candidate, among: number): string {
  if (among < 2 || !c.reason || c.reason === 'listed' || c.reason === 'only_one') return ''
  return t(('candidate.' + c.reason) as Key, { n: c.taken || 0 })
}

/** The row that the arrow keys come to; -1 is the search itself. */
export function step(from: number, key: string, rows: number): number {
  if (key === 'ArrowDown') return Math.min(from + 1, rows - 1)
  if (key === 'ArrowUp') return Math.max(from - 1, -1)
  return from
}

/** The base64 of a data: address, as a FileReader gives it. */
export const base64Of = (dataUrl: string): string => dataUrl.slice(dataUrl.indexOf(',') + 1)
