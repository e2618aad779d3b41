// The missed calls whose callers are still to be called back: always in sight.
import { reactive, watch } from 'vue'
import { api, ApiError } from '@/api/client'
import type { MissedCall, SettledWhy } from '@/api/quick'
import { t, word } from '@/i18n'
import { problemText } from '@/i18n/problems'
import { numberText } from '@/i18n/spell'
import { connection, on } from './live'
import { notify } from './notices'
import { canWrite, signedIn } from './session'

const MOST = 50

export const missed = reactive({ items: [] as MissedCall[], waiting: 0, reasons: [] as SettledWhy[], error: null as unknown })

export async function loadMissed(): Promise<void> {
  if (!signedIn.value) {
    Object.assign(missed, { items: [], waiting: 0, error: null })
    return
  }
  try {
    const page = await api.missed({ waiting: 'true', limit: MOST })
    Object.assign(missed, { items: page.items, waiting: page.waiting, reasons: page.reasons, error: null })
  } catch (error) {
    // What is known stays in sight; the connection bar tells of a network that is down.
    if (!(error instanceof ApiError && error.offline)) missed.error = error
  }
}

export async function settle(m: MissedCall, why: SettledWhy, text: string): Promise<boolean> {
  try {
    await api.settleMissed(m.call.id, why, text)
    notify(() => t('missed.settled', { number: numberText(m.call.caller), why: word('settled', why) }), 'good')
  } catch (error) {
    notify(() => t('missed.settleFailed', { reason: problemText(error) }), 'bad')
    if (!(error instanceof ApiError) || error.status !== 409) return false
  }
  await loadMissed()
  return true
}

/** Has the duty phone ring; what comes of it is an outgoing call. */
export async function callBack(number: string, line: string): Promise<boolean> {
  if (!canWrite.value) return false
  try {
    await api.callBack(number, line)
    notify(() => t('back.ringing', { number }), 'good', undefined, undefined, 'back')
    return true
  } catch (error) {
    notify(() => t('back.failed', { reason: problemText(error) }), 'bad', undefined, undefined, 'back')
    return false
  }
}

// Several frames of one call are one look.
let timer = 0
function soon(): void {
  clearTimeout(timer)
  timer = window.setTimeout(() => void loadMissed(), 300)
}

export function startMissed(): void {
  watch(() => [signedIn.value, connection.live], () => void loadMissed(), { immediate: true })
  on('call', (call) => { if (call.ended_at) soon() })
  setInterval(() => signedIn.value && void loadMissed(), 60_000)
}
