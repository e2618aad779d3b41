// How many requests wait for a second person, or for being carried out.
import { ref, watch } from 'vue'
import { accessApi } from '@/api/access'
import { connection } from './live'
import { canSeeApprovals } from './session'

export const waitingApprovals = ref(0)

export async function countApprovals(): Promise<void> {
  if (!canSeeApprovals.value) {
    waitingApprovals.value = 0
    return
  }
  try {
    waitingApprovals.value = (await accessApi.approvals({ state: 'waiting', limit: 100 })).items.length
  } catch {
    // The connection bar says it; asked again in a minute.
  }
}

export function startApprovals(): void {
  watch(() => [canSeeApprovals.value, connection.live], () => void countApprovals(), { immediate: true })
  setInterval(() => connection.live && void countApprovals(), 60_000)
}
