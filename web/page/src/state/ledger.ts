// How many items of the ledger are open, for the badge in the navigation.
import { ref, watch } from 'vue'
import { api } from '@/api/client'
import { connection } from './live'
import { isStaff } from './session'

export const openItems = ref(0)

async function ask(): Promise<void> {
  if (!isStaff.value) {
    openItems.value = 0
    return
  }
  if (!connection.live) return
  try {
    openItems.value = (await api.ledger({ state: 'open', limit: 1 })).open
  } catch {
    // The connection bar tells; the last number stays.
  }
}

export function startLedger(): void {
  watch(() => [isStaff.value, connection.live], () => void ask(), { immediate: true })
  setInterval(() => void ask(), 60_000)
}
