// The line of 办理过程 that is being written, kept on this PC per user and entry until it is added: a
// lock, an expired session, a look at another entry or a restart costs no word of it.
import type { StepKind } from '@/api/types'

export interface StepDraft {
  kind: StepKind
  whom: string
  text: string
  at: string
}

export const STEP_PREFIX = 'dutyline.step.'
const key = (user: string, entry: string) => STEP_PREFIX + encodeURIComponent(user) + '/' + encodeURIComponent(entry)
const empty = (d: StepDraft) => !d.whom.trim() && !d.text.trim()

/** Keeps what was typed; a line without words is none. */
export function keepStep(user: string, entry: string, d: StepDraft, now = Date.now()): void {
  try {
    if (empty(d)) localStorage.removeItem(key(user, entry))
    else localStorage.setItem(key(user, entry), JSON.stringify({ ...d, time: now }))
  } catch {
    // Without storage it lasts as long as the entry is shown.
  }
}

/** What this user left of a line; null: nothing. */
export function keptStep(user: string, entry: string): StepDraft | null {
  try {
    const d = JSON.parse(localStorage.getItem(key(user, entry)) || 'null') as StepDraft | null
    return d && typeof d.whom === 'string' && typeof d.text === 'string' && !empty(d) ? { kind: d.kind, whom: d.whom, text: d.text, at: d.at || '' } : null
  } catch {
    return null
  }
}

/** Drops lines of an entry that were typed before it was erased: they may hold what was erased. */
export function dropErasedSteps(entry: string, erasedAt: number): void {
  for (const k of Object.keys(localStorage)) {
    if (k.indexOf(STEP_PREFIX) !== 0 || k.split('/')[1] !== encodeURIComponent(entry)) continue
    const d = JSON.parse(localStorage.getItem(k) || 'null') as { time?: number } | null
    if (!d || !(Number(d.time) >= erasedAt)) localStorage.removeItem(k)
  }
}
