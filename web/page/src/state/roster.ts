// What is to be filed, for the badge in the navigation: what asks and is due within a week.
import { ref, watch } from 'vue'
import { rosterApi, type FilingDuty } from '@/api/roster'
import { DAY_MS, parse } from '@/logic/time'
import { connection, serverNow } from './live'
import { isStaff } from './session'

export const rosterAsks = ref(0)
/** Which part beside the month is open. */
export const sideTab = ref<'findings' | 'filings' | 'counts' | 'changes' | 'lists'>('findings')

/** Whether somebody should see to a filing now: it is late, changed since, or due within a week. */
export function presses(d: FilingDuty, now: number): boolean {
  if (d.state === 'overdue' || d.state === 'supplement') return parse(d.last) + DAY_MS > now
  return (d.state === 'open' || d.state === 'deadline_unknown') && parse(d.due) - now < 7 * DAY_MS
}

export async function countFilings(): Promise<void> {
  if (!isStaff.value) {
    rosterAsks.value = 0
    return
  }
  if (!connection.live) return
  try {
    rosterAsks.value = (await rosterApi.filings()).duties.filter((d) => presses(d, serverNow())).length
  } catch {
    // The connection bar tells; the last number stays.
  }
}

export function startRoster(): void {
  watch(() => [isStaff.value, connection.live], () => void countFilings(), { immediate: true })
  setInterval(() => void countFilings(), 300_000)
}
