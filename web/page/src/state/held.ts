// Which entries somebody at this window works with, and since when: a touch, a choice by hand, or
// a call that brought the entry up. A reload of the page does not forget it; the log-out does.

const STORE = 'dutyline.held'
const KEEP_MS = 10 * 60_000
const WRITE_MS = 2000

let times: Record<string, number> = read()
let written = 0

function read(): Record<string, number> {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) || '{}') as Record<string, number>
  } catch {
    return {}
  }
}

function write(now: number): void {
  written = now
  for (const id of Object.keys(times)) if (now - times[id] > KEEP_MS) delete times[id]
  try {
    sessionStorage.setItem(STORE, JSON.stringify(times))
  } catch {
    // Without storage it lasts until the reload.
  }
}

/** Notes that somebody works with this entry now. */
export function hold(id: string, now = Date.now()): void {
  const news = !times[id]
  times[id] = now
  if (news || now - written > WRITE_MS) write(now)
}

/** Entries that somebody works with or lately did, and when, in this PC's time. */
export function heldEntries(): { id: string; at: number }[] {
  return Object.keys(times).map((id) => ({ id, at: times[id] }))
}

export function forgetHeld(): void {
  times = {}
  write(Date.now())
}
