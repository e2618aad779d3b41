// The line as the daemon sees it now, over a stream that heals itself; while the stream is
// broken the line is polled. What is too old is never shown as if it were true.
import { computed, reactive, ref, watch } from 'vue'
import { api } from '@/api/client'
import type { IncidentRow } from '@/api/incidents'
import type { Alert, Call, Entry, Interval, Line } from '@/api/types'
import { ServerClock } from '@/logic/clock'
import { backoffMs, SseParser, type Frame } from '@/logic/sse'
import { afterAlert, afterLine, unloggedLines, type Waiting } from '@/logic/unlogged'
import { pickLine } from '@/logic/words'
import { learnPractice, session, signedIn } from './session'

const SILENT_MS = 40_000 // the daemon's heartbeat comes every 15 s
const POLL_LIVE_MS = 10_000
const POLL_BROKEN_MS = 2000
const STALE_MS = 7000

const local = () => performance.now()
const clock = new ServerClock(local, Date.now)
export const serverNow = () => clock.now()
let ahead = 0
/** The switch's clock, by which calls and the deadlines of incidents are. */
const onSwitch = () => serverNow() + ahead

/** Every duty line by name, in the daemon's order. */
export const lines = ref<Line[]>([])
const waiting = ref<Waiting>([])
/** Names of the lines of which something is shown that the duty log does not have yet. */
export const unlogged = computed(() => unloggedLines(lines.value, waiting.value))
/** The line shown large. */
export const line = computed(() => pickLine(lines.value))
export const connection = reactive({ live: false, polled: false, brokenSince: 0, retryAt: 0, everLive: false })

/** Ticks every 500 ms of the server's clock and of the switch's, and of that every 100 ms while the phone rings. */
export const now = ref(serverNow())
export const switchNow = ref(onSwitch())
export const nowFast = ref(onSwitch())

let heard = -Infinity
const heardAt = ref(-Infinity)
export const stale = computed(() => {
  void now.value
  return !line.value || (!connection.live && local() - heardAt.value > STALE_MS)
})
export const broken = computed(
  () => !connection.live && connection.brokenSince > 0 && now.value >= 0 && local() - connection.brokenSince > 1200,
)

interface Handlers {
  call: (call: Call) => void
  entry: (entry: Entry) => void
  alert: (alert: Alert) => void
  interval: (interval: Interval) => void
  incident: (incident: IncidentRow) => void
  connected: () => void
}
const listeners: { [K in keyof Handlers]: Handlers[K][] } = { call: [], entry: [], alert: [], interval: [], incident: [], connected: [] }
/** Listens to the stream; the answer ends the listening. */
export function on<K extends keyof Handlers>(what: K, handler: Handlers[K]): () => void {
  const all = listeners[what]
  all.push(handler)
  return () => void all.splice(all.indexOf(handler), 1)
}

function takeLine(next: Line, sent: number, received: number): void {
  clock.sample(Date.parse(next.now), sent, received)
  ahead = next.switch_now ? Date.parse(next.switch_now) - Date.parse(next.now) : 0
  heard = received
  heardAt.value = received
  const at = lines.value.findIndex((l) => l.line === next.line)
  if (at < 0) lines.value.push(next)
  else lines.value.splice(at, 1, next)
  waiting.value = afterLine(waiting.value, next)
}

function takeAlert(alert: Alert): void {
  waiting.value = afterAlert(waiting.value, alert)
  listeners.alert.forEach((f) => f(alert))
}

let lastId = ''
function takeFrame(frame: Frame): void {
  if (frame.id) lastId = frame.id
  let body: unknown
  try {
    body = JSON.parse(frame.data)
  } catch {
    return // One damaged frame must not end the stream; the lists are read again on reconnect.
  }
  if (frame.event === 'line') takeLine(body as Line, local(), local())
  else if (frame.event === 'reset') listeners.connected.forEach((f) => f())
  else if (frame.event === 'call') listeners.call.forEach((f) => f(body as Call))
  else if (frame.event === 'entry') listeners.entry.forEach((f) => f(body as Entry))
  else if (frame.event === 'alert') takeAlert(body as Alert)
  else if (frame.event === 'incident') listeners.incident.forEach((f) => f(body as IncidentRow))
  else if (frame.event === 'interval') listeners.interval.forEach((f) => f(body as Interval))
}

