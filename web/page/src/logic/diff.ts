// What changed from one revision of an entry to the next, for people.
import { FIELDS } from '@/api/types'
import type { Attachment, Entry, Field, Gap } from '@/api/types'

export interface FieldChange {
  field: Field | 'kind' | 'state' | 'late_at' | 'late_blind'
  before: string
  after: string
  beforeGap: Gap | null
  afterGap: Gap | null
}

const gapOf = (e: Entry | undefined, f: Field): Gap | null => (e && e.gaps && e.gaps[f]) || null

export function changesBetween(before: Entry | undefined, after: Entry): FieldChange[] {
  const out: FieldChange[] = []
  for (const f of FIELDS) {
    const a = before ? before[f] || '' : ''
    const b = after[f] || ''
    const ga = gapOf(before, f)
    const gb = gapOf(after, f)
    if (a !== b || JSON.stringify(ga) !== JSON.stringify(gb)) {
      out.push({ field: f, before: a, after: b, beforeGap: ga, afterGap: gb })
    }
  }
  if (before && before.late && after.late) { // the times of a late entry
    for (const [field, was, is] of [['late_at', before.call_at, after.call_at], ['late_blind', before.late.blind, after.late.blind]] as const) {
      if (was !== is) out.push({ field, before: was || '', after: is || '', beforeGap: null, afterGap: null })
    }
  }
  for (const f of ['kind', 'state'] as const) {
    if (before && before[f] !== after[f]) {
      out.push({ field: f, before: before[f], after: after[f], beforeGap: null, afterGap: null })
    }
  }
  return out
}

/** What was attached from one revision (its time) until the next one, the newest first; '' is the beginning, or now. */
export function filesBetween(files: Attachment[], from: string, until: string): Attachment[] {
  const at = (text: string) => new Date(text).getTime()
  return files.filter((a) => (!from || at(a.at) >= at(from)) && (!until || at(a.at) < at(until))).reverse()
}

export interface Piece {
  text: string
  kind: 'same' | 'gone' | 'new'
}

/** Differences of two texts as common head, changed middle and common tail: enough for a log line. */
export function textDiff(before: string, after: string): Piece[] {
  let head = 0
  const most = Math.min(before.length, after.length)
  while (head < most && before[head] === after[head]) head++
  let tail = 0
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  const pieces: Piece[] = [
    { text: before.slice(0, head), kind: 'same' },
    { text: before.slice(head, before.length - tail), kind: 'gone' },
    { text: after.slice(head, after.length - tail), kind: 'new' },
    { text: before.slice(before.length - tail), kind: 'same' },
  ]
  return pieces.filter((p) => p.text !== '')
}
