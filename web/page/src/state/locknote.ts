// The write-only note of the locked screen, and its way into the entry after somebody signed in.
import { computed, reactive, ref, watch } from 'vue'
import { api, ApiError } from '@/api/client'
import type { WaitingNote } from '@/api/quick'
import { t } from '@/i18n'
import { acknowledged, parseNotes, sendDelay, taken, typed, unsent, type LockNote } from '@/logic/locknote'
import { openByHand } from './desk'
import { line, lines } from './live'
import { notify } from './notices'
import { canWrite, signedIn } from './session'

const STORE = 'dutyline.notes'
export const lockNotes = ref<LockNote[]>(read())
/** Those that found no entry by themselves: a person says where they belong. */
export const homeless = ref<WaitingNote[]>([])
/** What is written now; call is the one that rang or talked when it was begun, empty: none. */
export const note = reactive({ key: '', call: '', text: '', at: 0, failed: false })

const callOfLine = computed(() => (line.value && line.value.call_id) || '')
/** Whether somebody rings or talks on any line. */
export const callNow = computed(() => lines.value.some((l) => l.state === 'ringing' || l.state === 'talking'))
export const unkept = computed(() => unsent(lockNotes.value).length > 0)

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
  note.key = note.call = note.text = ''
  note.at = 0
}

let timer = 0
let failures = 0
let sending = false
function schedule(): void {
  clearTimeout(timer)
  timer = window.setTimeout(() => void send(), sendDelay(failures))
}
const wire = (n: LockNote) => ({ line: n.line, text: n.text, edit: n.edit, ago_ms: Math.max(0, Math.min(86_400_000, Date.now() - n.begun)) })

async function send(): Promise<void> {
  if (sending) return schedule()
  const n = unsent(lockNotes.value)[0]
  if (!n) return
  sending = true
  try {
    const edit = (await api.keepNote(n.key, wire(n))).edit
    keep(acknowledged(lockNotes.value, n.key, edit))
    failures = 0
    note.failed = false
  } catch (error) {
    failures++
    // A computer that nobody signed in on keeps it here only; it is asked again all the same.
    note.failed = !(error instanceof ApiError && error.status === 403)
  }
  sending = false
  // Another caller has a note of their own.
  watch(callOfLine, (call) => { if (call && note.key && call !== note.call) hide() })
  if (unkept.value) schedule()
}

/** After somebody signed in: every note goes into the entry of its call. */
export async function takeNotes(): Promise<void> {
  if (!canWrite.value) return
  hide()
  for (const n of lockNotes.value.slice()) {
    if (n.text.trim()) await take(n, '')
    else keep(taken(lockNotes.value, n.key, n.edit))
  }
  await loadHomeless()
}

/** True when the entry has it. An empty entry: that of its call. */
async function take(n: LockNote, entry: string): Promise<boolean> {
  try {
    const e = await api.takeNote(n.key, { ...wire(n), entry_id: entry || undefined })
    keep(taken(lockNotes.value, n.key, n.edit))
    notify(() => t('note.taken', { number: e.entry_number }), 'good', () => t('note.open'), () => openByHand(e.id), 'note:' + n.key)
    return true
  } catch {
    return false // It stays here and in sight.
  }
}

async function loadHomeless(): Promise<void> {
  let kept: WaitingNote[] = []
  try {
    kept = (await api.notes()).items
  } catch {
    // Those of this browser are known all the same.
  }
  const here = lockNotes.value.map((n): WaitingNote => ({ key: n.key, line: n.line, begun_at: new Date(n.begun).toISOString(), text: n.text, edit: n.edit, call_id: '', entry_id: '' }))
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
  if (unkept.value) schedule()
}
