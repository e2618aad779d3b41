// The one place that talks HTTP to the daemon.
import type { Alert, AlertCall, AlertPage, Attachment, BlankSheets, Channel, ChannelTest,
  Call, Duty, Entry, EntryKinds, EntryLink, EntryPage, EntryPatch, Health, Interval, Kind, Lamps, LateDraft, LedgerPage, Line, Page, Peaks, PracticeCall, Relation, Revision, Service, Session, StepDraft, TestPage,
} from './types'
import type { Dealings } from '@/logic/dealings'
import type { DeviceState, MissedCall, MissedPage, NoteWire, Phrase, PhraseList, SettledWhy, WaitingNote } from './quick'
import type { Absence, Handover, HandoverNow, Mark, Second, Takeover, Task, TaskPage, TaskRule } from './duties'

export const BASE = '/api/v1'
const PATIENCE_MS = 10_000

/** An answer that is no success. status 0 means that there was no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly body: Record<string, unknown> = {},
    /** The first part of the address that was asked, for instance incidents. */
    readonly area = '',
  ) {
    super(detail || title)
  }

  get offline(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504
  }

  /** The entry that stands now, when a stale revision, or another text under a used key, was answered 409. */
  get entry(): Entry | undefined {
    return this.body.entry as Entry | undefined
  }

  /** The required fields that are still absent, when completion was answered 422. */
  get missing(): string[] {
    return Array.isArray(this.body.missing) ? (this.body.missing as string[]) : []
  }

  /** What kind of problem it is, for instance session-locked. */
  get type(): string {
    return String(this.body.type || '').split('/').pop() || ''
  }

  /** Whether the daemon found fault with this value, for instance body.old. */
  about(location: string): boolean {
    const errors = Array.isArray(this.body.errors) ? (this.body.errors as { location?: string }[]) : []
    return errors.some((e) => e.location === location)
  }

  get mustChangePassword(): boolean {
    return this.status === 403 && String(this.body.type || '').indexOf('password-change-required') >= 0
  }
}

/** Called with every 401 outside the log-in itself: the session is over, or it is locked. */
export const hooks = {
  unauthorized: (locked: boolean): void => void locked,
  /** Changes with whoever signs in: an answer to what was asked under somebody else's session says nothing of this one. */
  signedIn: (): number => 0,
}

export async function request<T>(method: string, path: string, body?: unknown, patience = PATIENCE_MS): Promise<T> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), patience)
  const under = hooks.signedIn()
  let response: Response
  try {
    response = await fetch(BASE + path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: abort.signal,
      headers: body === undefined ? {} : { 'Content-Type': body instanceof Blob ? 'application/octet-stream' : 'application/json' },
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
    })
    if (response.ok) {
      const text = await response.text()
      return (text ? JSON.parse(text) : undefined) as T
    }
  } catch (cause) {
    throw new ApiError(0, 'offline', String(cause))
  } finally {
    clearTimeout(timer)
  }
  throw await failure(response, path, under)
}

/** A month's workbook may take its time, and so may a large attachment. */
const FILE_PATIENCE_MS = 300_000

/** A file under the name that the daemon gives it. ADDRESS has the whole path. */
export async function fileAt(address: string): Promise<{ blob: Blob; name: string }> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), FILE_PATIENCE_MS)
  const under = hooks.signedIn()
  let response: Response
  try {
    response = await fetch(address, { credentials: 'same-origin', cache: 'no-store', signal: abort.signal })
    if (response.ok) return { blob: await response.blob(), name: fileName(response.headers.get('Content-Disposition') || '') }
  } catch (cause) {
    throw new ApiError(0, 'offline', String(cause))
  } finally {
    clearTimeout(timer)
  }
  throw await failure(response, address.slice(BASE.length), under)
}

/** The name in a header such as attachment; filename*=UTF-8''%E7%8E%B0.jpg; empty: the browser makes one. */
export function fileName(header: string): string {
  const coded = /filename\*=UTF-8''([^;]+)/i.exec(header)
  const plain = /filename="?([^";]+)"?/i.exec(header)
  try {
    return coded ? decodeURIComponent(coded[1].trim()) : plain ? plain[1] : ''
  } catch {
    return ''
  }
}

/** UNDER is the session under which it was asked: at a handover an answer to the one may come when the next has signed in. */
async function failure(response: Response, path: string, under: number): Promise<ApiError> {
  let body: Record<string, unknown> = {}
  try {
    body = await response.json()
  } catch {
    // A proxy or the server's own handler may answer in plain text; the status says enough.
  }
  const error = new ApiError(response.status, String(body.title || response.statusText), String(body.detail || ''), body, path.split(/[/?]/)[1] || '')
  if (response.status === 401 && path.indexOf('/session') !== 0 && under === hooks.signedIn()) hooks.unauthorized(error.type === 'session-locked')
  return error
}

export function query(params: Record<string, string | number | undefined>): string {
  const q = new URLSearchParams()
  for (const key of Object.keys(params)) {
    const value = params[key]
    if (value !== undefined && value !== '') q.set(key, String(value))
  }
  const text = q.toString()
  return text ? '?' + text : ''
}

