// The phrases and templates of the site, read once and again when somebody changes them.
import { computed, ref, watch } from 'vue'
import { api } from '@/api/client'
import type { Phrase } from '@/api/quick'
import { connection } from './live'
import { session, signedIn } from './session'

export const phrases = ref<Phrase[]>([])

/** Whether this login may change them; the daemon has the same table. */
export const mayChangePhrases = computed(() => !!session.user && ['chief', 'leader', 'admin'].indexOf(session.user.role) >= 0)

export async function loadPhrases(): Promise<void> {
  if (!signedIn.value) return
  try {
    phrases.value = (await api.phrases()).items
  } catch {
    // Those that are known stay; without any the officer writes as always.
  }
}

export function startPhrases(): void {
  watch(() => [signedIn.value, connection.live], () => void loadPhrases(), { immediate: true })
  setInterval(() => void loadPhrases(), 10 * 60_000)
}
