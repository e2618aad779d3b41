// What somebody types into a report and has not saved: it survives a reload, and another person's version
// never takes its place by itself.
import type { Elements, Incident, Report } from '@/api/incidents'
import { draftOf, type Draft } from '@/logic/incidents'
import { session } from './session'

interface Kept extends Draft {
  base: number
  user: string
}
const PREFIX = 'dutyline.report.'
const name = (incident: number, report: number) => PREFIX + incident + '.' + report

/** What this person left unsaved of a report; null: nothing, or somebody else's. */
export function keptDraft(incident: number, report: number): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(name(incident, report)) || 'null') as Kept | null
    return kept && session.user && kept.user === session.user.username && typeof kept.text === 'string' && !!kept.elements ? kept : null
  } catch {
    return null
  }
}
export function keepDraft(incident: number, report: number, draft: Draft, base: number): void {
  try {
    localStorage.setItem(name(incident, report), JSON.stringify({ ...draft, base, user: session.user ? session.user.username : '' }))
  } catch {
    // Without storage it lasts until the reload.
  }
}
export function dropDraft(incident: number, report: number): void {
  try {
    localStorage.removeItem(name(incident, report))
  } catch {
    // There was none to drop.
  }
}

const words = (e: Elements) => JSON.stringify(Object.keys(e).sort().map((k) => [k, (e[k as keyof Elements] || '').trim()]).filter((x) => x[1]))
export const sameDraft = (a: Draft, b: Draft): boolean => a.text === b.text && words(a.elements) === words(b.elements)

/** With what the editor begins, on which version that was made, and whether it is already saved. */
export function beginDraft(i: Incident, r: Report): { draft: Draft; base: number; dirty: boolean } {
  const kept = keptDraft(i.id, r.number)
  const fresh = draftOf(i, r)
  if (!kept || sameDraft(kept, fresh)) return { draft: fresh, base: r.version, dirty: false }
  return { draft: { elements: { ...kept.elements }, text: kept.text }, base: kept.base, dirty: true }
}
