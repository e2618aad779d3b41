// What the desk knows: today's calls and entries, the entry that is open, and the call that
// asks for attention. Fed by lists on connect and by the stream afterwards.
import { computed, reactive, shallowRef, watch } from 'vue'
import { api, ApiError } from '@/api/client'
import type { Alert, Call, Duty, Entry } from '@/api/types'
import { t } from '@/i18n'
import { dayStart } from '@/logic/time'
import { listOrder } from '@/logic/words'
import { forgetKept, keptEntries, take } from './drafts'
import { EntrySession } from './entry-session'
import { loadKinds } from './kinds'
import { connection, line, now, on, serverNow } from './live'
import { notify } from './notices'
import { goEntry, route } from './route'
import { canReadEntries, canWrite, session, signedIn } from './session'

const LIST_LIMIT = 200
const TYPING_MS = 60_000

export const desk = reactive({
  calls: {} as Record<string, Call>,
  entries: {} as Record<string, Entry>,
  duty: null as Duty | null,
  dutyFailed: false,
  loaded: false,
  /** A call that rings while another entry is being written: offered, never forced. */
  waiting: '',
  openError: '',
})

export const current = shallowRef<EntrySession | null>(null)
const sessions = new Map<string, EntrySession>()
const popped = new Set<string>()

export const today = computed(() => dayStart(now.value))

/** Today's entries and every unfinished one, the live call first, then unfinished, newest first. */
export const list = computed<Entry[]>(() => {
  const live = line.value ? line.value.call_id : ''
  const from = today.value
  return Object.keys(desk.entries)
    .map((id) => desk.entries[id])
    .filter((e) => e.state === 'open' || Date.parse(e.call_at || e.opened_at || '') >= from)
    .sort(listOrder(live))
})

export const liveCall = computed<Call | null>(() => {
  const id = line.value && line.value.state !== 'idle' ? line.value.call_id : ''
  return (id && desk.calls[id]) || null
})
export const liveEntry = computed<Entry | null>(() => (liveCall.value && desk.entries[liveCall.value.entry_id]) || null)

function putEntry(entry: Entry): void {
  const known = desk.entries[entry.id]
  if (known && known.revision > entry.revision) return
  desk.entries[entry.id] = entry
}

function onEntry(entry: Entry): void {
  putEntry(entry)
  const open = sessions.get(entry.id)
  if (open) open.onServer(entry)
}

function onCall(call: Call): void {
  desk.calls[call.id] = call
  void maybePop(call)
}

const ALERT_MS = 5 * 60_000

/** What happened while nobody looked; a replay after a reconnect does not repeat old news. */
async function onAlert(alert: Alert): Promise<void> {
  if (alert.reason !== 'missed' && alert.reason !== 'forwarded') return
  if (serverNow() - Date.parse(alert.at) > ALERT_MS || !canReadEntries.value) return
  const call = await callOf(alert.call_id)
  const entry = (call && call.entry_id) || ''
  notify(t(alert.reason === 'missed' ? 'alert.missed' : 'alert.forwarded'), 'bad', t('alert.open'), entry ? () => goEntry(entry) : undefined)
}

export async function reload(): Promise<void> {
  if (!signedIn.value) return
  const from = new Date(dayStart(serverNow())).toISOString()
  const user = session.user
  try {
    const [calls, todays, open] = await Promise.all([
      api.calls({ from, limit: LIST_LIMIT }),
      canReadEntries.value ? api.entries({ from, limit: LIST_LIMIT }) : none(),
      canReadEntries.value ? api.entries({ state: 'open', limit: LIST_LIMIT }) : none(),
      loadKinds(),
    ])
    if (user !== session.user) return
    for (const call of calls.items) desk.calls[call.id] = call
    for (const entry of todays.items.concat(open.items)) onEntry(entry)
    desk.loaded = true
    void callsOf(open.items)
    void resumeDrafts()
  } catch {
    // Shown by the connection bar; read again when it is back.
  }
  void loadDuty()
}

const none = () => Promise.resolve({ items: [] as Entry[], next_cursor: '' })

/** Unfinished entries of earlier days need their calls for outcome and ring time. */
async function callsOf(entries: Entry[]): Promise<void> {
  for (const entry of entries.slice(0, 50)) {
    if (entry.call_id && !desk.calls[entry.call_id]) await callOf(entry.call_id)
  }
}

export async function callOf(id: string): Promise<Call | null> {
  if (!id) return null
  if (desk.calls[id]) return desk.calls[id]
  try {
    desk.calls[id] = await api.call(id)
    return desk.calls[id]
  } catch {
    return null
  }
}

