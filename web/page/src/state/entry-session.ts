// One entry being written: autosave, conflicts, completion. It lives on when another entry is
// opened, until everything typed has reached the server.
import { reactive } from 'vue'
import { api, ApiError } from '@/api/client'
import type { Entry, EntryPatch, Field, Gap, Kind } from '@/api/types'
import {
  accepted, dirtyFields, draftOf, fromStored, inConflict, isDirty, patchOf, rebase, resolve, resolveKind, sameSlot, sentSlots,
  slot, toStored, type Choice, type Draft, type StoredDraft,
} from '@/logic/draft'
import { backoffMs } from '@/logic/sse'
import { missingFields } from './kinds'
import { serverNow } from './live'
import * as drafts from './drafts'
import { hold } from './held'
import { problemText } from '@/i18n/problems'
import { notify } from './notices'

const PAUSE_MS = 700
const AT_MOST_MS = 3000
/** Whoever typed so lately goes on typing. */
const TYPING_MS = 5000

/** held: somebody else completed the entry, and what was typed waits here for a correction. */
export type SaveState = 'clean' | 'dirty' | 'saving' | 'saved' | 'retry' | 'refused' | 'conflict' | 'held'
export type CompleteResult = 'done' | 'missing' | 'conflict' | 'offline' | 'refused'

/** The name of who answered was refused, and nothing else. */
const named = (e: ApiError): boolean => {
  const wrong = (e.body.errors || []) as { location: string }[]
  return wrong.length === 1 && wrong[0].location === 'body.answered_by'
}

export class EntrySession {
  readonly state: {
    entry: Entry
    draft: Draft
    save: SaveState
    savedAt: number
    error: string
    /** What was not accepted, to be said in the page's language. */
    refusal: ApiError | null
    /** Fields that completion asked for; highlighted until filled in. */
    missing: Field[]
    /** Fields that were just taken over from somebody else's change. */
    merged: Field[]
    /** Set after a one-key close: what to go back to. */
    undoKind: Kind | null
    /** Completed by somebody else while it was typed into here: the form stays open. */
    overtaken: boolean
  }
  private timer = 0
  private firstDirty = 0
  private busy: Promise<void> | null = null
  private later: Entry | null = null
  private failures = 0
  private stopped = false
  private typedAt = 0
  private open: Field | null = null // half a name is nobody's: it is sent when it is left

  constructor(
    readonly user: string,
    entry: Entry,
    stored: StoredDraft | null,
    private readonly announce: (entry: Entry) => void,
  ) {
    const draft = stored ? fromStored(entry, stored) : draftOf(entry)
    this.state = reactive({
      entry, draft, save: 'clean', savedAt: 0, error: '', refusal: null, missing: [], merged: [], undoKind: null, overtaken: entry.state === 'complete' && isDirty(draft),
    }) as EntrySession['state']
    if (isDirty(draft)) {
      this.settle()
      this.schedule(50)
    }
  }

  get id(): string {
    return this.state.entry.id
  }
  get dirty(): boolean {
    return isDirty(this.state.draft)
  }

  setValue(f: Field, value: string): void {
    this.state.draft.form[f] = slot(value)
    this.touched(f)
  }

  setGap(f: Field, gap: Gap | null): void {
    this.state.draft.form[f] = slot('', gap)
    this.touched(f)
  }

  /** Ticks or unticks; what was changed since it was read back is confirmed anew, which the daemon must see. */
  async toggleReadBack(): Promise<void> {
    const again = this.state.entry.changed_after_read_back === true
    const done = this.state.draft.form.read_back.value === 'done'
    this.setValue('read_back', done ? '' : 'done')
    if (!done || !again) return
    await this.flush()
    if (!this.dirty) this.setValue('read_back', 'done')
  }

  setKind(kind: Kind): void {
    if (this.state.draft.kind === kind) return
    this.state.draft.kind = kind
    if (kind === this.state.draft.kindConflict) this.state.draft = resolveKind(this.state.draft, 'theirs')
    this.state.missing = []
    this.touched()
    this.schedule(0)
  }

  chooseKind(choice: 'mine' | 'theirs'): void {
    this.state.draft = resolveKind(this.state.draft, choice)
    this.touched()
    this.schedule(0)
  }

  choose(f: Field, choice: Choice): void {
    this.state.draft = resolve(this.state.draft, f, choice)
    this.touched(f)
    this.schedule(0)
  }

