// Forms that are kept on this PC until they were sent: 交班备注, 补录, the table of a year's public holidays, a person
// of the roster, a sensitive period, a card of the directory and a rule of dated duties.
import { reactive, watch, type Ref } from 'vue'
import type { Contact, ContactFields, Phone } from '@/api/directory'
import type { TaskRule } from '@/api/duties'
import type { Period, Person } from '@/api/roster'
import { draftOf } from '@/logic/directory'
import { newKey, type LateForm } from '@/logic/late'
import { ruleFields, type RuleFields } from '@/logic/tasks'
import { wentToCall } from './aside'
import { typedOnPC, useTyped, useTypedOf } from './typed'

const said = (x: unknown) => (typeof x === 'string' ? x : '')

interface Remarks {
  text: string
}
const remarks = typedOnPC<Remarks>('remarks', (d) => (typeof d.text === 'string' && d.text.trim() ? { text: d.text } : null))

/** The remarks of the handover that is being prepared. */
export function useRemarks(): Remarks {
  const form = reactive<Remarks>({ text: '' })
  useTyped(remarks, form, () => ({ text: '' }))
  return form
}

export interface HolidayTable {
  /** Empty while nobody has typed one. */
  year: number | ''
  source: string
  table: string
}
const holidayTables = typedOnPC<HolidayTable>('holidays', (d) => {
  const form: HolidayTable = { year: Number(d.year) || '', source: said(d.source), table: said(d.table) }
  return form.source.trim() || form.table.trim() ? form : null
})

/** The table of public holidays that is being typed from a notice; it goes when it was saved. */
export function useHolidayTable(fresh: () => HolidayTable): HolidayTable {
  const form = reactive<HolidayTable>(fresh())
  useTyped(holidayTables, form, fresh)
  return form
}

export type NewPerson = Pick<Person, 'name' | 'phone' | 'standing'>
const freshPerson = (): NewPerson => ({ name: '', phone: '', standing: 'regular' })
const people = typedOnPC<NewPerson>('person', (d) => {
  const form: NewPerson = { name: said(d.name), phone: said(d.phone), standing: d.standing || 'regular' }
  return form.name.trim() || form.phone.trim() ? form : null
})

/** Somebody who is being entered into the list of people of the roster; clear when the daemon has them. */
export function useNewPerson(): { form: NewPerson; clear: () => void } {
  const form = reactive<NewPerson>(freshPerson())
  useTyped(people, form, freshPerson)
  return { form, clear: () => void Object.assign(form, freshPerson()) }
}

interface Correction extends Pick<Person, 'phone' | 'standing'> {
  version: number
}
const corrections = typedOnPC<Correction>('person-correction', (d) => (typeof d.phone === 'string' && d.standing ? { version: Number(d.version) || 0, phone: d.phone, standing: d.standing } : null))

/** What is corrected of somebody in the list of people; SHOWN tells whose row is open. */
export function useCorrection(shown: () => Person | null) {
  const form = reactive<Correction>({ version: 0, phone: '', standing: 'regular' })
  const fresh = (): Correction => {
    const p = shown()
    return p ? { version: p.version || 0, phone: p.phone, standing: p.standing } : { version: 0, phone: '', standing: 'regular' }
  }
  return { form, ...useTypedOf(corrections, form, () => (shown() || { name: '' }).name, fresh) }
}

interface Card {
  version: number
  fields: ContactFields
  /** A number that an officer adds. */
  more: Phone
}
const cards = typedOnPC<Card>('card', (d) => {
  const f = d.fields
  return f && typeof f.unit === 'string' && typeof f.person === 'string' && typeof f.title === 'string' && typeof f.remark === 'string' && Array.isArray(f.numbers) && d.more && typeof d.more.number === 'string'
    ? { version: Number(d.version) || 0, fields: f, more: d.more } : null
})

/** A contact as it is being written. */
export function useCard(contact: Contact | null) {
  const fresh = (): Card => ({ version: contact ? contact.change : 0, fields: draftOf(contact), more: { kind: 'office', number: '' } })
  const form = reactive<Card>(fresh())
  return { form, ...useTypedOf(cards, form, () => (contact ? String(contact.id) : 'new'), fresh) }
}

type RuleForm = RuleFields & { version: number }
const rules = typedOnPC<RuleForm>('rule', (d) => {
  if (typeof d.title !== 'string' || typeof d.checks !== 'string' || !d.post || !d.every) return null
  return { version: Number(d.version) || 0, title: d.title, basis: said(d.basis), post: d.post, every: d.every, clock: said(d.clock), date: said(d.date), day: Number(d.day) || 0, weekday: Number(d.weekday) || 0, after: Number(d.after) || 0, lead: Number(d.lead) || 0, checks: d.checks }
})

/** A rule of dated duties as it is being written. */
export function useRule(rule: () => TaskRule | null) {
  const fresh = (): RuleForm => {
    const r = rule()
    return { version: (r && r.version) || 0, ...ruleFields(r) }
  }
  const form = reactive<RuleForm>(fresh())
  return { form, ...useTypedOf(rules, form, () => { const r = rule(); return r ? String(r.rule || 'new') : '' }, fresh) }
}

const freshPeriod = (): Period => ({ name: '', first: '', last: '', notice: '', extra: '', ended: '' })
const periods = typedOnPC<Period>('period', (d) => {
  const form: Period = { name: said(d.name), first: said(d.first), last: said(d.last), notice: said(d.notice), extra: said(d.extra), ended: '' }
  return form.name.trim() || form.first || form.last || form.notice.trim() || form.extra.trim() ? form : null
})

/** A sensitive period that is being entered; clear when the daemon has it. */
export function useNewPeriod(): { form: Period; clear: () => void } {
  const form = reactive<Period>(freshPeriod())
  useTyped(periods, form, freshPeriod)
  return { form, clear: () => void Object.assign(form, freshPeriod()) }
}

/** The form with the key under which it is sent: what was sent and not answered is not opened twice. */
interface Late extends LateForm {
  key: string
}
const freshLate = (): Late => ({ kind: 'duty', at: '', blind: '', reason: '', sheet: '', key: newKey() })
const lates = typedOnPC<Late>('late', (d) => {
  const late: Late = { kind: d.kind || 'duty', at: said(d.at), blind: said(d.blind), reason: said(d.reason), sheet: said(d.sheet), key: said(d.key) || newKey() }
  return late.at || late.reason.trim() || late.sheet.trim() ? late : null
})

/**
 * The fields of the 补录 dialog; they stay when it is shut, and go when they were sent or thrown away. Whoever opens the
 * entry that stands under their key begins another one with them: under that key they would be refused for ever.
 */
export function useLateForm(shown: Ref<boolean>): { form: Late; clear: () => void; another: (than: string) => void } {
  const form = reactive<Late>(freshLate())
  const { bring } = useTyped(lates, form, freshLate)
  watch(shown, (on) => { if (on) bring() }, { flush: 'sync' })
  watch(wentToCall, () => { shown.value = false }, { flush: 'sync' })
  const another = (than: string) => {
    if (than === 'w-' + form.key) form.key = newKey()
  }
  return { form, clear: () => void Object.assign(form, freshLate()), another }
}