export async function loadDuty(): Promise<void> {
  try {
    desk.duty = await api.duty()
    desk.dutyFailed = false
  } catch {
    desk.dutyFailed = true
  }
}

/** Opens an entry in the form; what was typed in the one before goes on being saved. */
export async function open(id: string): Promise<void> {
  if (current.value && current.value.id === id) return
  desk.openError = ''
  if (current.value) void current.value.flush()
  try {
    const s = sessions.get(id) || (await makeSession(id))
    if (route.entry && route.entry !== id) return
    current.value = s
    void callOf(s.state.entry.call_id)
  } catch (error) {
    desk.openError = error instanceof ApiError ? error.message : String(error)
    if (error instanceof ApiError && error.offline) setTimeout(() => route.entry === id && void open(id), 2000)
  }
}

async function makeSession(id: string): Promise<EntrySession> {
  const user = session.user ? session.user.username : ''
  const entry = desk.entries[id] || (await api.entry(id))
  const made = sessions.get(id)
  if (made) return made
  putEntry(entry)
  const s = new EntrySession(user, entry, canWrite.value ? take(user, id) : null, putEntry)
  sessions.set(id, s)
  return s
}

/** Text left behind by a reload or a closed window is sent now. */
async function resumeDrafts(): Promise<void> {
  if (!session.user || !canWrite.value) return
  for (const id of keptEntries(session.user.username)) {
    if (sessions.has(id)) sessions.get(id)!.kick()
    else await makeSession(id).catch(() => undefined)
  }
}

/** Whether somebody is writing: a new call must not take the form away then. */
function writing(): boolean {
  const s = current.value
  if (!s || route.page !== 'desk') return false
  if (s.state.entry.state === 'complete') return false
  return s.dirty || Date.now() - s.state.touchedAt < TYPING_MS
}

async function maybePop(call: Call): Promise<void> {
  if (!canReadEntries.value || call.ended_at || !call.entry_id || popped.has(call.id)) return
  popped.add(call.id)
  if (current.value && current.value.id === call.entry_id) return
  if (writing()) {
    desk.waiting = call.id
    return
  }
  goEntry(call.entry_id)
}

export function switchToWaiting(): void {
  const call = desk.calls[desk.waiting]
  desk.waiting = ''
  if (call && call.entry_id) goEntry(call.entry_id)
}

/** The next unfinished entry after the open one. */
export function nextUnfinished(): void {
  const open = list.value.filter((e) => e.state === 'open')
  if (!open.length) return
  const at = open.findIndex((e) => current.value !== null && e.id === current.value.id)
  goEntry(open[(at + 1) % open.length].id)
}

export const unsaved = (): boolean => Array.from(sessions.values()).some((s) => s.dirty)

/** Sends everything typed, for at most a few seconds; true when all of it arrived. */
export async function flushAll(): Promise<boolean> {
  const all = Promise.all(Array.from(sessions.values()).map((s) => s.flush()))
  await Promise.race([all, new Promise((r) => setTimeout(r, 3000))])
  return !unsaved()
}

/** Forgets everything that belongs to whoever was signed in. */
function forget(): void {
  sessions.forEach((s) => s.stop())
  sessions.clear()
  popped.clear()
  current.value = null
  forgetKept()
  Object.assign(desk, { calls: {}, entries: {}, duty: null, loaded: false, waiting: '', openError: '' })
}

export function startDesk(): void {
  on('call', onCall)
  on('entry', onEntry)
  on('alert', onAlert)
  on('connected', () => {
    void reload()
    sessions.forEach((s) => s.kick())
  })
  watch(() => session.user && session.user.username, forget)
  watch(() => [route.page, route.entry, signedIn.value, desk.loaded] as const, ([page, id, ok, loaded]) => {
    if (ok && loaded && page === 'desk' && id && canReadEntries.value) void open(id)
  })
  // A page opened in mid-call pops that call too.
  watch(() => [line.value ? line.value.call_id : '', desk.loaded] as const, async ([id, loaded]) => {
    if (!id || !loaded) return
    const call = await callOf(id)
    if (call && line.value && line.value.call_id === id) void maybePop(call)
  })
  watch(() => [desk.waiting, route.entry] as const, ([id]) => {
    if (id && desk.calls[id] && route.entry === desk.calls[id].entry_id) desk.waiting = ''
  })
  watch(signedIn, (ok) => ok && void reload())
  // Without the stream the lists are read again and again.
  setInterval(() => !connection.live && connection.polled && void reload(), 5000)
  watch(today, () => void reload())
  setInterval(() => signedIn.value && void loadDuty(), 60_000)
}
