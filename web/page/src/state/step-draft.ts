// The line of 办理过程 that is being written, kept per user and entry until it is added.
import type { StepChannel, StepKind } from '@/api/types'
import { typedOnPC } from './typed'

export interface StepDraft {
  kind: StepKind
  whom: string
  text: string
  at: string
  due?: string
  channel?: StepChannel
}

const lines = typedOnPC<StepDraft>('step', (d) =>
  typeof d.whom === 'string' && typeof d.text === 'string' && (d.whom.trim() || d.text.trim()) ? { kind: d.kind!, whom: d.whom, text: d.text, at: d.at || '', due: d.due, channel: d.channel } : null)
export const keepStep = lines.keep
export const keptStep = lines.kept

/** What is left of the line once it was added: whatever was typed while it was under way belongs to the next one, which is a NEXT one unless somebody chose. */
export function afterSent(sent: StepDraft, now: StepDraft, next: StepKind): StepDraft {
  const rest = (was: string, is: string) => (is === was ? '' : is)
  const left = { whom: rest(sent.whom, now.whom), text: rest(sent.text, now.text), at: rest(sent.at, now.at), due: rest(sent.due || '', now.due || '') }
  const begun = now.kind !== sent.kind || left.whom || left.text
  return { ...left, kind: begun ? now.kind : next, channel: begun ? now.channel : 'phone' }
}

/** Drops lines of an entry that were typed before it was erased: they may hold what was erased. */
export function dropErasedSteps(entry: string, erasedAt: number): void {
  for (const k of Object.keys(localStorage)) {
    if (k.indexOf(lines.prefix) !== 0 || k.split('/')[1] !== encodeURIComponent(entry)) continue
    const d = JSON.parse(localStorage.getItem(k) || 'null') as { time?: number } | null
    if (!d || !(Number(d.time) >= erasedAt)) localStorage.removeItem(k)
  }
}
