// How many verdicts wait for whoever is signed in, for the badge in the navigation.
import { ref, watch } from 'vue'
import { reviews, type Waits } from '@/api/reviews'
import { connection } from './live'
import { canReview, canSeeReviews, canWrite } from './session'

export const waitingReviews = ref(0)

/** Which list is one's own: supervisors decide, who is on duty explains, others look on. */
export const ownWaits = (): Waits => (canReview.value ? 'supervisor' : canWrite.value ? 'officer' : '')

export async function countReviews(): Promise<void> {
  if (!canSeeReviews.value || !ownWaits()) {
    waitingReviews.value = 0
    return
  }
  if (!connection.live) return
  try {
    waitingReviews.value = (await reviews.list({ waits: ownWaits(), mine: canReview.value ? undefined : 'true', limit: 1 })).total
  } catch {
    // The connection bar tells; the last number stays.
  }
}

export function startReviews(): void {
  watch(() => [canSeeReviews.value, canReview.value, connection.live], () => void countReviews(), { immediate: true })
  setInterval(() => void countReviews(), 60_000)
}
