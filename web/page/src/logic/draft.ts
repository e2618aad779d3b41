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
  /** The kind that somebody else chose while another one was chosen here; null: none. Mine stays in kind. */
  kindConflict: Kind | null
  /** What was sent without an answer: the server may hold it or not. */
  unsure: Partial<Record<Field, Slot>>
  unsureKind: Kind | null
  /** For a field that was put back from this PC: the mark of what it was written over, whose text is not kept. */
  marks: Partial<Record<Field, number>>
}

/** What is kept on this PC until the server has it: only what was typed, never what the server holds. */
export interface StoredDraft {
  id: string
  at: number
  kind?: { base: Kind; mine: Kind }
  /** over is the mark of what the typing replaces, enough to notice that it was changed meanwhile. */
  fields: Partial<Record<Field, { over: number; mine: Slot }>>
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
    form: formOf(entry), base: formOf(entry), conflicts: {}, kindConflict: null, unsure: {}, unsureKind: null, marks: {},
  }
}

// The server strips control characters, those that nobody sees, and outer blanks; a difference in those is none.
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\uddef]/g
const clean = (text: string) => text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(UNSEEN, '').trim()

export function sameSlot(a: Slot, b: Slot): boolean {
  if (a.gap || b.gap) {
    if (!a.gap || !b.gap) return false
    return a.gap.why === b.gap.why && clean(a.gap.reason) === clean(b.gap.reason)
  }
  return clean(a.value) === clean(b.value)
}

/** 32 bits that tell two slots apart but from which neither can be read (FNV-1a). */
export function markOf(s: Slot): number {
  const text = s.gap ? '\u0001' + s.gap.why + '\u0001' + clean(s.gap.reason) : clean(s.value)
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

function unlikeBase(d: Draft, f: Field): boolean {
  return d.marks[f] !== undefined || !sameSlot(d.form[f], d.base[f])
}

export function dirtyFields(d: Draft): Field[] {
  return FIELDS.filter((f) => unlikeBase(d, f))
}

export function conflictFields(d: Draft): Field[] {
  return FIELDS.filter((f) => d.conflicts[f] !== undefined)
}

/** Whether something waits for a person's choice: a field, or the kind. */
export function inConflict(d: Draft): boolean {
  return d.kindConflict !== null || conflictFields(d).length > 0
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
  if (d.kind !== d.baseKind && d.kindConflict === null) patch.kind = d.kind
  return Object.keys(patch).length > 1 ? patch : null
}

/** The slots that a patch of this draft carries, to be remembered while it is under way. */
export function sentSlots(d: Draft): Partial<Record<Field, Slot>> {
  const sent: Partial<Record<Field, Slot>> = {}
  for (const f of dirtyFields(d)) if (!d.conflicts[f]) sent[f] = slot(d.form[f].value, d.form[f].gap)
  return sent
}

/** After a patch was answered: what was sent, or the kind it was written over, is the new base; what was typed since stays mine. */
export function accepted(d: Draft, sent: Partial<Record<Field, Slot>>, sentKind: Kind, entry: Entry): Draft {
  const base = { ...d.base, ...sent }
  const kept: Draft = { ...d, base, baseKind: sentKind, unsure: {}, unsureKind: null }
  return rebase(kept, entry)
}

/** Brings a newer state of the entry in. Fields that only they changed are taken over. */
export function rebase(d: Draft, entry: Entry): Draft {
  const theirs = formOf(entry)
  const form = { ...d.form }
  const base = { ...d.base }
  const conflicts: Draft['conflicts'] = {}
  const marks: Draft['marks'] = {}
  for (const f of FIELDS) {
    const unsure = d.unsure[f]
    const mark = d.marks[f]
    const asBefore = mark === undefined ? sameSlot(theirs[f], d.base[f]) : markOf(theirs[f]) === mark
    const unchanged = asBefore || (unsure !== undefined && sameSlot(theirs[f], unsure))
    const mineDirty = unlikeBase(d, f)
    if (unchanged) {
      base[f] = theirs[f]
    } else if (!mineDirty || sameSlot(d.form[f], theirs[f])) {
      form[f] = theirs[f]
      base[f] = theirs[f]
    } else {
      conflicts[f] = theirs[f]
      if (mark !== undefined) marks[f] = mark
    }
  }
  return { ...d, ...rebaseKind(d, entry.kind), form, base, conflicts, marks, unsure: {}, unsureKind: null, revision: entry.revision }
}

/** The kind is a value like the others: chosen otherwise on both sides, a person decides. */
function rebaseKind(d: Draft, theirs: Kind): Pick<Draft, 'kind' | 'baseKind' | 'kindConflict'> {
  if (theirs === d.baseKind || theirs === d.unsureKind) return { kind: d.kind, baseKind: theirs, kindConflict: null }
  if (d.kind === d.baseKind || d.kind === theirs) return { kind: theirs, baseKind: theirs, kindConflict: null }
  return { kind: d.kind, baseKind: d.baseKind, kindConflict: theirs }
}

export type Choice = 'mine' | 'theirs' | 'both'

/** Settles one conflict by a person's choice. */
export function resolve(d: Draft, f: Field, choice: Choice): Draft {
  const theirs = d.conflicts[f]
  if (!theirs) return d
  const conflicts = { ...d.conflicts }
  delete conflicts[f]
  const marks = { ...d.marks }
  delete marks[f]
  const mine = d.form[f]
  let result = mine
  if (choice === 'theirs') result = theirs
  if (choice === 'both') result = slot([theirs.value, mine.value].filter((v) => v.trim()).join('\n'))
  return { ...d, conflicts, marks, base: { ...d.base, [f]: theirs }, form: { ...d.form, [f]: slot(result.value, result.gap) } }
}

/** Settles a conflict of the kind; there is no both. */
export function resolveKind(d: Draft, choice: 'mine' | 'theirs'): Draft {
  const theirs = d.kindConflict
  return theirs === null ? d : { ...d, kindConflict: null, baseKind: theirs, kind: choice === 'mine' ? d.kind : theirs }
}

/** What must survive a reload or a lost connection; null when the server has everything. */
export function toStored(d: Draft, at: number): StoredDraft | null {
  if (!isDirty(d)) return null
  const fields: StoredDraft['fields'] = {}
  for (const f of dirtyFields(d)) {
    const mark = d.marks[f]
    fields[f] = { over: mark === undefined ? markOf(d.base[f]) : mark, mine: d.form[f] }
  }
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
    // A draft without a readable mark is asked about rather than written over what stands there.
    old.marks[f] = typeof kept.over === 'number' ? kept.over : -1
    old.form[f] = slot(kept.mine.value, kept.mine.gap)
  }
  if (stored.kind) {
    old.baseKind = stored.kind.base
    old.kind = stored.kind.mine
  }
  return rebase(old, entry)
}
