// What choosing a person of the directory fills in: for each kind other fields, and never one
// that is not on screen.
import type { Candidate, Field, Kind } from '@/api/types'
import type { Form } from './draft'
import { candidateName } from './words'

export type Filled = Partial<Record<Field, string>>

/** The fields and values that a candidate stands for in an entry of this kind. */
export function fillOf(c: Candidate, kind: Kind, shown: readonly Field[]): Filled {
  const all: Filled = kind === 'outgoing'
    ? { called_whom: candidateName(c) }
    : kind === 'spot_check'
      ? { caller_unit: c.unit, inspector: c.person, caller_title: c.title }
      : { caller_unit: c.unit, caller_person: c.person, caller_title: c.title }
  const filled: Filled = {}
  for (const f of Object.keys(all) as Field[]) if (shown.indexOf(f) >= 0 && all[f]) filled[f] = all[f]
  return filled
}

/** Candidates are offered until the field that names the person says something, or says why not. */
export function undecided(kind: Kind, form: Form): boolean {
  const has = (f: Field) => !!form[f].value || !!form[f].gap
  if (kind === 'outgoing') return !has('called_whom')
  if (kind === 'spot_check') return !has('inspector')
  return !has('caller_unit') && !form.caller_person.value
}
