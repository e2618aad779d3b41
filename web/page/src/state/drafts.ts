// Typed text that the server does not have yet, kept on this PC per user, entry and window.
// Nothing is shown of it unless the same user is signed in; it is removed once saved.
import { reactive } from 'vue'
import type { Entry } from '@/api/types'
import type { StoredDraft } from '@/logic/draft'
import { dropErasedAsked } from './ask-drafts'
import { dropErasedSteps } from './step-draft'

const PREFIX = 'dutyline.draft.'
const ORPHAN_MS = 10_000

/** Entries of which text that the server does not have lies on this PC, of who is signed in. */
export const kept = reactive<Record<string, true>>({})

function tabId(): string {
  try {
    let id = sessionStorage.getItem('dutyline.tab')
    if (!id) {
      id = Math.random().toString(36).slice(2, 10)
      sessionStorage.setItem('dutyline.tab', id)
    }
    return id
  } catch {
    return 'only'
  }
}
const tab = tabId()

const userPrefix = (user: string) => PREFIX + encodeURIComponent(user) + '/'
const key = (user: string, entry: string, ofTab = tab) =>
  userPrefix(user) + encodeURIComponent(entry) + '/' + ofTab

export function keep(user: string, draft: StoredDraft | null, entryId: string): boolean {
  if (draft) kept[entryId] = true
  else delete kept[entryId]
  try {
    if (draft) localStorage.setItem(key(user, entryId), JSON.stringify(draft))
    else localStorage.removeItem(key(user, entryId))
    return true
  } catch {
    return false // Storage full or refused: the text is still in the form, and the state says "not saved".
  }
}

/** Takes the kept draft of an entry: this window's own, or one whose window is gone. */
export function take(user: string, entryId: string): StoredDraft | null {
  try {
    const prefix = userPrefix(user) + encodeURIComponent(entryId) + '/'
    const own = localStorage.getItem(prefix + tab)
    if (own) return JSON.parse(own) as StoredDraft
    for (const k of Object.keys(localStorage)) {
      if (k.indexOf(prefix) !== 0) continue
      const other = JSON.parse(localStorage.getItem(k) || 'null') as StoredDraft | null
      if (!other || Date.now() - other.at < ORPHAN_MS) continue
      localStorage.removeItem(k)
      keep(user, other, entryId)
      return other
    }
  } catch {
    // An unreadable draft is left where it is.
  }
  return null
}

/** Drops text on this PC that is older than the last erasure of its entry: it may hold what was erased. */
export function dropErased(entry: Entry): void {
  const erased = (entry.erased || []).map((x) => Date.parse(x.at || '')).filter((at) => at > 0)
  if (!erased.length) return
  const last = Math.max(...erased)
  try {
    dropErasedSteps(entry.id, last)
    dropErasedAsked(entry.id, last)
    for (const k of Object.keys(localStorage)) {
      if (k.indexOf(PREFIX) !== 0 || k.split('/')[1] !== encodeURIComponent(entry.id)) continue
      const draft = JSON.parse(localStorage.getItem(k) || 'null') as StoredDraft | null
      if (!draft || draft.at < last) localStorage.removeItem(k)
    }
  } catch {
    // No storage, no drafts.
  }
}

/** Entries of which this user has unsaved text on this PC. */
export function keptEntries(user: string): string[] {
  const ids: string[] = []
  forgetKept()
  try {
    for (const k of Object.keys(localStorage)) {
      if (k.indexOf(userPrefix(user)) !== 0) continue
      const id = decodeURIComponent(k.slice(userPrefix(user).length).split('/')[0])
      if (ids.indexOf(id) < 0) ids.push(id)
    }
  } catch {
    // No storage, no drafts.
  }
  ids.forEach((id) => (kept[id] = true))
  return ids
}

/** At log-out nothing is said any more about whose text lies here. */
export function forgetKept(): void {
  Object.keys(kept).forEach((id) => delete kept[id])
}
