// The write-only note of the locked screen, and its way into the entry after somebody signed in.
import { computed, reactive, ref, watch } from 'vue'
import { api, ApiError } from '@/api/client'
import type { WaitingNote } from '@/api/quick'
import { t } from '@/i18n'
import { problemText } from '@/i18n/problems'
import { acknowledged, parseNotes, renewed, sendDelay, sending, taken, typed, unsent, untaken, type LockNote } from '@/logic/locknote'
import { openByHand } from './desk'
import { line, lines } from './live'
import { notify } from './notices'
import { canWrite, signedIn } from './session'

const STORE = 'dutyline.notes'
export const lockNotes = ref<LockNote[]>(read())
/** Those that found no entry by themselves: a person says where they belong. */
export const homeless = ref<WaitingNote[]>([])
/** What is written now; call is the one that rang or talked when it was begun, empty: none. refused: why it is not sent again. */
export const note = reactive({ key: '', call: '', text: '', at: 0, failed: false, refused: '' })

const callOfLine = computed(() => (line.value && line.value.call_id) || '')
/** Whether somebody rings or talks on any line. */
export const callNow = computed(() => lines.value.some((l) => l.state === 'ringing' || l.state === 'talking'))
/** Whether the daemon lacks something of what is written now, or of any note while nobody writes. */
export const unkept = computed(() => unsent(lockNotes.value).some((n) => !note.key || n.key === note.key))

function read(): LockNote[] {
  try {
    return parseNotes(localStorage.getItem(STORE))
  } catch {
    return []
  }
}
function keep(next: LockNote[]): void {
  lockNotes.value = next
  try {
    localStorage.setItem(STORE, JSON.stringify(next))
  } catch {
    // Private windows may refuse storage: then the note lives in this page and at the daemon.
  }
}
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => ('0' + b.toString(16)).slice(-2)).join('')

/** Each character is kept here before anything else happens. */
export function write(text: string): void {
  if (!note.key) {
    note.key = newKey()
    note.call = callOfLine.value
  }
  note.text = text
  note.at = Date.now()
  keep(typed(lockNotes.value, note.key, line.value ? line.value.line : '', text, note.at))
  schedule()
}

/** Takes the text out of sight; it stays kept. */
export function hide(): void {
  note.key = note.call = note.text = note.refused = ''
  note.at = 0
}

let timer = 0
let failures = 0
let busy = false
/** At which edit the daemon refused a note in a way that sending it again does not change. */
const refused = new Map<string, number>()
const next = () => unsent(lockNotes.value).find((n) => refused.get(n.key) !== n.edit)

function schedule(): void {
  clearTimeout(timer)
  timer = window.setTimeout(() => void send(), sendDelay(failures))
}
const wire = (n: LockNote) => ({ line: n.line, text: untaken(n), edit: n.edit, ago_ms: Math.max(0, Math.min(86_400_000, Date.now() - n.begun)) })

async function send(): Promise<void> {
  if (busy) return schedule()
  const n = next()
  if (!n) return
  busy = true
  keep(sending(lockNotes.value, n.key))
  try {
    keep(acknowledged(lockNotes.value, n.key, (await api.keepNote(n.key, wire(n))).edit))
    failures = 0
    note.failed = false
    note.refused = ''
  } catch (error) {
    if (goesOn(n, error) === null) wait(n, error)
  }
  busy = false
  if (next()) schedule()
}

/** What the daemon does not take now: it is sent again, unless that would change nothing. It stays in this browser. */
function wait(n: LockNote, error: unknown): void {
  if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429) {
    refused.set(n.key, n.edit)
    note.refused = error.type === 'unknown-computer' ? t('note.unknown') : t('note.notSent', { why: problemText(error) })
    note.failed = false
    return
  }
  failures++
  note.failed = true
}

/** The key of its own under which a note goes on when an entry has what was typed before; empty: the note is gone with what was erased; null: neither. */
function goesOn(before: LockNote, error: unknown): string | null {
  if (!(error instanceof ApiError)) return null
  if (error.type === 'note-taken') {
    const fresh = newKey()
    keep(renewed(lockNotes.value, before, Number(error.body.edit), fresh))
    if (note.key === before.key) note.key = fresh
    return fresh
  }
  if (error.type !== 'note-erased') return null
  keep(lockNotes.value.filter((n) => n.key !== before.key))
  if (note.key === before.key) hide()
  notify(() => problemText(error), 'bad', undefined, undefined, 'note:' + before.key, error.message)
  return ''
}

/** After somebody signed in: every note goes into the entry of its call. */
export async function takeNotes(): Promise<void> {
  if (!canWrite.value) return
  hide()
  refused.clear() // this computer is known now
  for (const n of lockNotes.value.slice()) {
    if (untaken(n).trim()) await take(n, '')
    else keep(taken(lockNotes.value, n.key, n.edit))
  }
  await loadHomeless()
  if (next()) schedule()
}

/** True when the entry has it. An empty entry: that of its call. What another window had taken before goes in as far as it is new. */
async function take(n: LockNote, entry: string): Promise<boolean> {
  keep(sending(lockNotes.value, n.key))
  try {
    const e = await api.takeNote(n.key, { ...wire(n), entry_id: entry || undefined })
    keep(taken(lockNotes.value, n.key, n.edit))
    notify(() => t('note.taken', { number: e.entry_number }), 'good', () => t('note.open'), () => openByHand(e.id), 'note:' + n.key)
    return true
  } catch (error) {
    const fresh = goesOn(n, error)
    if (fresh === null) return false // It stays here and in sight.
    const more = lockNotes.value.find((x) => x.key === fresh)
    return !more || !untaken(more).trim() || (await take(more, entry))
  }
}

async function loadHomeless(): Promise<void> {
  let kept: WaitingNote[] = []
  try {
    kept = (await api.notes()).items
  } catch {
    // Those of this browser are known all the same.
  }
  const here = lockNotes.value.map((n): WaitingNote => ({ key: n.key, line: n.line, begun_at: new Date(n.begun).toISOString(), text: untaken(n), edit: n.edit, call_id: '', entry_id: '' }))
  homeless.value = here.concat(kept.filter((k) => k.text.trim() && !here.some((h) => h.key === k.key)))
}

/** A person says into which entry it belongs. */
export async function place(n: WaitingNote, entry: string): Promise<boolean> {
  const local = lockNotes.value.find((x) => x.key === n.key) || { key: n.key, line: n.line, begun: Date.parse(n.begun_at), edit: n.edit, kept: n.edit, text: n.text }
  const ok = await take(local, entry)
  await loadHomeless()
  return ok
}

export function startLockNote(): void {
  watch(signedIn, (on) => {
    if (on) void takeNotes()
    else homeless.value = []
  }, { immediate: true })
  // Another caller has a note of their own.
  watch(callOfLine, (call) => { if (call && note.key && call !== note.call) hide() })
  if (next()) schedule()
}
