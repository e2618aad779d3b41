// How many dated duties wait, for the badge in the navigation.
import { ref, watch } from 'vue'
import { api } from '@/api/client'
import { connection, on } from './live'
import { isStaff } from './session'

export const waitingTasks = ref(0)

export async function countTasks(): Promise<void> {
  if (!isStaff.value) {
    waitingTasks.value = 0
    return
  }
  if (!connection.live) return
  try {
    waitingTasks.value = (await api.tasks()).waiting
  } catch {
    // The connection bar tells; the last number stays.
  }
}

export function startTasks(): void {
  watch(() => [isStaff.value, connection.live], () => void countTasks(), { immediate: true })
  on('alert', (a) => { if (a.reason === 'duty_overdue') void countTasks() })
  setInterval(() => void countTasks(), 60_000)
}
