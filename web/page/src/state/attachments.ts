// The attachments of the entry that is open.
import { computed, onScopeDispose, reactive, watch } from 'vue'
import { api } from '@/api/client'
import type { Attachment } from '@/api/types'
import { t } from '@/i18n'
import { problemText } from '@/i18n/problems'
import { filesOf, isScan, LARGEST, reasonOf, unnamed } from '@/logic/attachments'
import { clock, date } from '@/logic/time'
import { on, serverNow } from './live'
import { session } from './session'

/** A file that the daemon does not have yet. tried: it was sent and no answer came, so that it may be there all the same. */
interface Waiting {
  file: File
  name: string
  tried: boolean
}
/** What is being attached to an entry, and what was not taken and why. lost: why the last sending came to nothing. */
interface Box {
  waiting: Waiting[]
  sending: string
  failures: string[]
  lost: string
}
/** Per user and entry, as long as the page lives: a call that is answered meanwhile takes the form away, not the files. */
const boxes: Record<string, Box> = {}
const boxOf = (key: string): Box => (boxes[key] = boxes[key] || reactive({ waiting: [], sending: '', failures: [], lost: '' }))

/** While the attachments could not be read they are asked for anew, so often. */
export const AGAIN_MS = 10_000

/** What a file is called: a picture of the clipboard has no name of its own. */
function nameOf(file: File): string {
  const at = (date(serverNow()) + clock(serverNow())).replace(/\D/g, '')
  return unnamed(file) ? t('attach.pasted', { at }) : file.name
}

/** Sends one file. It waits no more when the daemon has it, or refused it for a fault of its own; else it stays. */
async function sendOne(to: string, box: Box, one: Waiting, reason: string): Promise<boolean> {
  box.sending = one.name
  let why = ''
  try {
    await api.attach(to, one.name, one.file, reason)
  } catch (error) {
    const known = reasonOf(error)
    if (!known) {
      box.lost = problemText(error)
      one.tried = true
      return false
    }
    if (known !== 'attach.why.again' || !one.tried) why = t('attach.failed', { name: one.name, why: t(known) })
  }
  box.waiting = box.waiting.filter((x) => x !== one)
  if (why) box.failures.push(why)
  return true
}

/** late: the entry is complete, so that a file is a correction and waits for its reason. */
export function useAttachments(entry: () => string, late: () => boolean = () => false) {
  const box = computed(() => boxOf((session.user ? session.user.username : '') + '/' + entry()))
  const state = reactive({
    items: [] as Attachment[], unread: false, over: false,
    waiting: computed(() => box.value.waiting), sending: computed(() => box.value.sending), failures: computed(() => box.value.failures), lost: computed(() => box.value.lost),
  })
  let generation = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    const mine = ++generation
    clearTimeout(timer)
    try {
      const answer = await api.attachments(entry())
      if (mine !== generation) return
      state.items = answer.items
      state.unread = false
    } catch {
      if (mine !== generation) return
      state.unread = true
      timer = setTimeout(() => void load(), AGAIN_MS)
    }
  }
  watch(entry, () => {
    state.items = []
    void load()
  }, { immediate: true })
  const stops = [on('entry', (e) => { if (e.id === entry()) void load() }), on('connected', () => { if (state.unread) void load() })]
  onScopeDispose(() => {
    stops.forEach((stop) => stop())
    generation++
    clearTimeout(timer)
  })

  async function add(files: File[]): Promise<void> {
    const into = box.value
    for (const file of files) {
      const name = nameOf(file)
      if (file.size > LARGEST) into.failures.push(t('attach.failed', { name, why: t('attach.why.large') }))
      else into.waiting.push({ file, name, tried: false })
    }
    if (!late()) await send('')
  }

  /** Sends what waits, one after the other; what is refused says why and hinders no other, and where nothing arrives
   *  the rest stays. Whether the daemon has all of it now. */
  async function send(reason: string): Promise<boolean> {
    const [to, from] = [entry(), box.value]
    if (from.sending) return false // those that came meanwhile are sent in their turn, or offered again
    from.lost = ''
    let arrived = true
    const now = from.waiting.slice()
    for (let n = 0; arrived && n < now.length; n++) arrived = await sendOne(to, from, now[n], reason)
    from.sending = ''
    if (to === entry()) await load()
    if (arrived && !reason && from.waiting.length && !late()) return send('')
    return arrived && !from.waiting.length
  }
  /** Throws away what waits. */
  function drop(): void {
    box.value.waiting = []
    box.value.lost = ''
  }
  function close(failure: string): void {
    box.value.failures = box.value.failures.filter((x) => x !== failure)
  }

  function paste(e: ClipboardEvent): void {
    const files = filesOf(e.clipboardData)
    if (!files.length) return
    e.preventDefault()
    void add(files)
  }
  function drag(e: DragEvent): void {
    if (!e.dataTransfer || Array.from(e.dataTransfer.types).indexOf('Files') < 0) return
    e.preventDefault()
    state.over = e.type !== 'dragleave'
  }
  function dropped(e: DragEvent): void {
    state.over = false
    const files = e.dataTransfer ? Array.from(e.dataTransfer.files) : []
    if (!files.length) return
    e.preventDefault()
    void add(files)
  }

  const shown = computed(() => state.items.length > 0 || !!state.sending || state.failures.length > 0 || state.waiting.length > 0 || state.unread || state.over)
  const scanned = computed(() => state.items.some((a) => isScan(a.type)))
  return { state, shown, scanned, load, add, send, drop, close, paste, drag, dropped }
}

export type Attachments = ReturnType<typeof useAttachments>
