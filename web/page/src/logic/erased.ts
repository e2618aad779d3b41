// What an erasure by decision took from an entry: such a field is empty on purpose, not missing.
import type { Entry, Field } from '@/api/types'

export type Erasure = NonNullable<Entry['erased']>[number]

/** The erasure that left this field empty; null when it was filled in again, or never erased. */
export function erasureOf(entry: Entry, f: Field): Erasure | null {
  if (entry[f] || (entry.gaps && entry.gaps[f])) return null
  const took = (entry.erased || []).filter((x) => !x.fields.length || x.fields.indexOf(f) >= 0)
  return took.length ? took[took.length - 1] : null
}
