// Notes that are written on the locked screen: kept in this browser with every character, sent as often as
// possible, and let go only when the entry has them.

export interface LockNote {
  /** Made here; the daemon knows the note by it. */
  key: string
  line: string
  /** When the first character was typed, by this computer's clock. */
  begun: number
  /** Counts what was typed. */
  edit: number
  /** The last edit that the daemon said it keeps. */
  kept: number
  text: string
  /** What was sent last: what an entry has when it took the note at this edit. */
  sent?: { edit: number; text: string }
  /** What an entry has already, by an earlier key. */
  base?: string
}

/** What a browser has kept; nonsense is passed over, never thrown. */
export function parseNotes(raw: string | null): LockNote[] {
  let all: unknown
  try {
    all = JSON.parse(raw || '[]')
  } catch {
    return []
  }
  if (!Array.isArray(all)) return []
  return all.filter((n): n is LockNote =>
    !!n && typeof n.key === 'string' && typeof n.text === 'string' && typeof n.line === 'string' && Number.isFinite(n.begun) && Number.isFinite(n.edit) && Number.isFinite(n.kept) &&
    (n.base === undefined || typeof n.base === 'string'))
}

/** The notes after somebody typed: the one of this key with its new text, or a new one. */
export function typed(notes: LockNote[], key: string, line: string, text: string, now: number): LockNote[] {
  const at = notes.findIndex((n) => n.key === key)
  if (at < 0) return text ? notes.concat({ key, line, begun: now, edit: 1, kept: 0, text }) : notes
  const n = notes[at]
  if (n.text === text) return notes
  return notes.map((x, i) => (i === at ? { ...n, text, edit: n.edit + 1 } : x))
}

/** The daemon keeps an edit of a note. */
export const acknowledged = (notes: LockNote[], key: string, edit: number): LockNote[] =>
  notes.map((n) => (n.key === key && edit > n.kept ? { ...n, kept: edit } : n))

/** An entry has the note as it was at this edit: what was typed since stays. */
export const taken = (notes: LockNote[], key: string, edit: number): LockNote[] => notes.filter((n) => n.key !== key || n.edit > edit)

/** It is being sent as it is now. */
export const sending = (notes: LockNote[], key: string): LockNote[] =>
  notes.map((n) => (n.key === key ? { ...n, sent: { edit: n.edit, text: n.text } } : n))

/** An entry took the note as it was at an edit, by another window: what was typed since goes on under a key of its own. before is the note as it was before it was sent in vain. */
export const renewed = (notes: LockNote[], before: LockNote, edit: number, fresh: string): LockNote[] =>
  notes.map((n) => {
    if (n.key !== before.key) return n
    const more: LockNote = { key: fresh, line: n.line, begun: n.begun, edit: n.edit, kept: 0, text: n.text, base: before.sent && before.sent.edit === edit ? before.sent.text : n.base }
    return untaken(more).trim() ? more : { ...more, kept: n.edit } // nothing of it is new yet
  })

/** The lines that no entry has yet. Those before are left out only as long as they are what was taken. */
export function untaken(n: LockNote): string {
  if (!n.base) return n.text
  const had = n.base.split('\n')
  const lines = n.text.split('\n')
  let same = 0
  while (same < had.length && same < lines.length && had[same] === lines[same]) same++
  return lines.slice(same).join('\n')
}

/** What is still to be sent. */
export const unsent = (notes: LockNote[]): LockNote[] => notes.filter((n) => n.edit > n.kept)

/** How long the text stays in sight after the last key, once nobody rings or talks. */
export const SHOWN_MS = 60_000

/** Whether the text may still be seen: whoever comes by later learns nothing from the locked screen. */
export function inSight(busy: boolean, lastKey: number, now: number): boolean {
  return lastKey > 0 && (busy || now - lastKey < SHOWN_MS)
}

export const sendDelay = (failures: number): number => (failures ? Math.min(10_000, 500 * Math.pow(2, failures)) : 700)
