// The attachments of the entry that is open.
import { computed, onBeforeUnmount, reactive, watch } from 'vue'
import { api } from '@/api/client'
import type { Attachment } from '@/api/types'
import { t } from '@/i18n'
import { problemText } from '@/i18n/problems'
import { filesOf, isScan, LARGEST, reasonOf, unnamed } from '@/logic/attachments'
import { clock, date } from '@/logic/time'
import { on, serverNow } from './live'

/** late: the entry is complete, so that a file is a correction and waits for its reason. */
export function useAttachments(entry: () => string, late: () => boolean = () => false) {
  const state = reactive({ items: [] as Attachment[], sending: '', failures: [] as string[], waiting: [] as File[], unread: false, over: false })
  let generation = 0

  async function load(): Promise<void> {
    const mine = ++generation
    try {
      const answer = await api.attachments(entry())
      if (mine !== generation) return
      state.items = answer.items
      state.unread = false
    } catch {
      if (mine === generation) state.unread = true
    }
  }
  watch(entry, () => {
    state.items = []
    state.failures = []
    state.waiting = []
    void load()
  }, { immediate: true })
  const stop = on('entry', (e) => { if (e.id === entry()) void load() })
  onBeforeUnmount(stop)

  async function add(files: File[]): Promise<void> {
    if (late()) state.waiting = state.waiting.concat(files)
    else await send(files, '')
  }
  /** The files that wait for a reason go with it, or not at all. */
  async function because(reason: string): Promise<void> {
    const files = state.waiting
    state.waiting = []
    if (reason) await send(files, reason)
  }

  /** Sends files one after the other; each that is refused says why and hinders no other. */
  async function send(files: File[], reason: string): Promise<void> {
    const to = entry()
    state.failures = []
    for (const file of files) {
      const at = (date(serverNow()) + clock(serverNow())).replace(/\D/g, '')
      const name = unnamed(file) ? t('attach.pasted', { at }) : file.name
      state.sending = name
      try {
        if (file.size > LARGEST) state.failures.push(t('attach.failed', { name, why: t('attach.why.large') }))
        else await api.attach(to, name, file, reason)
      } catch (error) {
        const why = reasonOf(error)
        state.failures.push(t('attach.failed', { name, why: why ? t(why) : problemText(error) }))
      }
    }
    state.sending = ''
    if (to === entry()) await load()
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
  function drop(e: DragEvent): void {
    state.over = false
    const files = e.dataTransfer ? Array.from(e.dataTransfer.files) : []
    if (!files.length) return
    e.preventDefault()
    void add(files)
  }

  const shown = computed(() => state.items.length > 0 || !!state.sending || state.failures.length > 0 || state.waiting.length > 0 || state.unread || state.over)
  const scanned = computed(() => state.items.some((a) => isScan(a.type)))
  return { state, shown, scanned, add, because, paste, drag, drop }
}

export type Attachments = ReturnType<typeof useAttachments>
