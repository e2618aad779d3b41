// How many suspected violations wait for a person, for the badge in the navigation.
import { ref, watch } from 'vue'
import { violations } from '@/api/assessments'
import { connection } from './live'
import { canSeeReviews } from './session'

export const waitingViolations = ref(0)

export async function countViolations(): Promise<void> {
  if (!canSeeReviews.value) {
    waitingViolations.value = 0
    return
  }
  if (!connection.live) return
  try {
    waitingViolations.value = (await violations.list({ limit: 1 })).open
  } catch {
    // The connection bar tells; the last number stays.
  }
}

export function startViolations(): void {
  watch(() => [canSeeReviews.value, connection.live], () => void countViolations(), { immediate: true })
  setInterval(() => void countViolations(), 60_000)
}