  /** Somebody is in this field. */
  typing(f: Field): void {
    this.open = f
  }

  /** They left it. */
  typed(): void {
    this.open = null
    void this.flush()
  }

  private toSend(): EntryPatch | null {
    const patch = patchOf(this.state.draft)
    if (!patch || this.open !== 'answered_by' || patch.answered_by === undefined) return patch
    delete patch.answered_by
    return Object.keys(patch).length > 1 ? patch : null
  }

  private touched(f?: Field): void {
    hold(this.id)
    this.state.merged = []
    this.typedAt = Date.now()
    if (f) this.state.missing = this.state.missing.filter((m) => m !== f)
    this.keep()
    if (this.busy) return
    this.settle()
    if (!this.dirty) return
    if (!this.firstDirty) this.firstDirty = Date.now()
    this.failures = 0
    this.schedule(Math.min(PAUSE_MS, Math.max(0, this.firstDirty + AT_MOST_MS - Date.now())))
  }

  private keep(): void {
    drafts.keep(this.user, toStored(this.state.draft, Date.now()), this.id)
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer)
    if (this.stopped) return
    this.timer = window.setTimeout(() => void this.flush(), ms)
  }

  /** Sets the state word from the draft when nothing is under way. */
  private settle(): void {
    const s = this.state
    if (s.overtaken && this.dirty) s.save = 'held'
    else if (inConflict(s.draft)) s.save = 'conflict'
    else if (this.dirty) s.save = 'dirty'
    else s.save = s.savedAt ? 'saved' : 'clean'
  }

  /** Saves what can be saved now; never throws. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    while (this.busy) await this.busy
    const patch = this.state.overtaken ? null : this.toSend()
    this.firstDirty = 0
    if (!patch) {
      this.settle()
      this.keep()
      return
    }
    await this.send(patch)
  }

  private async send(patch: EntryPatch): Promise<ApiError | null> {
    let failed: ApiError | null = null
    const sent = sentSlots(this.state.draft)
    if (patch.answered_by === undefined) delete sent.answered_by // it has no gaps
    const kind = patch.kind || this.state.draft.baseKind
    this.state.save = 'saving'
    const work = api.amend(this.id, patch).then(
      (entry) => this.onSaved(sent, kind, entry),
      (error) => {
        failed = error instanceof ApiError ? error : new ApiError(0, 'error', String(error))
        return this.onFailed(failed, sent, kind)
      },
    )
    this.busy = work
    await work
    if (this.busy === work) this.busy = null
    if (this.later) {
      const entry = this.later
      this.later = null
      this.onServer(entry)
    }
    this.keep()
    const status = failed ? (failed as ApiError).status : 200
    if (!failed || status === 409) {
      this.settle()
      if (this.toSend()) this.schedule(failed ? 0 : PAUSE_MS)
    }
    return failed
  }

  private onSaved(sent: Draft['unsure'], kind: Kind, entry: Entry): void {
    this.failures = 0
    this.state.error = ''
    this.state.refusal = null
    this.state.draft = accepted(this.state.draft, sent, kind, entry)
    this.state.entry = entry
    this.state.overtaken = entry.state === 'complete' && this.dirty // what was typed behind the key that completed it
    this.state.savedAt = serverNow()
    this.announce(entry)
  }

  private async onFailed(error: ApiError, sent: Draft['unsure'], kind: Kind): Promise<void> {
    const s = this.state
    if (error.status === 409) {
      try {
        this.adopt(error.entry || (await api.entry(this.id)))
        return
      } catch {
        // Could not learn what stands there: as good as offline.
      }
    } else if (!error.offline && error.status < 500 && error.status !== 401 && error.status !== 429) {
      if (named(error)) { // what else was typed is not kept back by a name
        s.draft.form.answered_by = slot(s.draft.base.answered_by.value)
        notify(() => problemText(error), 'bad')
        this.settle()
        this.schedule(0)
        return
      }
      s.save = 'refused'
      s.error = error.message
      s.refusal = error
      return
    }
    s.draft = { ...s.draft, unsure: { ...s.draft.unsure, ...sent }, unsureKind: kind === s.draft.baseKind ? s.draft.unsureKind : kind }
    s.save = 'retry'
    s.error = error.message
    s.refusal = error
    this.schedule(backoffMs(Math.min(4, ++this.failures)))
  }

  /** Tries again at once, for instance when the connection is back. */
  kick(): void {
    if (this.dirty && !this.busy && this.state.save !== 'refused') this.schedule(0)
  }

  /** A newer state of this entry arrived from the server. */
  onServer(entry: Entry): void {
    if (this.busy) {
      if (!this.later || entry.revision > this.later.revision) this.later = entry
      return
    }
    if (entry.revision < this.state.draft.revision) return
    if (entry.revision === this.state.draft.revision) {
      this.state.entry = entry
      return
    }
    this.adopt(entry)
    this.keep()
    if (this.state.save !== 'retry' && this.state.save !== 'refused') this.settle()
  }

  private adopt(entry: Entry): void {
    const before = this.state.draft
    const after = rebase(before, entry)
    const merged = (Object.keys(after.form) as Field[]).filter((f) => !sameSlot(before.form[f], after.form[f]))
    const typing = isDirty(before) || Date.now() - this.typedAt < TYPING_MS
    this.state.overtaken = entry.state === 'complete' && (this.state.overtaken || (this.state.entry.state !== 'complete' && typing))
    // The field in which somebody types must not vanish with the kind that the other one chose.
    this.state.draft = this.state.overtaken && isDirty(before) ? { ...after, kind: before.kind } : after
    this.state.entry = entry
    this.state.merged = merged
    this.announce(entry)
  }

  /** Completes the entry, or says what is in the way. */
  async complete(): Promise<CompleteResult> {
    return this.finish(this.state.draft.kind)
  }

  /** Closes the entry by one key as a kind that requires nothing. */
  async closeAs(kind: Kind): Promise<CompleteResult> {
    const before = this.state.draft.kind
    this.state.draft.kind = kind
    this.keep()
    const result = await this.finish(kind)
    if (result === 'done') this.state.undoKind = before
    return result
  }

  private async finish(kind: Kind): Promise<CompleteResult> {
    clearTimeout(this.timer)
    while (this.busy) await this.busy
    const s = this.state
    if (inConflict(s.draft)) return 'conflict'
    s.missing = missingFields(kind, s.draft.form, s.entry, true) // whether a scan is attached the daemon knows best
    if (s.missing.length) {
      this.schedule(0)
      return 'missing'
    }
    const patch: EntryPatch = patchOf(s.draft) || { revision: s.draft.revision }
    let failed = await this.send({ ...patch, state: 'complete' })
    if (failed && failed.status === 409 && !inConflict(s.draft)) {
      clearTimeout(this.timer)
      failed = await this.send({ ...(patchOf(s.draft) || { revision: s.draft.revision }), state: 'complete' })
    }
    if (!failed) return 'done'
    if (failed.status === 409) return 'conflict'
    if (failed.missing.length) {
      s.missing = failed.missing as Field[]
      s.save = 'dirty'
      this.schedule(0)
      return 'missing'
    }
    return failed.offline || failed.status >= 500 || failed.status === 401 ? 'offline' : 'refused'
  }

  /** Opens a complete entry again for a correction, with another kind when an undo asks for it. */
  async reopen(reason: string, kind?: Kind): Promise<boolean> {
    while (this.busy) await this.busy
    if (kind) this.state.draft.kind = kind
    this.state.undoKind = null
    hold(this.id)
    const patch = patchOf(this.state.draft) || { revision: this.state.draft.revision }
    return !(await this.send({ ...patch, state: 'open', reason }))
  }

  /** Corrects when a late entry came; null: done. Where the time is refused, what else was typed is saved apart. */
  async cameAt(at: string): Promise<ApiError | null> {
    while (this.busy) await this.busy
    hold(this.id)
    const patch = patchOf(this.state.draft) || { revision: this.state.draft.revision }
    const failed = await this.send({ ...patch, late_at: at })
    if (failed && this.state.save === 'refused') {
      this.settle()
      this.schedule(0)
    }
    return failed
  }

  /** Whoever typed into an entry that somebody else completed lets go of what was typed. */
  letGo(): void {
    this.state.draft = draftOf(this.state.entry)
    this.state.overtaken = false
    this.state.refusal = null
    this.settle()
    this.keep()
  }

  /** Ends the saving; what was not saved stays on this PC for the same person. */
  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    this.keep()
  }

  dirtyFields(): Field[] {
    return dirtyFields(this.state.draft)
  }
}
