// Which entries belong together, as far as this page asked.
import { reactive } from 'vue'
import { api } from '@/api/client'
import type { Entry, EntryLink, Relation } from '@/api/types'
import { t, word } from '@/i18n'
import { problemText } from '@/i18n/problems'
import { notify } from './notices'

const known = reactive<Record<string, EntryLink[]>>({})

export const linksOf = (id: string): EntryLink[] => known[id] || []

export async function loadLinks(id: string): Promise<void> {
  try {
    known[id] = (await api.links(id)).items
  } catch {
    // The panel is empty then; it is asked again when the entry changes or is opened anew.
  }
}

export async function link(id: string, other: Entry, relation: Relation): Promise<void> {
  try {
    known[id] = (await api.link(id, other.id, relation)).items
    notify(() => t('link.done', { number: other.entry_number, relation: word('link', relation) }), 'good')
  } catch (error) {
    notify(() => t('link.failed', { reason: problemText(error) }), 'bad')
  }
}

export async function unlink(id: string, other: Entry, relation: Relation, reason: string): Promise<boolean> {
  try {
    known[id] = (await api.unlink(id, other.id, relation, reason)).items
    return true
  } catch (error) {
    notify(() => t('link.failed', { reason: problemText(error) }), 'bad')
    return false
  }
}

/** At log-out nothing is known any more. */
export function forgetLinks(): void {
  Object.keys(known).forEach((id) => delete known[id])
}
