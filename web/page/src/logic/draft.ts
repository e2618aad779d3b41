// What is typed into an entry, and how it lives with what others write into the same entry.
// A field is one unit: its value or the gap that stands in its place. Everything is a plain
// three-way merge of base (what this page last saw), mine and theirs.
import { FIELDS } from '@/api/types'
import type { Entry, EntryPatch, Field, Gap, Kind } from '@/api/types'

export interface Slot {
  value: string
  gap: Gap | null
}
export type Form = Record<Field, Slot>

export interface Draft {
  id: string
  revision: number
  kind: Kind
  baseKind: Kind
  form: Form
  base: Form
  /** Fields that both sides changed: what stands on the server. Mine stays in form. */
  conflicts: Partial<Record<Field, Slot>>
  /** What was sent without an answer: the server may hold it or not. */
  unsure: Partial<Record<Field, Slot>>
}

/** What is kept on this PC until the server has it. */
export interface StoredDraft {
  id: string
  at: number
  kind?: { base: Kind; mine: Kind }
  fields: Partial<Record<Field, { base: Slot; mine: Slot }>>
}

export function slot(value = '', gap: Gap | null = null): Slot {
  return { value, gap: gap && { why: gap.why, reason: gap.reason } }
}

export function formOf(entry: Entry): Form {
  const form = {} as Form
  for (const f of FIELDS) form[f] = slot(entry[f] || '', (entry.gaps && entry.gaps[f]) || null)
  return form
}

export function draftOf(entry: Entry): Draft {
  return {
    id: entry.id, revision: entry.revision, kind: entry.kind, baseKind: entry.kind,
    form: formOf(entry), base: formOf(entry), conflicts: {}, unsure: {},
  }
}

// The server strips control characters and outer blanks; a difference in those is none.
// eslint-disable-next-line no-control-regex
const clean = (text: string) => text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim()

export function sameSlot(a: Slot, b: Slot): boolean {
  if (a.gap || b.gap) {
    if (!a.gap || !b.gap) return false
    return a.gap.why === b.gap.why && clean(a.gap.reason) === clean(b.gap.reason)
  }
  return clean(a.value) === clean(b.value)
}

export function dirtyFields(d: Draft): Field[] {
  return FIELDS.filter((f) => !sameSlot(d.form[f], d.base[f]))
}

export function conflictFields(d: Draft): Field[] {
  return FIELDS.filter((f) => d.conflicts[f] !== undefined)
}

export function isDirty(d: Draft): boolean {
  return d.kind !== d.baseKind || dirtyFields(d).length > 0
}

/** The patch that saves what can be saved; null when nothing is to be sent. */
export function patchOf(d: Draft): EntryPatch | null {
  const patch: EntryPatch = { revision: d.revision }
  const gaps: Partial<Record<Field, Gap | null>> = {}
  for (const f of dirtyFields(d)) {
    if (d.conflicts[f]) continue
    const mine = d.form[f]
    const base = d.base[f]
    if (mine.gap) {
      gaps[f] = mine.gap
      if (base.value) patch[f] = ''
    } else {
      patch[f] = mine.value
      if (base.gap) gaps[f] = null
    }
  }
  if (Object.keys(gaps).length) patch.gaps = gaps
  if (d.kind !== d.baseKind) patch.kind = d.kind
  return Object.keys(patch).length > 1 ? patch : null
}

/** The slots that a patch of this draft carries, to be remembered while it is under way. */
export function sentSlots(d: Draft): Partial<Record<Field, Slot>> {
  const sent: Partial<Record<Field, Slot>> = {}
  for (const f of dirtyFields(d)) if (!d.conflicts[f]) sent[f] = slot(d.form[f].value, d.form[f].gap)
  return sent
}

/** After a patch was answered: what was sent is the new base; what was typed since stays mine. */
export function accepted(d: Draft, sent: Partial<Record<Field, Slot>>, sentKind: Kind, entry: Entry): Draft {
  const base = { ...d.base, ...sent }
  const kept: Draft = { ...d, base, baseKind: sentKind, unsure: {} }
  return rebase(kept, entry)
}

/** Brings a newer state of the entry in. Fields that only they changed are taken over. */
export function rebase(d: Draft, entry: Entry): Draft {
  const theirs = formOf(entry)
  const form = { ...d.form }
  const base = { ...d.base }
  const conflicts: Draft['conflicts'] = {}
  for (const f of FIELDS) {
    const unsure = d.unsure[f]
    const unchanged = sameSlot(theirs[f], d.base[f]) || (unsure !== undefined && sameSlot(theirs[f], unsure))
    const mineDirty = !sameSlot(d.form[f], d.base[f])
    if (unchanged) {
      base[f] = theirs[f]
    } else if (!mineDirty || sameSlot(d.form[f], theirs[f])) {
      form[f] = theirs[f]
      base[f] = theirs[f]
    } else {
      conflicts[f] = theirs[f]
    }
  }
  const kindDirty = d.kind !== d.baseKind
  return {
    ...d, form, base, conflicts, unsure: {}, revision: entry.revision,
    baseKind: entry.kind, kind: kindDirty ? d.kind : entry.kind,
  }
}

export type Choice = 'mine' | 'theirs' | 'both'

/** Settles one conflict by a person's choice. */
export function resolve(d: Draft, f: Field, choice: Choice): Draft {
  const theirs = d.conflicts[f]
  if (!theirs) return d
  const conflicts = { ...d.conflicts }
  delete conflicts[f]
  const mine = d.form[f]
  let result = mine
  if (choice === 'theirs') result = theirs
  if (choice === 'both') result = slot([theirs.value, mine.value].filter((v) => v.trim()).join('\n'))
  return { ...d, conflicts, base: { ...d.base, [f]: theirs }, form: { ...d.form, [f]: slot(result.value, result.gap) } }
}

/** What must survive a reload or a lost connection; null when the server has everything. */
export function toStored(d: Draft, at: number): StoredDraft | null {
  if (!isDirty(d)) return null
  const fields: StoredDraft['fields'] = {}
  for (const f of dirtyFields(d)) fields[f] = { base: d.base[f], mine: d.form[f] }
  const stored: StoredDraft = { id: d.id, at, fields }
  if (d.kind !== d.baseKind) stored.kind = { base: d.baseKind, mine: d.kind }
  return stored
}

/** Puts a kept draft back over the entry as it stands now. */
export function fromStored(entry: Entry, stored: StoredDraft): Draft {
  const old = draftOf(entry)
  for (const f of FIELDS) {
    const kept = stored.fields[f]
    if (!kept) continue
    old.base[f] = slot(kept.base.value, kept.base.gap)
    old.form[f] = slot(kept.mine.value, kept.mine.gap)
  }
  if (stored.kind) {
    old.baseKind = stored.kind.base
    old.kind = stored.kind.mine
  }
  return rebase(old, entry)
}
