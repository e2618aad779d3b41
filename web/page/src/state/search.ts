// What was looked for last, so that coming back from an entry finds the list again. It goes with
// whoever looked: the next person begins anew.
import { reactive, watch } from 'vue'
import type { EntryFilter } from '@/api/client'
import { DAY_MS, dayOf } from '@/logic/time'
import { session } from './session'

const nothing = { words: '', kind: 'all', state: 'all', handling: 'all', unit: '', officer: '', outcome: 'all', category: 'all', days: null as [string, string] | null }
export type Asked = typeof nothing
export const kept = reactive({ ...nothing })

watch(() => session.user && session.user.username, () => Object.assign(kept, nothing))

/** A search as it was asked: what the daemon was told, and the words that are marked. */
export interface Ask { filter: EntryFilter; words: string }

/** What is asked now; with a search that is SHOWN it goes on with that one, whatever stands in the boxes. */
export function askOf(asked: Asked, shown: Ask | null): Ask | null {
  if (shown) return shown
  const filter = filterOf(asked)
  return filter && { filter, words: asked.words }
}

/** What the daemon is asked, or null while neither a word nor a filter is given. */
export function filterOf(asked: Asked): EntryFilter | null {
  const chosen = (v: string) => (v === 'all' ? undefined : v)
  const typed = (v: string) => v.trim() || undefined
  const [from, to] = asked.days || ['', '']
  const f: EntryFilter = {
    q: typed(asked.words), kind: chosen(asked.kind), state: chosen(asked.state), handling: chosen(asked.handling),
    unit: typed(asked.unit), officer: typed(asked.officer), outcome: chosen(asked.outcome), category: chosen(asked.category),
    from: from ? new Date(dayOf(from)).toISOString() : undefined, to: to ? new Date(dayOf(to) + DAY_MS).toISOString() : undefined,
  }
  return Object.values(f).some((v) => v !== undefined) ? { ...f, order: 'newest' } : null
}
