// 编制稿: what is typed into the cells of a month. It is saved by itself as the draft of the month; what the daemon does
// not have yet is kept on this PC, and laid on what stands there when the month is opened again.
import { reactive } from 'vue'
import { ApiError } from '@/api/client'
import { rosterApi, type Person, type RosterMonth, type Shift } from '@/api/roster'
import { problemText } from '@/i18n/problems'
import {
  DEFAULT_SLOTS, WHOLE_SLOTS, cellAt, cellKey, draftCells, layOn, ownShifts, phoneOf, shiftAt, slotsOf, slotsWith, typedCells,
  type Cell, type Clash, type Slot, type TypedCells,
} from '@/logic/roster'
import { session } from './session'
import { typedOnPC } from './typed'

const SAVE_MS = 900
const FLUSH_MS = 3000
/** The base of what waits for a word, because the draft was changed elsewhere. */
const ASKS = -1

interface TypedMonth {
  /** The revision of the draft into which it was typed. */
  base: number
  cells: TypedCells
}
const months = typedOnPC<TypedMonth>('roster', (d) => {
  const all = d.cells || {}
  const cells: TypedCells = {}
  for (const key of Object.keys(all)) {
    const { name, phone, was } = all[key]
    if (cellAt(key) && typeof name === 'string' && typeof was === 'string') cells[key] = { name, phone: String(phone || ''), was }
  }
  return Object.keys(cells).length ? { base: Number(d.base) || 0, cells } : null
})
const user = () => (session.user ? session.user.username : '')

/** Months of which who is signed in typed something that the daemon does not have, the earliest first. */
export function keptMonths(): string[] {
  const prefix = months.prefix + encodeURIComponent(user()) + '/'
  try {
    return user() ? Object.keys(localStorage).filter((k) => k.indexOf(prefix) === 0).map((k) => decodeURIComponent(k.slice(prefix.length))).sort() : []
  } catch {
    return []
  }
}

/** The draft that is shown. */
let shown: RosterDraft | null = null

/** Sends what is typed into the roster, for at most a few seconds; true when the daemon has all of it. */
export async function flushRoster(): Promise<boolean> {
  if (shown) await Promise.race([shown.save(), new Promise((r) => setTimeout(r, FLUSH_MS))])
  return !(shown && shown.unsaved) && !keptMonths().length
}

const copyOf = (cells: Record<string, Cell>): Record<string, Cell> => {
  const copy: Record<string, Cell> = {}
  for (const key of Object.keys(cells)) copy[key] = { ...cells[key] }
  return copy
}

/** What the page shows: the month as the daemon told it last, and who may stand in it. */
interface Around {
  month: RosterMonth | null
  people: Person[]
}

export class RosterDraft {
  readonly state = reactive({
    editing: false,
    usual: 'two' as 'two' | 'one',
    slots: DEFAULT_SLOTS as Slot[],
    cells: {} as Record<string, Cell>,
    /** stale: the draft was changed elsewhere, and what was typed here waits for a word. */
    saving: '' as '' | 'saving' | 'saved' | 'stale' | 'failed',
    why: '',
    /** What the daemon does not have. */
    typed: {} as TypedCells,
    /** Cells that somebody else changed, too. */
    clashes: [] as Clash[],
  })
  private readonly who = user()
  private month = ''
  private stored: Record<string, Cell> = {} // the cells as the daemon has them
  private base = 0 // the revision of the draft that they are of
  private timer: ReturnType<typeof setTimeout> | undefined
  private sending: Promise<void> | null = null

  /** AROUND tells of the page, and TAKE shows there what the daemon answers. */
  constructor(private readonly around: () => Around, private readonly take: (m: RosterMonth) => void) {
    shown = this
  }

  get unsaved(): number {
    return Object.keys(this.state.typed).length
  }

  /** Opens the draft of the month that is shown, with what was left of it on this PC. */
  begin(): void {
    const m = this.around().month
    if (!m) return
    this.month = m.month
    this.state.editing = true
    const left = this.who ? months.kept(this.who, m.month) : null
    if (left) this.lay(m, left)
    else this.put(m)
  }

  /** The month was read anew: a draft that somebody else changed is shown as it stands. */
  follow(): void {
    const m = this.around().month
    if (!this.state.editing || !m || m.month !== this.month || this.sending) return
    if (m.draft.revision > this.base || (this.base && !m.draft.revision)) this.lay(m, { base: this.base, cells: this.state.typed })
  }

