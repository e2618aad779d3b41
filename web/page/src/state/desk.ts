// What the desk knows: today's calls and entries, the entry that is open, and the call that
// asks for attention. Fed by lists on connect and by the stream afterwards.
import { computed, reactive, shallowRef, watch } from 'vue'
import { api, ApiError, type EntryFilter } from '@/api/client'
import type { Alert, Call, Duty, Entry } from '@/api/types'
import { t } from '@/i18n'
import { problemText } from '@/i18n/problems'
import { partyNumber } from '@/i18n/spell'
import { isMuted } from '@/logic/alertlife'
import { goesOnElsewhere, mayTakeForm, newsOf, offered } from '@/logic/hold'
import { handled } from '@/logic/matter'
import { everyPage } from '@/logic/pages'
import { dayStart, minute, parse } from '@/logic/time'
import { listOrder, partyName } from '@/logic/words'
import { wentToCall } from './aside'
import { dropErased, forgetKept, keptEntries, take } from './drafts'
import { EntrySession } from './entry-session'
import { forgetHeld, heldEntries, hold } from './held'
import { dialogOpen, typedAt } from './keys'
import { loadKinds } from './kinds'
import { forgetLinks } from './links'
import { connection, line, lines, now, on, serverNow } from './live'
import { dismissAll, notify } from './notices'
import { playingNow } from './playing'
import { go, goDesk, goEntry, onLost, route } from './route'
import { atThePhone, canReadEntries, canWrite, isStaff, seesNames, session, signedIn, someoneElse } from './session'

const LIST_LIMIT = 200
const FLASH_MS = 2200
const RELOAD_MS = 5000

export const desk = reactive({
  calls: {} as Record<string, Call>,
  entries: {} as Record<string, Entry>,
  duty: null as Duty | null,
  dutyFailed: false,
  loaded: false,
  /** Calls that came while the form was in use: offered, never forced. */
  waiting: [] as string[],
  /** The entry that a call has just brought up by itself; its head flashes so that the eye notices. */
  flash: '',
  openError: null as (() => string) | null,
})

export const current = shallowRef<EntrySession | null>(null)
const sessions = new Map<string, EntrySession>()
const popped = new Set<string>()

export const today = computed(() => dayStart(now.value))

/** Today's entries and every one that is still to be dealt with, the live call first, then unfinished, newest first. */
export const list = computed<Entry[]>(() => {
  const live = line.value ? line.value.call_id : ''
  const from = today.value
  return Object.keys(desk.entries)
    .map((id) => desk.entries[id])
    .filter((e) => e.state === 'open' || handled(e) || Date.parse(e.call_at || e.opened_at || '') >= from)
    .sort(listOrder(live))
})

export const liveCall = computed<Call | null>(() => {
  const id = line.value && line.value.state !== 'idle' ? line.value.call_id : ''
  return (id && desk.calls[id]) || null
})
/** It goes on, but not at the duty phone; the banner must not call the line free then. */
export const elsewhere = computed<Call | null>(() =>
  goesOnElsewhere(line.value, Object.keys(desk.calls).map((id) => desk.calls[id])))
export const liveEntry = computed<Entry | null>(() => (liveCall.value && desk.entries[liveCall.value.entry_id]) || null)

function putEntry(entry: Entry): void {
  const known = desk.entries[entry.id]
  if (known && known.revision > entry.revision) return
  desk.entries[entry.id] = entry
}

/** An entry that this page has just opened itself: it need not wait for the stream. */
export const learnEntry = putEntry

function onEntry(entry: Entry): void {
  const open = sessions.get(entry.id)
  if (open && !seesNames.value) {
    // Lists and the stream mask who called; what is open is shown as it is.
    if (entry.revision >= open.state.entry.revision) void api.entry(entry.id, true).then(learnWhole, () => undefined)
    return
  }
  putEntry(entry)
  if (open) open.onServer(entry)
}

function learnWhole(entry: Entry): void {
  putEntry(entry)
  const open = sessions.get(entry.id)
  if (open) open.onServer(entry)
}

function onCall(call: Call): void {
  desk.calls[call.id] = call
  maybePop(call)
}

/** The waiting call that F2 opens. */
export const waitingCall = computed<Call | null>(() =>
  offered(desk.waiting.map((id) => desk.calls[id]).filter((c) => c !== undefined)))

/** Whether this call rings or talks now. */
export function runs(callId: string): boolean {
  if (!callId) return false
  if (lines.value.some((l) => l.call_id === callId && (l.state === 'ringing' || l.state === 'talking'))) return true
  const call = desk.calls[callId]
  return !!call && !call.ended_at
}

