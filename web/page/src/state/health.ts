// Whether the daemon sees the switch and can write the log.
import { ref, watch } from 'vue'
import { api } from '@/api/client'
import type { Health } from '@/api/types'
import { connection, line } from './live'
import { session, isStaff } from './session'

export const health = ref<Health | null>(null)

async function ask(): Promise<void> {
  if (!isStaff.value) {
    health.value = null
    return
  }
  try {
    health.value = await api.health()
    session.practice = health.value.practice
  } catch {
    // The connection bar tells; an old answer is no answer.
    if (!connection.live) health.value = null
  }
}

export function startHealth(): void {
  watch(() => [isStaff.value, connection.live, line.value && line.value.state], () => void ask(), { immediate: true })
  setInterval(() => void ask(), 10_000)
}
