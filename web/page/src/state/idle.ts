// When somebody last touched this page. After a while without it locks, and the daemon locks the
// session as well: it goes by what this says, and by what is written.
import { session } from './session'

let last = Date.now()

/** How long ago somebody last pressed a key or clicked here. */
export const idleFor = (now = Date.now()): number => Math.max(0, now - last)

/** Somebody is there, though without keys: for instance on the phone. */
export function touched(now = Date.now()): void {
  last = now
}

/** Whether the page has to lock now. */
export function isIdle(lockAfter: number, idle: number): boolean {
  return lockAfter > 0 && idle >= lockAfter
}

const LOOK_MS = 5000

/** busy says that somebody is there without keys: on the phone, or listening. */
export function startIdle(busy: () => boolean): void {
  const note = () => touched()
  for (const event of ['keydown', 'pointerdown', 'wheel', 'input']) window.addEventListener(event, note, { capture: true, passive: true })
  setInterval(() => {
    if (busy()) touched()
    if (session.user && isIdle(session.user.lock_after_ms || 0, idleFor())) lockNow()
  }, LOOK_MS)
}

/** Hides everything but the line; what was typed is kept as at the end of a session. */
export function lockNow(): void {
  if (!session.user) return
  session.locked = session.user
  session.user = null
}
