// Which pages there are, in which order, and who sees their buttons. What does not fit into the
// bar at 1366 pixels stands behind the button 更多.
import { computed } from 'vue'
import type { Key } from '@/i18n'
import { openAlerts } from './alerts'
import { waitingApprovals } from './approvals'
import { openIncidents } from './incidents'
import { openItems } from './ledger'
import { waitingReviews } from './reviews'
import { rosterAsks } from './roster'
import { waitingTasks } from './tasks'
import { waitingViolations } from './violations'
import { go, type PageName } from './route'
import { canReadEntries, canSeeAccess, canSeeApprovals, canSeeIncidents, canSeeReviews, isStaff } from './session'

export interface NavItem {
  page: PageName
  label: Key
  /** What its data-test attribute ends with. */
  test: string
  /** Whether it stands in the bar itself. */
  first: boolean
  shown?: () => boolean
  /** How many things wait there. */
  count?: () => number
  countHint?: Key
  /** Whether what waits is bad. */
  bad?: boolean
}

const items: NavItem[] = [
  { page: 'calls', label: 'nav.calls', test: 'calls', first: true },
  { page: 'handover', label: 'nav.handover', test: 'handover', first: true, shown: () => canReadEntries.value },
  { page: 'search', label: 'nav.search', test: 'search', first: true, shown: () => canReadEntries.value },
  { page: 'alerts', label: 'nav.alerts', test: 'alerts', first: true, count: () => openAlerts.value, countHint: 'nav.alertsOpen', bad: true },
  { page: 'incidents', label: 'nav.incidents', test: 'incidents', first: false, shown: () => canSeeIncidents.value, count: () => openIncidents.value.length, countHint: 'nav.incidentsOpen', bad: true },
  { page: 'figures', label: 'nav.figures', test: 'figures', first: false },
  { page: 'reviews', label: 'nav.reviews', test: 'reviews', first: false, shown: () => canSeeReviews.value, count: () => waitingReviews.value, countHint: 'nav.reviewsWait' },
  { page: 'spotchecks', label: 'nav.spotchecks', test: 'spotchecks', first: false, shown: () => canSeeReviews.value },
  { page: 'listening', label: 'nav.listening', test: 'listening', first: false, shown: () => canSeeReviews.value },
  { page: 'assessment', label: 'nav.assessment', test: 'assessment', first: false, shown: () => canSeeReviews.value },
  { page: 'violations', label: 'nav.violations', test: 'violations', first: false, shown: () => canSeeReviews.value, count: () => waitingViolations.value, countHint: 'nav.violationsWait' },
  { page: 'directory', label: 'nav.directory', test: 'directory', first: false },
  { page: 'roster', label: 'nav.roster', test: 'roster', first: false, count: () => rosterAsks.value, countHint: 'nav.rosterAsks' },
  { page: 'duties', label: 'nav.duties', test: 'duties', first: false, count: () => waitingTasks.value, countHint: 'nav.dutiesWait' },
  { page: 'phrases', label: 'nav.phrases', test: 'phrases', first: false },
  { page: 'tests', label: 'nav.tests', test: 'tests', first: false },
  { page: 'approvals', label: 'nav.approvals', test: 'approvals', first: false, shown: () => canSeeApprovals.value, count: () => waitingApprovals.value, countHint: 'nav.approvalsWait' },
  { page: 'access', label: 'nav.access', test: 'access', first: false, shown: () => canSeeAccess.value },
  { page: 'reconciliation', label: 'nav.reconcile', test: 'reconcile', first: false, count: () => openItems.value, countHint: 'nav.reconcileOpen' },
]

const shown = computed(() => items.filter((i) => (i.shown ? i.shown() : true) && (isStaff.value || i.page === 'search')))
export const barItems = computed(() => shown.value.filter((i) => i.first))
export const moreItems = computed(() => shown.value.filter((i) => !i.first))
export const moreCount = computed(() => moreItems.value.reduce((sum, i) => sum + (i.count ? i.count() : 0), 0))
export const goPage = (page: PageName) => go('/' + page)