let generation = 0
let abort: AbortController | null = null
let wake: (() => void) | null = null

function setLive(live: boolean): void {
  connection.live = live
  if (live) {
    connection.everLive = true
    connection.brokenSince = 0
    connection.retryAt = 0
  } else if (!connection.brokenSince) connection.brokenSince = local()
}

async function readStream(mine: number): Promise<boolean> {
  abort = new AbortController()
  const response = await fetch(api.eventsUrl(lastId), {
    credentials: 'same-origin', cache: 'no-store', signal: abort.signal, headers: { Accept: 'text/event-stream' },
  })
  if (!response.ok || !response.body) throw new Error('stream: ' + response.status)
  if (mine !== generation) {
    abort.abort()
    return false
  }
  heard = local()
  setLive(true)
  waiting.value = [] // a new stream says again what still waits
  listeners.connected.forEach((f) => f())
  if (!session.practice) void learnPractice()
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  const parser = new SseParser()
  for (;;) {
    const { done, value } = await reader.read()
    if (mine !== generation) return true
    if (done) return true
    heard = local()
    parser.feed(decoder.decode(value, { stream: true })).forEach(takeFrame)
  }
}

async function run(mine: number): Promise<void> {
  let attempt = 0
  while (mine === generation) {
    const began = local()
    try {
      await readStream(mine)
    } catch {
      // Refused, cut or aborted: all the same, try again below.
    }
    if (mine !== generation) return
    setLive(false)
    attempt = local() - began > 5000 ? 0 : attempt + 1
    const wait = attempt === 0 ? 200 : backoffMs(attempt - 1)
    connection.retryAt = local() + wait
    await new Promise<void>((resolve) => {
      wake = resolve
      setTimeout(resolve, wait)
    })
  }
}

/** Starts the stream afresh: after log-in and log-out other frames are allowed. */
function restart(): void {
  generation++
  lastId = ''
  if (abort) abort.abort()
  connection.live = false
  void run(generation)
}

/** Tries at once instead of waiting for the back-off. */
export function retryNow(): void {
  if (wake) wake()
}

export function retryInSeconds(): number {
  void now.value
  return Math.max(0, Math.ceil((connection.retryAt - local()) / 1000))
}

let misses = 0
async function poll(): Promise<void> {
  const sent = local()
  try {
    const all = (await api.lines()).items
    lines.value = lines.value.filter((l) => all.some((a) => a.line === l.line))
    all.forEach((l) => takeLine(l, sent, local()))
    connection.polled = true
    misses = 0
    if (!connection.live && connection.brokenSince && connection.retryAt - local() > 2000) retryNow()
  } catch {
    connection.polled = false
    misses++
    // The stream may look alive on a dead network: two lost polls say otherwise.
    if (connection.live && misses >= 2 && abort) abort.abort()
  }
}

async function pollForEver(): Promise<void> {
  for (;;) {
    await poll()
    await new Promise((r) => setTimeout(r, connection.live ? POLL_LIVE_MS : POLL_BROKEN_MS))
  }
}

function tick(): void {
  now.value = serverNow()
  switchNow.value = onSwitch()
}
export function startLive(): void {
  watch(() => [session.user && session.user.username, signedIn.value], restart, { immediate: true })
  void pollForEver()
  setInterval(() => {
    tick()
    if (connection.live && local() - heard > SILENT_MS && abort) abort.abort()
  }, 500)
  setInterval(() => {
    if (line.value && line.value.state === 'ringing') nowFast.value = onSwitch()
  }, 100)
  window.addEventListener('online', retryNow)
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) {
      tick()
      void poll()
    }
  })
}