const ALERT_MS = 5 * 60_000

/** What happened while nobody looked; a replay after a reconnect does not repeat old news. */
const told = new Set<string>()
async function onAlert(alert: Alert): Promise<void> {
  if (alert.state !== 'open' || (alert.reason !== 'missed' && alert.reason !== 'phone_redirect')) return
  if (serverNow() - Date.parse(alert.last_at || alert.opened_at) > ALERT_MS || !canReadEntries.value) return
  const news = alert.id + '/' + alert.call_id // A call more of its problem is news, a step of its chain is none.
  if (told.has(news) || isMuted(alert, serverNow())) return
  told.add(news)
  const call = await callOf(alert.call_id)
  const entry = (call && call.entry_id) || ''
  const name = call ? partyName(call, desk.entries[entry] || null) : ''
  const words = { time: minute(parse((call && call.offered_at) || alert.opened_at)), who: [call ? partyNumber(call) : '', name].filter((s) => s).join(' ') }
  notify(
    () => t(alert.reason === 'missed' ? 'alert.missed' : 'alert.forwarded', words), 'bad', () => t('alert.open'),
    entry ? () => openByHand(entry) : undefined, 'alert:' + alert.call_id,
  )
}

export async function reload(): Promise<void> {
  if (!signedIn.value) return
  const from = new Date(dayStart(serverNow())).toISOString()
  const user = session.user
  try {
    const [calls, todays, open] = await Promise.all([
      isStaff.value ? everyPage((cursor) => api.calls({ from, limit: LIST_LIMIT, cursor })) : [],
      entriesOf({ from }),
      entriesOf({ handling: 'pending' }),
      loadKinds(),
    ])
    if (user !== session.user) return
    for (const call of calls) {
      desk.calls[call.id] = call
      if (call.ended_at) popped.add(call.id) // History, no news: later frames of it are silent.
    }
    for (const entry of todays.concat(open)) onEntry(entry)
    desk.loaded = true
    void callsOf(open)
    void resumeDrafts()
  } catch {
    // One list that did not come says nothing of the connection: without them no entry is opened, so they are asked for again.
    clearTimeout(askAgain)
    askAgain = setTimeout(() => void reload(), RELOAD_MS)
  }
  void loadDuty()
}
let askAgain: ReturnType<typeof setTimeout> | undefined

const entriesOf = (filter: EntryFilter): Promise<Entry[]> =>
  canReadEntries.value ? everyPage((cursor) => api.entries({ ...filter, limit: LIST_LIMIT, cursor })) : Promise.resolve([])

/** Unfinished entries of earlier days need their calls for outcome and ring time. */
async function callsOf(entries: Entry[]): Promise<void> {
  for (const entry of entries.slice(0, 50)) {
    if (entry.call_id && !desk.calls[entry.call_id]) await callOf(entry.call_id)
  }
}

export async function callOf(id: string): Promise<Call | null> {
  if (!id || !isStaff.value) return null
  if (desk.calls[id]) return desk.calls[id]
  try {
    desk.calls[id] = await api.call(id)
    return desk.calls[id]
  } catch {
    return null
  }
}

export async function loadDuty(): Promise<void> {
  if (!signedIn.value) return
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
  if (first) came.add(id)
  first = false
  desk.openError = null
  if (current.value) void current.value.flush()
  try {
    const s = sessions.get(id) || (await makeSession(id))
    if (route.entry && route.entry !== id) return
    current.value = s
    void callOf(s.state.entry.call_id)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      notify(() => t('entry.unknown'), 'bad')
      if (route.entry === id) goDesk()
      return
    }
    desk.openError = () => problemText(error)
    if (error instanceof ApiError && error.offline) setTimeout(() => route.entry === id && void open(id), 2000)
  }
}

/** What came up by itself: its call rang, it was being written, or the page was loaded anew with it. */
const came = new Set<string>()
let first = true

async function makeSession(id: string): Promise<EntrySession> {
  const user = session.user ? session.user.username : ''
  const entry = (seesNames.value && desk.entries[id]) || (await api.entry(id, came.has(id)))
  const made = sessions.get(id)
  if (made) return made
  putEntry(entry)
  dropErased(entry)
  const s = new EntrySession(user, entry, canWrite.value ? take(user, id) : null, putEntry)
  sessions.set(id, s)
  return s
}

