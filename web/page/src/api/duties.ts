// The JSON of handovers and dated duties.
import type { FilingDuty } from './roster'
import type { Field, Kind, Post, StepChannel, StepKind } from './types'

export interface Person {
  login: string
  name: string
  at: string | null
}

export interface Matter {
  entry_id: string
  entry_number: string
  at: string | null
  kind: Kind
  who: string
  number: string
  what: string
  /** 紧急 or 特急; absent: neither. */
  urgency?: string
  missing: Field[]
  /** How far it is handled; absent where no step was written. */
  handling?: string
  late?: boolean
  /** Its caller was missed and is still to be called back. */
  call_back?: boolean
  /** How its call ended that nobody answered; absent on older sheets. */
  outcome?: string
  /** What was done about it so far; absent: nothing, and on older sheets. */
  steps?: OpenStep[]
  earlier_steps?: number
}

/** A handling step of a matter that is not closed. */
export interface OpenStep {
  kind: StepKind
  at: string | null
  by: string
  whom: string
  text: string
  channel?: StepChannel
  due?: string
  written_at?: string
}

export interface Unseen {
  from: string | null
  to: string | null
  cause: string
}

/** An incident that goes on, as a sheet shows it. */
export interface OpenIncident {
  id: number
  number: string
  state: 'open' | 'closed' | 'merged'
  title: string
  clock_start: string | null
  next: string
  due_at: string | null
  unapproved: string[]
  /** Reports that went out, and who did not get them; absent: everybody did. */
  lacking?: string[]
  /** Approvals by telephone that wait for the person's own word; an older daemon does not say. */
  waiting?: string[]
  instructions: { number: number; whom: string; text: string; at: string | null; due_at: string | null }[]
}

export interface Sheet {
  form: number
  from: string | null
  outgoing: string
  matters: Matter[]
  alerts: { id: number; reason: string; title: string; severity: string; state: string; line: string; detail: string; at: string | null; by: string }[]
  lamps: { line: string; lamp: string; state: 'good' | 'bad' | 'unknown'; cause: string; since: string | null }[]
  test: { id: number; at: string | null; line: string; verdict: string; ringback: string } | null
  /** Absent: there are none. */
  incidents?: OpenIncident[]
  duties: { rule: number; key: string; title: string; due_at: string | null; state: TaskState }[]
  blind: Unseen[]
  /** How much more there was than the sheet lists; absent: it lists everything. */
  unlisted?: { matters: number; alerts: number; incidents: number }
  /** Absent on sheets of form 1, which said nothing of it. */
  down?: Unseen[]
  counts: { calls: number; missed: number; answered_late: number; outgoing: number; entries: number; callers_waiting?: number; others_waiting?: number }
  remarks: string
}

export type Part = 'outgoing' | 'incoming' | 'chief' | 'leader'

export interface Handover {
  id: number
  at: string
  from: string
  outgoing: Person | null
  incoming: Person
  unsigned: string
  digest: string
  erased_by?: number
  confirmations: { part: Part; login: string; name: string; at: string }[]
  sheet?: Sheet
}

export interface HandoverNow {
  last: Handover | null
  why: 'no_roster' | 'still_theirs' | 'awaited' | 'handover_late'
  shift_end: string | null
  deadline: string | null
  expected: string
  sheet: Sheet
  sheet_digest: string
}

export interface Second {
  username: string
  password: string
}

export interface Takeover {
  sheet_digest: string
  remarks?: string
  second?: Second
  unsigned?: string
  take_desk?: boolean
}

export type TaskState = 'coming' | 'due' | 'overdue' | 'missed' | 'done' | 'done_late' | 'not_needed'
export type CheckState = 'good' | 'faulty' | 'absent'

export interface Check {
  item: string
  state: CheckState
  remark?: string
}

export interface Task {
  rule: number
  key: string
  title: string
  basis: string
  post: Post
  due_at: string
  opens_at: string
  /** Before it nobody can have done it; null: it may be done as early as somebody likes. */
  not_before: string | null
  lapses_at: string | null
  state: TaskState
  checks: string[]
  /** The filing of the roster by which alone it is done; null: it is done by a mark. */
  filing: { state: FilingDuty['state']; filing: number; due_presumed: boolean } | null
  mark: { id: number; says: 'done' | 'not_needed' | 'open'; text: string; entry: string; call_id: string; checks: Check[]; by: Person } | null
}

export interface TaskPage {
  items: Task[]
  waiting: number
  next_cursor: string
}

export interface Mark {
  key: string
  due_at: string
  before?: number
  says: 'done' | 'not_needed' | 'open'
  text?: string
  entry?: string
  checks?: Check[]
}

export const EVERY = ['once', 'day', 'week', 'month', 'special_day', 'holidays_end', 'before_special', 'before_months_last', 'month_filing', 'special_filing', 'shift', 'absence'] as const
export type Every = (typeof EVERY)[number]

export interface TaskRule {
  rule?: number
  /** Which version it is: a change is made against it. */
  version?: number
  seed?: string
  title: string
  basis?: string
  post: Post
  every: Every
  clock?: string
  weekday?: number
  day?: number
  date?: string
  after_minutes?: number
  lead_minutes?: number
  checks?: string[]
  ended?: boolean
  by?: Person
}

export interface Absence {
  absence?: number
  /** The version that was read: a change of an older one is refused. */
  version?: number
  person: string
  why: string
  place: string
  leaves_at: string
  returns_at: string
  stand_in: string
  stand_in_title: string
  change?: string
  by?: Person
}
