// Leaving the desk: what was typed is sent first; what could not be sent is asked about.
import { ref } from 'vue'
import { flushAll } from './desk'
import { flushRoster } from './roster-draft'
import { logout } from './session'

/** True while the question about unsaved text is on screen. */
export const askLeave = ref(false)

async function allSent(): Promise<boolean> {
  const sent = await Promise.all([flushAll(), flushRoster()])
  return sent.every((ok) => ok)
}

export async function leave(): Promise<void> {
  if (await allSent()) await logout()
  else askLeave.value = true
}

/** Tries the saving once more and leaves only when all of it arrived. */
export async function saveAndLeave(): Promise<boolean> {
  if (!(await allSent())) return false
  askLeave.value = false
  await logout()
  return true
}

export async function leaveAnyway(): Promise<void> {
  askLeave.value = false
  await logout()
}
