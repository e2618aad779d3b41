// How the line is by everything on which it depends; and that this page is open and may sound,
// which is one of the lamps.
import { ref, watch } from 'vue'
import { api } from '@/api/client'
import type { Lamps } from '@/api/types'
import { connection, line, on } from './live'
import { idleFor } from './idle'
import { isStaff, session } from './session'
import { sound } from './sound'

export const lamps = ref<Lamps | null>(null)

const PAGE = Array.from({ length: 4 }, () => Math.random().toString(36).slice(2, 8)).join('')
const ASK_MS = 5000
const SAY_MS = 10_000

async function ask(): Promise<void> {
  if (!isStaff.value) {
    lamps.value = null
    return
  }
  try {
    lamps.value = await api.lamps(line.value ? line.value.line : '')
  } catch {
    // What was heard last grows old by itself.
  }
}

async function say(): Promise<void> {
  // A locked page is open all the same, and it rings there.
  if ((!isStaff.value && !session.locked) || !connection.live) return
  try {
    await api.present(PAGE, sound.state === 'on', idleFor())
  } catch {
    // Said again in ten seconds.
  }
}

export function startLamps(): void {
  // The lamps follow the line within some seconds: then they are asked for once more.
  watch(() => [isStaff.value, connection.live, line.value && line.value.state], () => {
    void ask()
    setTimeout(() => void ask(), 3000)
  }, { immediate: true })
  watch(() => [isStaff.value, connection.live, sound.state], () => void say(), { immediate: true })
  on('alert', () => void ask())
  setInterval(() => void ask(), ASK_MS)
  setInterval(() => void say(), SAY_MS)
}