/** Text left behind by a reload or a closed window is sent now. */
async function resumeDrafts(): Promise<void> {
  if (!session.user || !canWrite.value) return
  for (const id of keptEntries(session.user.username)) {
    if (sessions.has(id)) sessions.get(id)!.kick()
    else {
      came.add(id)
      await makeSession(id).catch(() => undefined)
    }
  }
}

/** Whether a new call may bring up its entry: nobody can be working with another one. */
function free(): boolean {
  const form = current.value
  // Right after a reload the form is not there yet, but the address says what it will show.
  const shown = form ? form.state.entry : desk.entries[route.entry]
  // What is not known yet counts as unfinished.
  const unfinished = heldEntries().filter((h) => !desk.entries[h.id] || desk.entries[h.id].state === 'open').map((h) => h.at)
  const busy = dialogOpen() || (route.page !== 'desk' && !atThePhone.value) // Only the officer is fetched from another page.
  return mayTakeForm({ running: !!shown && runs(shown.call_id), playing: playingNow(), dirty: !!form && form.dirty, busy, typed: typedAt(), unfinished }, Date.now())
}

function maybePop(call: Call): void {
  if (!canReadEntries.value || !call.entry_id || popped.has(call.id)) return
  const news = newsOf(call, serverNow())
  if (news === 'old') return
  popped.add(call.id)
  if (current.value && current.value.id === call.entry_id) return
  // A call that is over when it is first heard of (engaged, for instance) never takes the form.
  if (news === 'ended' || !free()) desk.waiting.push(call.id)
  else bringUp(call.entry_id)
}

/** Opens an entry without being asked, so that the eye notices. */
function bringUp(id: string): void {
  hold(id)
  came.add(id)
  first = false
  desk.flash = id
  setTimeout(() => { if (desk.flash === id) desk.flash = '' }, FLASH_MS)
  goEntry(id)
}

export function switchToWaiting(): void {
  const call = waitingCall.value
  if (!call || !call.entry_id) return
  wentToCall.value++
  openByHand(call.entry_id)
}

/** Puts the bar away; the entry stays in the list as unfinished. */
export function dismissWaiting(): void {
  desk.waiting = []
}

/** A person chose this entry: an unfinished one is theirs for a while. */
export function openByHand(id: string): void {
  came.delete(id)
  first = false
  hold(id)
  goEntry(id)
}

/** The next unfinished entry after the open one. */
export function nextUnfinished(): void {
  const open = list.value.filter((e) => e.state === 'open')
  if (!open.length) return
  const at = open.findIndex((e) => current.value !== null && e.id === current.value.id)
  openByHand(open[(at + 1) % open.length].id)
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
  forgetLinks()
  Object.assign(desk, { calls: {}, entries: {}, duty: null, loaded: false, waiting: [], flash: '', openError: null })
}

export function startDesk(): void {
  on('call', onCall)
  on('entry', onEntry)
  on('alert', onAlert)
  onLost.tell = () => notify(() => t('nav.unknown'), 'bad')
  on('connected', () => {
    void reload()
    sessions.forEach((s) => s.kick())
  })
  watch(() => session.user && session.user.username, (user, before) => {
    forget()
    if (before) dismissAll() // A notice names callers; the locked screen must not.
    if (!user && !session.expired && !session.locked) forgetHeld()
    if (user && someoneElse(user)) {
      forgetHeld()
      go('/')
    }
  })
  watch(() => [route.page, route.entry, signedIn.value, desk.loaded] as const, ([page, id, ok, loaded]) => {
    if (ok && loaded && page === 'desk' && id && canReadEntries.value) void open(id)
  })
  // A page opened in mid-call pops that call too.
  watch(() => [line.value ? line.value.call_id : '', desk.loaded] as const, async ([id, loaded]) => {
    if (!id || !loaded) return
    const call = await callOf(id)
    if (call && line.value && line.value.call_id === id) maybePop(call)
  })
  // Whoever came to a waiting call's entry, or finished it elsewhere, need not be told again.
  watch(() => [desk.waiting.length, route.entry, desk.entries] as const, () => {
    const left = desk.waiting.filter((id) => {
      const entry = desk.calls[id] ? desk.calls[id].entry_id : ''
      return entry !== route.entry && !(desk.entries[entry] && desk.entries[entry].state === 'complete')
    })
    if (left.length !== desk.waiting.length) desk.waiting = left
  }, { deep: true })
  watch(signedIn, (ok) => ok && void reload())
  // Without the stream the lists are read again and again.
  setInterval(() => !connection.live && connection.polled && void reload(), RELOAD_MS)
  watch(today, () => void reload())
  setInterval(() => signedIn.value && void loadDuty(), 60_000)
}
