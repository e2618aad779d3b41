// Small forms as data: which fields a deed asks for, what is still missing, and how it is sent.
import type { Incident } from '@/api/incidents'

export interface Option {
  code: string
  label: string
  note?: string
}
export interface DeedField {
  name: string
  label: string
  /** ahead: a moment that lies in the future; many: several of the options, their codes with commas between them. */
  kind: 'line' | 'area' | 'time' | 'ahead' | 'choice' | 'many' | 'file'
  required?: boolean
  /** Another field that will do instead. */
  or?: string
  /** Whether it is asked for, by what else was filled in; absent: always. */
  when?: (values: Record<string, string>) => boolean
  options?: Option[]
  /** file: sends one, which is an option then. */
  upload?: (file: File) => Promise<Option>
  hint?: string
  max?: number
}
export interface Deed {
  /** What it is about, so that what was typed and not sent is found again; absent: it is not kept. */
  of?: string
  title: string
  /** Which thing it is about, where the title alone does not say so. */
  about?: string
  hint?: string
  go: string
  fields: DeedField[]
  values?: Record<string, string>
  /** What one answer means for the others: what is to change, after something was filled in. */
  follow?: (now: Record<string, string>, before: Record<string, string>) => Record<string, string>
  /** What is to change when the daemon refused it for a reason, by its type: a question may be asked then. */
  refused?: (values: Record<string, string>, type: string) => Record<string, string>
  send: (values: Record<string, string>, key: string) => Promise<Incident>
  done?: (i: Incident) => string
}

/** The fields as the form begins: what is given, else nothing. */
export function begun(deed: Deed): Record<string, string> {
  const values: Record<string, string> = {}
  for (const f of deed.fields) values[f.name] = (deed.values && deed.values[f.name]) || ''
  return values
}

/** The fields that are asked for now. */
export const asked = (deed: Deed, values: Record<string, string>): DeedField[] => deed.fields.filter((f) => !f.when || f.when(values))

/** With one of several options chosen, or not any more. */
export function toggled(value: string, code: string, options: readonly Option[]): string {
  const on = value.split(',').filter((c) => c)
  const now = on.indexOf(code) < 0 ? on.concat(code) : on.filter((c) => c !== code)
  return options.map((o) => o.code).filter((c) => now.indexOf(c) >= 0).join(',')
}

export const lacking = (deed: Deed, values: Record<string, string>): string[] =>
  asked(deed, values).filter((f) => f.required && !(values[f.name] || '').trim() && !(f.or && values[f.or])).map((f) => f.name)

/** How many characters the daemon keeps of a field of a report or a form, of a line, and of a report's text. */
export const MOST = { area: 2000, line: 500, text: 20_000 }
/** Characters as the daemon counts them: one beyond the plane of the usual ones is one, too. */
export const length = (text: string): number => Array.from(text).length

/** The first field with more than can be kept: nothing is cut off by itself. */
export function tooLong(deed: Deed, values: Record<string, string>): { field: DeedField; n: number; most: number } | null {
  for (const field of deed.fields) {
    if (field.kind !== 'line' && field.kind !== 'area') continue
    const most = field.max || MOST[field.kind]
    const n = length(values[field.name] || '')
    if (n > most) return { field, n, most }
  }
  return null
}

/** What is sent: words without blanks around them, and nothing for what was left empty. */
export function filled(values: Record<string, string>): Record<string, string | undefined> {
  const out: Record<string, string | undefined> = {}
  for (const name of Object.keys(values)) out[name] = values[name].trim() || undefined
  return out
}

/** Where a form begins: with the first field that is needed and empty, else with the first that is written, for what is
 * chosen already needs a look and no key. */
export function firstOf(fields: readonly DeedField[], values: Record<string, string>): string {
  const needed = fields.filter((f) => f.required && !values[f.name])[0]
  const written = fields.filter((f) => f.kind === 'line' || f.kind === 'area' || f.kind === 'time' || f.kind === 'ahead')[0]
  return (needed || written || fields[0] || { name: '' }).name
}