  /** Puts what the daemon has into the cells. */
  private put(m: RosterMonth): void {
    const shifts = m.draft.revision ? m.draft.shifts : ownShifts(m.shifts, m.month)
    this.state.slots = slotsOf(shifts, this.state.usual === 'one' ? WHOLE_SLOTS : DEFAULT_SLOTS)
    this.stored = draftCells(shifts)
    this.base = m.draft.revision
    this.clear()
  }
  private clear(): void {
    clearTimeout(this.timer)
    Object.assign(this.state, { cells: copyOf(this.stored), typed: {}, clashes: [], saving: '' })
  }

  /** Lays what was typed on what stands now. It is saved where nobody changed the draft since, and waits for a word elsewhere. */
  private lay(m: RosterMonth, was: TypedMonth): void {
    this.put(m)
    const s = this.state
    s.slots = slotsWith(s.slots, was.cells)
    s.clashes = layOn(s.cells, was.cells)
    if (was.base !== this.base || s.clashes.length) {
      s.saving = 'stale'
      s.typed = was.cells
    }
    this.typed()
  }

  /** A cell was typed into: it is kept, and saved soon. */
  typed(): void {
    this.note()
    const s = this.state
    clearTimeout(this.timer)
    if (!this.unsaved && (s.saving === 'stale' || !this.sending)) s.saving = 'saved'
    else if (s.saving !== 'stale') {
      s.saving = 'saving'
      this.timer = setTimeout(() => void this.save(), SAVE_MS)
    }
  }

  /** Keeps on this PC what the daemon does not have. */
  private note(): void {
    const stale = this.state.saving === 'stale'
    const typed = typedCells(this.stored, this.state.cells)
    for (const key of Object.keys(typed)) { // against what it was typed, until somebody says what shall be
      if (stale && this.state.typed[key]) typed[key].was = this.state.typed[key].was
    }
    this.state.typed = typed
    if (this.who) months.keep(this.who, this.month, { base: stale ? ASKS : this.base, cells: typed })
  }

  /** True when the daemon has everything. One saving goes after the other: two on one revision would tell of somebody else. */
  async save(whole = false): Promise<boolean> {
    clearTimeout(this.timer)
    while (this.sending) await this.sending
    const s = this.state
    if (!s.editing) return true
    if (s.saving === 'stale') return false
    if (this.unsaved || whole) {
      this.sending = this.send().then(() => { this.sending = null })
      await this.sending
    } else if (s.saving !== 'saved') s.saving = ''
    return !this.unsaved && s.saving !== 'failed'
  }
  private async send(): Promise<void> {
    const sent = copyOf(this.state.cells)
    this.state.saving = 'saving'
    try {
      const m = await rosterApi.saveDraft(this.month, this.base, this.shifts())
      this.stored = sent
      this.base = m.draft.revision
      this.note()
      this.state.saving = this.unsaved ? 'saving' : 'saved'
      this.take(m)
    } catch (e) {
      this.state.saving = 'failed'
      this.state.why = problemText(e)
      if (e instanceof ApiError && e.status === 409) await this.overtaken()
    }
  }
  /** What stands now is fetched. An answer that was lost is found here, too: then nothing waits. */
  private async overtaken(): Promise<void> {
    try {
      const m = await rosterApi.month(this.month)
      this.take(m)
      this.lay(m, { base: this.base, cells: this.state.typed })
    } catch {
      // It is told as not saved, and the next try comes here again.
    }
  }
  private shifts(): Shift[] {
    const { month, people } = this.around()
    const known = month ? month.draft.shifts.concat(month.shifts) : []
    const out: Shift[] = []
    for (const { date } of month ? month.days : []) {
      for (const slot of this.state.slots) {
        const cell = this.state.cells[cellKey(date, slot)]
        if (cell && cell.name.trim()) out.push(shiftAt(date, slot, { name: cell.name, phone: phoneOf(cell.name.trim(), people, known) || cell.phone }))
      }
    }
    return out
  }

  /** The connection is there again. */
  again(): void {
    if (this.state.editing && this.unsaved) void this.save()
  }
  /** What was typed here stands, whatever somebody else put into the same cells. */
  agree(): Promise<boolean> {
    this.state.saving = ''
    this.state.clashes = []
    this.note()
    return this.save()
  }
  /** What was typed here is thrown away. */
  discard(): void {
    this.clear()
    this.note()
  }
  /** The draft is in force, dropped or left: nothing of it is saved any more. */
  end(): void {
    this.discard()
    this.state.editing = false
  }
  /** Nothing that is under way comes after what is done next. */
  async settle(): Promise<void> {
    clearTimeout(this.timer)
    while (this.sending) await this.sending
  }
  setUsual(which: 'two' | 'one'): void {
    this.state.slots = which === 'one' ? WHOLE_SLOTS : DEFAULT_SLOTS
    this.state.usual = which
  }
  /** The page is left: what is typed is sent, and stays on this PC where that fails. */
  leave(): void {
    void this.save()
    if (shown === this) shown = null
  }
}
