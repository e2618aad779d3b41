// How many alerts nobody has taken on, for the badge in the navigation.
import { ref, watch } from 'vue'
import { api } from '@/api/client'
import { connection, on } from './live'
import { isStaff } from './session'

export const openAlerts = ref(0)
const GATHER = 300
let timer: ReturnType<typeof setTimeout> | undefined

async function ask(): Promise<void> {
  timer = undefined
  if (!isStaff.value) {
    openAlerts.value = 0
    return
  }
  if (!connection.live) return
  try {
    openAlerts.value = (await api.alerts({ limit: 1 })).open
  } catch {
    // The connection bar tells; the last number stays.
  }
}

/** Several alerts often come together: they are counted once. */
function soon(): void {
  if (!timer) timer = setTimeout(() => void ask(), GATHER)
}

export function startAlerts(): void {
  watch(() => [isStaff.value, connection.live], () => void ask(), { immediate: true })
  on('alert', soon)
}