const id = encodeURIComponent

export interface CallFilter {
  from?: string
  to?: string
  outcome?: string
  line?: string
  officer?: string
  counted?: 'true'
  /** One hour of one weekday: "1 08". */
  week_hour?: string
  /** Ring times in seconds: "10-15", "60-". */
  ring?: string
  /** Only what was not answered in time, as reviews decided. */
  late?: 'true'
  limit?: number
  cursor?: string
}
export interface EntryFilter {
  /** Words that all must occur; the newest number comes first then. */
  q?: string
  state?: string
  /** How far the matter is; pending: what is still to be dealt with. */
  handling?: string
  kind?: string
  /** A part of the unit's name; the login or name of who wrote it or was on duty; how its call ended. */
  unit?: string
  officer?: string
  outcome?: string
  category?: string
  from?: string
  to?: string
  limit?: number
  cursor?: string
  order?: 'unfinished' | 'newest'
}

export const api = {
  session: () => request<Session>('GET', '/session'),
  login: (username: string, password: string) => request<Session>('POST', '/session', { username, password }),
  unlock: (password: string) => request<Session>('POST', '/session/unlock', { password }),
  device: () => request<DeviceState>('GET', '/session/device', undefined, 5000),
  pinLogin: (username: string, pin: string) => request<Session>('POST', '/session/pin', { username, pin }),
  setPin: (password: string, pin: string) => request<void>('PUT', '/session/pin', { password, pin }),
  removePin: () => request<void>('DELETE', '/session/pin'),
  keepNote: (key: string, note: NoteWire) => request<{ edit: number }>('PUT', '/call-notes/' + key, note, 5000),
  notes: () => request<{ items: WaitingNote[] }>('GET', '/call-notes'),
  takeNote: (key: string, note: NoteWire) => request<Entry>('POST', '/call-notes/' + key + '/take', note),
  logout: () => request<void>('DELETE', '/session', undefined, 4000),
  changePassword: (old: string, next: string) => request<void>('POST', '/session/password', { old, new: next }),
  lines: () => request<Page<Line>>('GET', '/lines', undefined, 4000),
  duty: () => request<Duty>('GET', '/duty'),
  health: () => request<Health>('GET', '/health', undefined, 5000),
  lamps: (line: string) => request<Lamps>('GET', '/health/line' + query({ line }), undefined, 5000),
  present: (page: string, sounds: boolean, idleMs: number) => request<void>('PUT', '/session/page', { page, sounds, idle_ms: Math.round(idleMs) }, 5000),
  practice: () => request<{ enabled: boolean }>('GET', '/practice'),
  placeCall: (call: PracticeCall) => request<void>('POST', '/practice/calls', call),
  calls: (filter: CallFilter) => request<Page<Call> & { reviewed?: Record<string, string> }>('GET', '/calls' + query({ ...filter })),
  call: (callId: string) => request<Call>('GET', '/calls/' + id(callId)),
  missed: (filter: { from?: string; to?: string; waiting?: 'true'; limit?: number; cursor?: string }) => request<MissedPage>('GET', '/missed-calls' + query(filter)),
  settleMissed: (callId: string, why: SettledWhy, text: string) => request<MissedCall>('POST', '/missed-calls/' + id(callId) + '/settlement', { why, text }),
  callBack: (number: string, line: string) => request<{ call_id: string }>('POST', '/call-backs', { number, line }),
  intervals: (from: string, to: string) => request<Page<Interval> & { log_since?: string | null }>('GET', '/intervals' + query({ from, to })),
  peaks: (callId: string) => request<Peaks>('GET', '/calls/' + id(callId) + '/peaks'),
  recordingUrl: (callId: string) => BASE + '/calls/' + id(callId) + '/recording',
  spotCheck: (callId: string, on: boolean) =>
    request<Call>(on ? 'PUT' : 'DELETE', '/calls/' + id(callId) + '/tags/spot_check'),
  entries: (filter: EntryFilter) => request<EntryPage>('GET', '/entries' + query({ ...filter })),
  /** shown: it comes up by itself; the access log tells that apart from looking it up. */
  entry: (entryId: string, shown = false) => request<Entry>('GET', '/entries/' + id(entryId) + (shown ? '?shown=true' : '')),
  revisions: (entryId: string) =>
    request<Page<Revision> | Revision[]>('GET', '/entries/' + id(entryId) + '/revisions'),
  amend: (entryId: string, patch: EntryPatch) => request<Entry>('PATCH', '/entries/' + id(entryId), patch),
  attachments: (entryId: string) => request<{ items: Attachment[] }>('GET', '/entries/' + id(entryId) + '/attachments'),
  /** The body is the file itself; a slow line takes its time. */
  attach: (entryId: string, name: string, file: File, reason = '') =>
    request<Attachment>('POST', '/entries/' + id(entryId) + '/attachments' + query({ name, reason }), file, 300_000),
  attachmentUrl: (entryId: string, attachment: number) => BASE + '/entries/' + id(entryId) + '/attachments/' + attachment,
  /** The key is made anew for each entry, so that a lost answer makes no second one. */
  write: (key: string, kind: Kind, line: string, late?: LateDraft) => request<Entry>('POST', '/entries', { key, kind, line, ...late }),
  blankSheets: (cursor: string) => request<Page<BlankSheets>>('GET', '/paper-sheets' + query({ limit: 20, cursor })),
  numberSheets: (count: number) => request<BlankSheets>('POST', '/paper-sheets', { count }),
  addStep: (entryId: string, step: StepDraft) => request<Entry>('POST', '/entries/' + id(entryId) + '/steps', step),
  strikeStep: (entryId: string, step: number, reason: string) =>
    request<Entry>('DELETE', '/entries/' + id(entryId) + '/steps/' + step + query({ reason })),
  beginReadBack: (entryId: string, agoMs: number) => request<Entry>('POST', '/entries/' + id(entryId) + '/read-back', { ago_ms: Math.round(agoMs) }),
  services: (entryId: string) => request<{ items: Service[] }>('GET', '/entries/' + id(entryId) + '/serves'),
  dealings: (entryId: string) => request<Dealings>('GET', '/entries/' + id(entryId) + '/dealings'),
  links: (entryId: string) => request<{ items: EntryLink[] }>('GET', '/entries/' + id(entryId) + '/links'),
  link: (entryId: string, other: string, relation: Relation) =>
    request<{ items: EntryLink[] }>('POST', '/entries/' + id(entryId) + '/links', { with: other, relation }),
  unlink: (entryId: string, other: string, relation: Relation, reason: string) =>
    request<{ items: EntryLink[] }>('DELETE', '/entries/' + id(entryId) + '/links' + query({ with: other, relation, reason })),
  phrases: () => request<PhraseList>('GET', '/phrases'),
  savePhrase: (p: Phrase) => request<Phrase>(p.phrase ? 'PUT' : 'POST', '/phrases' + (p.phrase ? '/' + p.phrase : ''), { ...p, phrase: undefined, by: undefined }),
  kinds: () => request<EntryKinds>('GET', '/entry-kinds'),
  alerts: (filter: { state?: string; muted?: string; limit?: number; cursor?: string }) => request<AlertPage>('GET', '/alerts' + query(filter)),
  acknowledge: (alert: number, note: string) => request<Alert>('POST', '/alerts/' + alert + '/acknowledge', { note }),
  mute: (alert: number, how: { reason: string; until: string; rule: boolean }) => request<Alert>('POST', '/alerts/' + alert + '/mute', how),
  unmute: (alert: number) => request<Alert>('DELETE', '/alerts/' + alert + '/mute'),
  alertCalls: (alert: number) => request<{ items: AlertCall[] }>('GET', '/alerts/' + alert + '/calls'),
  channels: () => request<{ items: Channel[] }>('GET', '/alerts/channels'),
  /** Waits for what comes of it, which a slow receiver makes long. */
  testChannel: (name: string) => request<ChannelTest>('POST', '/alerts/channels/' + id(name) + '/test', undefined, 60_000),
  tests: () => request<TestPage>('GET', '/probe'),
  startTest: () => request<{ id: number }>('POST', '/probe'),
  testAudioUrl: (test: number) => BASE + '/probe/' + test + '/audio',
  handoverNow: () => request<HandoverNow>('GET', '/handover'),
  handOver: (how: Takeover) => request<Handover>('POST', '/handovers', how, 20_000),
  handovers: (cursor = '', limit = 30) => request<Page<Handover>>('GET', '/handovers' + query({ cursor, limit })),
  handover: (n: number) => request<Handover>('GET', '/handovers/' + n),
  confirmHandover: (n: number, digest: string, second?: Second) => request<Handover>('POST', '/handovers/' + n + '/confirmations', { digest, second }, 20_000),
  tasks: () => request<TaskPage>('GET', '/tasks'),
  markTask: (rule: number, mark: Mark) => request<Task>('POST', '/tasks/' + rule + '/marks', mark),
  taskRules: () => request<Page<TaskRule>>('GET', '/task-rules'),
  saveTaskRule: (rule: TaskRule) => request<TaskRule>(rule.rule ? 'PUT' : 'POST', '/task-rules' + (rule.rule ? '/' + rule.rule : ''), { ...rule, rule: undefined, seed: undefined, by: undefined }),
  absences: () => request<Page<Absence>>('GET', '/absences'),
  saveAbsence: (a: Absence) => request<Absence>(a.absence ? 'PUT' : 'POST', '/absences' + (a.absence ? '/' + a.absence : ''), { ...a, absence: undefined, by: undefined }),
  ledger: (filter: { state?: string; limit?: number; cursor?: string }) =>
    request<LedgerPage>('GET', '/reconciliation' + query(filter)),
  reconcile: () => request<LedgerPage>('POST', '/reconciliation', undefined, 120_000),
  eventsUrl: (lastId: string) => BASE + '/events' + query({ last_event_id: lastId }),
}
