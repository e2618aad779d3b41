// What the page 录音抽评 asks for before it sends.
import { ITEMS, type Item, type Listened, type ListeningFact, type Mark, type Marks } from '@/api/listening'

export type Draft = Record<Item, Mark | ''>
export const freshMarks = (): Draft => ({ greeting: '', tone: '', precision: '', elements: '', read_back: '' })

/** The newest of what was said of a kind. */
export function newest(l: Listened, says: ListeningFact['says']): ListeningFact | null {
  const all = l.facts.filter((f) => f.says === says)
  return all.length ? all[all.length - 1] : null
}

/** What a review lacks; empty: it can be sent. */
export function lacksOf(d: Draft, text: string): Item | 'text' | '' {
  for (const i of ITEMS) if (!d[i]) return i
  return ITEMS.some((i) => d[i] === 'poor') && !text.trim() ? 'text' : ''
}

export const toMarks = (d: Draft): Marks => ({ ...d }) as Marks
export const lastSeen = (l: Listened): number => (l.facts.length ? l.facts[l.facts.length - 1].id : 0)

/** Where a recording stands. */
export function standing(l: Listened): 'open' | 'done' | 'answered' {
  if (!newest(l, 'reviewed')) return 'open'
  return newest(l, 'answered') ? 'answered' : 'done'
}

/** The month before the one in which a day lies, written 2026-10. */
export function monthBefore(day: string): string {
  const [y, m] = day.split('-').map(Number)
  return m === 1 ? `${y - 1}-12` : `${y}-${m < 11 ? '0' : ''}${m - 1}`
}
