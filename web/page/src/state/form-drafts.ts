// Forms that are kept on this PC until they were sent: 交班备注, 补录, the table of a year's public holidays, a new
// person of the roster and a sensitive period.
import { reactive, watch, type Ref } from 'vue'
import type { Period, Person } from '@/api/roster'
import { newKey, type LateForm } from '@/logic/late'
import { wentToCall } from './aside'
import { typedOnPC, useTyped } from './typed'

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
