// Addresses are behind the # so that any reload of the page comes back to the same place:
// #/  #/entry/ID  #/calls  #/calls/ID  #/handover  #/handover/ID  #/handover/TIME  #/duties  #/duties/RULE%2FKEY  #/search  #/alerts  #/alerts/ID  #/directory  #/roster  #/roster/DAY  #/tests  #/reconciliation  #/access  #/approvals  #/phrases  #/incidents  #/incidents/ID  #/figures  #/reviews  #/reviews/CALL  #/spotchecks  #/spotchecks/ID  #/listening  #/assessment  #/assessment/MONTH  #/violations  #/violations/ID
import { reactive } from 'vue'

/** Pages beside the desk, as their addresses begin. */
const PAGES = ['calls', 'handover', 'duties', 'search', 'alerts', 'directory', 'roster', 'tests', 'reconciliation', 'access', 'approvals', 'phrases', 'incidents', 'figures', 'reviews', 'spotchecks', 'listening', 'assessment', 'violations'] as const
export type PageName = (typeof PAGES)[number]

export const route = reactive({ page: 'desk' as 'desk' | PageName, entry: '', call: '', incident: 0, review: '', month: '', violation: 0, at: '' })

/** Called when an address leads nowhere; the desk is shown then. */
export const onLost = { tell: () => {} }

/** The parts of the address behind the #; null when they cannot be read. */
export function partsOf(hash: string): string[] | null {
  try {
    const parts = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent)
    return (['', 'entry', ...PAGES] as string[]).indexOf(parts[0]) >= 0 && parts.length <= 2 ? parts : null
  } catch {
    return null
  }
}

/** Pages that are lists, where the address names what somebody was led to: by its number or key, or by its time. */
const NAMING = ['handover', 'duties', 'alerts', 'roster', 'spotchecks']

function read(): void {
  const parts = partsOf(location.hash)
  if (!parts) {
    onLost.tell()
    location.replace('#/')
    return
  }
  route.page = PAGES.find((p) => p === parts[0]) || 'desk'
  route.entry = parts[0] === 'entry' ? parts[1] || '' : ''
  route.call = parts[0] === 'calls' ? parts[1] || '' : ''
  route.review = parts[0] === 'reviews' ? parts[1] || '' : ''
  route.month = parts[0] === 'assessment' && /^\d{4}-\d\d$/.test(parts[1] || '') ? parts[1] : ''
  route.violation = parts[0] === 'violations' ? Number(parts[1]) || 0 : 0
  route.at = NAMING.indexOf(parts[0]) >= 0 ? parts[1] || '' : ''
  route.incident = parts[0] === 'incidents' ? Number(parts[1]) || 0 : 0
}

export function go(path: string): void {
  const next = '#' + path
  if (location.hash !== next) location.hash = next
  read()
}

export const goDesk = () => go('/')
export const goEntry = (id: string) => go('/entry/' + encodeURIComponent(id))
/**
 * Offers an entry to whoever asked for none. The address may have been changed already, and the page be told
 * only afterwards: what somebody asks for is not taken away.
 */
export function offerEntry(id: string): void {
  read()
  if (route.page === 'desk' && !route.entry) goEntry(id)
}
export const goCalls = (id = '') => go('/calls' + (id ? '/' + encodeURIComponent(id) : ''))
export const goIncident = (id: number) => go('/incidents' + (id ? '/' + id : ''))
export const goSearch = () => go('/search')

export function startRoute(): void {
  window.addEventListener('hashchange', read)
  read()
}
