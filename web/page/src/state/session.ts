// Who is signed in at this page. Everything else watches `user`.
import { computed, reactive } from 'vue'
import { api, ApiError, hooks } from '@/api/client'
import type { Role, Session } from '@/api/types'

export const session = reactive({
  user: null as Session | null,
  /** False until the first answer of the daemon: neither desk nor lock screen is shown. */
  ready: false,
  /** The session ended by itself while somebody was signed in. */
  expired: false,
  /** Who was signed in when nobody did anything for a while: the password opens it again. */
  locked: null as Session | null,
  practice: false,
})

export const signedIn = computed(() => !!session.user && !session.user.must_change_password)
const role = computed(() => (signedIn.value && session.user ? session.user.role : ''))
const isOne = (...roles: Role[]) => computed(() => roles.some((r) => r === role.value))
export const canWrite = isOne('officer', 'chief', 'leader')
/** Whose call it is that rings. */
export const atThePhone = isOne('officer')
export const canReadEntries = computed(() => role.value !== '' && role.value !== 'admin')
/** People of the duty room and its house; a reading account sees its unit's entries and nothing else. */
export const isStaff = computed(() => role.value !== '' && role.value !== 'reader')
export const canListen = computed(() => canReadEntries.value && isStaff.value)
/** Who sees who called in lists; others see it in what they open, see the API. */
export const seesNames = isOne('officer', 'chief', 'leader', 'reader')
export const canSeeApprovals = isOne('chief', 'leader', 'supervisor', 'auditor', 'admin')
export const canAskApproval = isOne('chief', 'leader', 'supervisor')
export const canDecide = isOne('chief', 'leader', 'supervisor')
export const canHold = isOne('supervisor')
export const canSeeAccess = isOne('supervisor', 'auditor', 'admin')
export const canReconcile = isOne('supervisor', 'admin')
export const canSeeChannels = isOne('chief', 'leader', 'supervisor', 'auditor', 'admin')
export const canMute = isOne('chief', 'leader', 'supervisor')
export const canTestChannels = isOne('supervisor', 'admin')
export const canConfirmContacts = isOne('officer', 'chief', 'leader', 'supervisor', 'admin')
export const canEditContacts = isOne('chief', 'leader', 'supervisor', 'admin')
export const canSwap = isOne('officer', 'chief', 'leader', 'supervisor')
export const canRoster = isOne('chief', 'leader', 'supervisor', 'admin')
export const canHandOver = isOne('officer', 'chief', 'leader')
export const canDoTasks = isOne('officer', 'chief', 'leader', 'supervisor')
export const canRuleTasks = isOne('supervisor', 'admin')
/** Who sees incidents, and who writes them. */
export const canSeeIncidents = isOne('officer', 'chief', 'leader', 'supervisor', 'auditor')
/** Who sees reviews of verdicts, and who decides them. */
export const canSeeReviews = isOne('officer', 'chief', 'leader', 'supervisor', 'auditor')
/** Who sees how each officer answered; the others see their own. */
export const canSeeOfficers = isOne('chief', 'leader', 'supervisor', 'auditor')
export const canReview = isOne('supervisor')
/** The others sit in the room that is checked. */
export const canStartSpotCheck = isOne('supervisor')
export const canApprove = isOne('chief', 'leader')
export const canMark = isOne('officer', 'supervisor')

/** How often somebody signed in at this page, or opened it again. */
let begun = 0
hooks.signedIn = () => begun
hooks.unauthorized = (locked) => {
  if (!session.user) return
  if (locked) {
    session.locked = session.user
    session.user = null
    return
  }
  session.user = null
  session.expired = true
}

/** Names of other people by login, as the revisions of entries tell them. */
const names = reactive<Record<string, string>>({})

export function learnName(login: string, name: string): void {
  if (login && name) names[login] = name
}

/** A login as people call it; somebody whose name was not heard yet stays a login. */
export function personOf(login: string): string {
  return (session.user && session.user.username === login && session.user.name) || names[login] || login
}

const LAST = 'dutyline.last'

/** Whether another person than the one before signed in at this window; remembers who it is now. */
export function someoneElse(user: string): boolean {
  try {
    const last = sessionStorage.getItem(LAST)
    sessionStorage.setItem(LAST, user)
    return last !== null && last !== user
  } catch {
    return true // Nothing can be remembered: the duty desk is never wrong.
  }
}

/** Learns who is signed in: when the page is loaded, and when a handover signed in the next officer. */
export async function start(): Promise<void> {
  begun++
  for (;;) {
    try {
      const found = await api.session()
      if (found.locked) session.locked = found
      else {
        session.user = found
        session.expired = false // a late answer to the one before may have said so
      }
      break
    } catch (error) {
      if (error instanceof ApiError && !error.offline) break
      session.ready = true
      await new Promise((r) => setTimeout(r, 2000))
      if (session.user) return
    }
  }
  session.ready = true
  void learnPractice()
}

export async function learnPractice(): Promise<void> {
  try {
    session.practice = (await api.practice()).enabled
  } catch {
    // Asked again at the next reconnect.
  }
}

export async function login(username: string, password: string): Promise<void> {
  const user = await api.login(username, password)
  begun++
  session.expired = false
  session.locked = null
  session.user = user
}

/** Opens the locked page again; a session that has ended meanwhile is begun anew. */
export async function unlock(password: string): Promise<void> {
  const who = session.locked
  if (!who) return
  try {
    session.user = await api.unlock(password)
    begun++
    session.locked = null
  } catch (error) {
    if (!(error instanceof ApiError) || error.type !== 'sign-in-required' || error.detail.indexOf('password') >= 0) throw error
    await login(who.username, password)
  }
}

/** Who was signed in at this window last; empty when nobody was. */
export function lastUser(): string {
  try {
    return sessionStorage.getItem(LAST) || ''
  } catch {
    return ''
  }
}

export async function pinLogin(username: string, pin: string): Promise<void> {
  const user = await api.pinLogin(username, pin)
  begun++
  session.expired = false
  session.locked = null
  session.user = user
}

export async function changePassword(old: string, next: string): Promise<void> {
  await api.changePassword(old, next)
  if (session.user) session.user = { ...session.user, must_change_password: false }
}

/** Ends the session. The screen locks even when the server cannot be told. */
export async function logout(): Promise<void> {
  session.user = null
  session.expired = false
  session.locked = null
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await api.logout()
      return
    } catch (error) {
      if (!(error instanceof ApiError) || !error.offline) return
      await new Promise((r) => setTimeout(r, 1500))
      if (session.user) return
    }
  }
}
