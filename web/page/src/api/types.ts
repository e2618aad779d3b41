// The JSON of the daemon's API under /api/v1. Instants are RFC 3339 with milliseconds on the
// switch's clock, absent ones are null; *_ms are integer milliseconds.

export type LineStateName = 'idle' | 'ringing' | 'talking' | 'unreachable' | 'unknown'
export type Role = 'officer' | 'chief' | 'leader' | 'supervisor' | 'auditor' | 'admin' | 'reader'
export type Kind = 'duty' | 'missed' | 'wrong_number' | 'nuisance' | 'spot_check' | 'outgoing' | 'non_duty' | 'step' | WrittenKind
/** What did not come by telephone: a person opens such an entry. */
export type WrittenKind = 'fax' | 'wechat' | 'visit' | 'patrol' | 'warning'
export type GapWhy = 'not_given' | 'refused' | 'not_possible'

/** Fields of an entry that a person fills in. */
export const FIELDS = [
  'caller_unit', 'caller_person', 'caller_title', 'contact_number', 'content', 'category', 'read_back',
  'call_back_result', 'inspector', 'check_result', 'called_whom', 'called_why', 'answered_by',
  'warning_level', 'valid_until', 'passed_to', 'urgency', 'happened_at', 'place', 'cause', 'casualties', 'losses', 'measures', 'trend',
  'needs', 'also_told', 'proposed_handling', 'result', 'follow_up_number', 'classification', 'late_reason', 'paper_sheet',
] as const
export type Field = (typeof FIELDS)[number]

export interface Session {
  username: string
  name: string
  role: Role
  must_change_password: boolean
  locked?: boolean
  /** Without a key or a click the session locks; 0: never. */
  lock_after_ms?: number
}

export interface Rule {
  on_ms: number
  off_ms: number
  offset_ms: number
  limit: number
  version: string
}

export interface Fault {
  finding: string
  detail: string
}

export interface Line {
  line: string
  number?: string
  state: LineStateName
  since: string | null
  call_id: string
  rang_at: string | null
  ring: number | null
  limit: number
  rule: Rule
  now: string
  /** The switch's clock then; an older daemon does not say. */
  switch_now?: string
  /** false: the duty log does not have this state yet. */
  logged?: boolean
  faults?: Fault[] | null
}

export interface OnDuty {
  name: string
  phone: string
  from: string
  to: string
}
export type Post = 'duty_officer' | 'duty_section_chief' | 'duty_leader'
export type Duty = Record<Post, OnDuty | null> & {
  /** The officer by the last confirmed handover; null: nobody took over yet. */
  responsible?: { login: string; name: string; at: string } | null
}

export type RecordingStatus = 'none' | 'pending' | 'sealed' | 'missing' | 'failed' | 'expired' | 'erased'
export interface Recording {
  status: RecordingStatus
  sha256: string
  duration_ms: number | null
  reason: string
}

export interface Call {
  id: string
  line: string
  direction: 'in' | 'out'
  caller: string
  caller_e164: string
  caller_name: string
  called: string
  called_e164: string
  outcome: string
  tags: string[]
  offered_at: string | null
  rang_at: string | null
  answered_at: string | null
  ended_at: string | null
  ring_ms: number | null
  caller_ring_ms: number | null
  rings: number
  rule: string
  hangup_by: '' | 'caller' | 'officer' | 'system'
  forwarded_to: string
  redirected_from: string
  findings: string[]
  /** Whose word the end is; an older daemon does not say. */
  settled_by?: '' | 'journal' | 'ari'
  entry_id: string
  recording: Recording | null
}

export interface Gap {
  why: GapWhy
  reason: string
}

export interface Candidate {
  contact_id: number
  unit: string
  person: string
  title: string
  number: string
  superior: boolean
  /** Why it stands where it stands among the others; entries of an older daemon do not say it. */
  reason?: 'taken_last' | 'taken_before' | 'only_one' | 'newest_check' | 'listed'
  /** How many of the last entries with this number named it. */
  taken?: number
}

export interface Entry extends Record<Field, string> {
  id: string
  entry_number: string
  call_id: string
  line: string
  kind: Kind
  state: 'open' | 'complete'
  revision: number
  call_at: string | null
  number: string
  number_e164: string
  rostered: string
  responsible: string
  written_by: string
  read_back_by: string
  read_back_at: string | null
  opened_at: string | null
  completed_at: string | null
  gaps: Partial<Record<Field, Gap>>
  candidates: Candidate[]
  missing: Field[]
  /** Kinds that fit the call; an older daemon does not say. */
  kinds?: Kind[]
  /** Something was changed after it had been read back. */
  changed_after_read_back?: boolean
  /** What was erased by decision; an older daemon does not say. */
  erased?: { decision: number; at: string | null; fields: Field[] }[]
  /** How far the matter is, by its steps; an older daemon says nothing of what follows. */
  handling?: Handling
  closed_at?: string | null
  steps?: Step[]
  /** Names of what is attached, where a search by words found the entry. */
  attached?: string[]
  /** The entry of which this one's call is a step. */
  step_of?: string
  /** It was written afterwards: call_at is when it came, opened_at when it was written. */
  late?: { blind: string | null; scanned?: boolean } | null
  /** Why this revision changes what was complete. */
  correction?: string
  reopened_at?: string | null
  read_back_began_at?: string | null
  /** The legal hold that stands now. */
  hold?: { reason: string; by: { login: string; name: string }; at: string | null } | null
}

export type StepKind = 'received' | 'reported' | 'instructed' | 'passed_on' | 'acknowledged' | 'fed_back' | 'closed'
export type Handling = '' | Exclude<StepKind, 'acknowledged'>
export interface By {
  login: string
  name: string
  role: string
}
/** A line of an entry's handling 办理过程. */
export interface Step {
  number: number
  kind: StepKind
  at: string
  whom: string
  text: string
  /** By which way a report went upwards, and until when a step is to be answered; an older daemon says nothing of them. */
  channel?: StepChannel | ''
  due?: string | null
  call_id: string
  by: By
  written_at: string
  struck: { reason: string; by: By; at: string } | null
}
export interface StepDraft {
  kind: StepKind
  at?: string
  whom?: string
  text?: string
  channel?: StepChannel
  due?: string
  call_id?: string
}
export interface StepRule {
  kind: StepKind
  whom: boolean
  text: boolean
  moves: boolean
  channel?: boolean
  due?: boolean
}
/** The ways by which a report goes: those of an incident's reports. */
export type StepChannel = 'phone' | 'wechat' | 'fax' | 'system'
/** An open entry that an outgoing call may serve. */
export interface Service {
  entry: Entry
  why: 'same_number' | 'number_named' | 'to_superior' | 'recent'
  step: StepKind
}
export type Relation = 'same_matter' | 'same_event'
export interface EntryLink {
  relation: Relation
  entry: Entry
  direct: boolean
  by: By
  at: string
}

/** Of a search unread counts the changes of the log that it does not know yet. */
export interface EntryPage extends Page<Entry> {
  unread?: number
}

/** PATCH of an entry: the revision that was seen and what changes. */
export interface EntryPatch extends Partial<Record<Field, string>> {
  revision: number
  kind?: Kind
  state?: 'open' | 'complete'
  gaps?: Partial<Record<Field, Gap | null>>
  /** When a late entry came. */
  late_at?: string
  /** Why a complete entry is changed. */
  reason?: string
}

export interface Revision {
  entry: Entry
  by: { login: string; name: string; role: string }
  at: string
}

export interface KindRule {
  kind: Kind
  required: Field[]
  gaps: Partial<Record<Field, GapWhy[]>>
}
export interface EntryKinds {
  items: KindRule[]
  categories: string[]
  urgencies?: string[]
  classifications?: string[]
  warning_levels?: string[]
  written?: WrittenKind[]
  steps?: StepRule[]
}

export interface Peaks {
  duration_ms: number
  per_second: number
  caller: number[]
  officer: number[]
}

/** On a locked screen only reason, state, line, call_id and opened_at are there. */
export interface Alert {
  id: number
  key?: string
  rule: string
  reason: string
  certainty: 'certain' | 'proved_by_test' | 'informative' | 'weak'
  severity: 'info' | 'warning' | 'critical'
  state: 'open' | 'acknowledged' | 'resolved'
  line: string
  call_id: string
  finding?: string
  detail?: string
  evidence?: AlertEvidence[]
  opened_at: string
  /** When what happened was found afterwards; an older daemon says neither this nor the next two. */
  found_at?: string | null
  /** Of how many calls, or moves of a phone, it tells; call_id is the newest. */
  times?: number
  last_at?: string | null
  acknowledged_at: string | null
  acknowledged_by: string
  note: string
  resolved_at: string | null
  reopened?: number
  reopened_at?: string | null
  muted_until?: string | null
  muted_rule?: boolean
  muted_by?: string
  muted_reason?: string
  told_post?: string
  told_person?: string
  told_at?: string | null
  next_post?: string
  next_at?: string | null
  /** false: the duty log does not have it yet; it comes again when it does. */
  logged?: boolean
}

/** What an alert rests on; audio is the recording of the call that ref names. */
export interface AlertEvidence {
  kind: 'call' | 'event' | 'sip' | 'journal' | 'audio' | 'test'
  ref: string
  text: string
  /** What text says, by a name and its parameters; null or absent of SIP and of older alerts. */
  said?: EvidenceSaid | null
  test?: { verdict: string; reason: string; ringback: string } | null
  at: string | null
}

export interface EvidenceSaid {
  name: string
  number?: string
  endpoint?: string
  event?: string
  status?: string
  application?: string
  uri?: string
  state?: string
  finding?: string
  detail?: string
}

/** Who called, of an alert about a call that came in. */
export interface AlertCaller {
  call_id: string
  number: string
  name: string
}
export interface AlertPage extends Page<Alert> {
  callers?: AlertCaller[]
  open: number
  /** Whether people are called about alerts; an older daemon does not say. */
  calls?: boolean
}

/** A call that the daemon placed to somebody about an alert. */
export interface AlertCall {
  person: string
  channel: string
  trunk: string
  waited_at: string | null
  at: string | null
  ended_at: string | null
  outcome: string
  detail: string
}

/** A way by which alerts leave the building, and how it does. */
export interface Channel {
  name: string
  kind: string
  least: Alert['severity']
  waiting: number
  waiting_since: string | null
  delivered_at: string | null
  error: string
  test: ChannelTest | null
}

export interface ChannelTest {
  at: string
  by: string
  delivered: boolean
  error: string
}

export interface Health {
  switch: { connected: boolean; since: string | null; detail: string }
  log: { ok: boolean; detail?: string }
  recorder: { pending: number; detail: string }
  practice: boolean
  version: string
  /** The switch's own journal, the second eye. */
  journal?: { ok: boolean; detail: string; last_row: string | null; configured: boolean }
}

/** One thing on which the line depends. */
export interface Lamp {
  lamp: string
  state: 'good' | 'bad' | 'unknown'
  severity: '' | 'warning' | 'critical'
  since: string | null
  cause: string
  detail: string
  why: string
}

export interface Lamps {
  line: string
  state: Lamp['state']
  /** When it was judged; null: it is not judged now. */
  at: string | null
  now: string
  lamps: Lamp[]
}

export type IntervalKind = 'live_down' | 'journal_down' | 'switch_down' | 'blind'
/** Something was not seen, or not there; to is null while it goes on. */
/** A file that belongs to an entry. */
export interface Attachment {
  id: number
  name: string
  type: string
  size: number
  sha256: string
  by: string
  at: string
  state: 'kept' | 'erased' | 'expired'
  decision: number
  /** Why it was attached to an entry that was complete. */
  reason?: string
}

export interface Interval {
  kind: IntervalKind
  from: string | null
  to: string | null
  cause: string
  seconds: number
  /** Entries that were written afterwards of it. */
  late?: { entry_id: string; entry_number: string }[]
}

export interface Page<T> {
  items: T[]
  next_cursor: string
}

/** Something that does not agree between calls, recordings and entries. */
export interface LedgerItem {
  key: string
  kind: string
  why: string
  call_id: string
  entry_id: string
  name: string
  cause: string
  state: 'open' | 'resolved'
  since: string | null
  resolved_at: string | null
  accepted: { by: { login: string; name: string; role: string }; reason: string; at: string | null } | null
}
export interface LedgerPage extends Page<LedgerItem> {
  open: number
  looked_at: string | null
  problem: string
}

/** A test call from the second line. */
export interface TestCall {
  id: number
  at: string
  /** null: it runs. */
  ended_at: string | null
  line: string
  cause: 'on_demand' | 'schedule' | 'handover'
  by: string
  verdict: '' | 'reachable' | 'forwarded' | 'custom_ringback' | 'busy' | 'no_ring' | 'cannot_tell'
  reason: string
  ringback: string
  rang_after: number | null
  bell_seconds: number | null
  seconds: number
  call_id: string
  recognised_by: '' | 'token' | 'number'
  hung_up: string
  status: number
  heard: string
  detail: string
  audio: boolean
}
export interface TestPage {
  items: TestCall[]
  second_line: boolean
  number: string
  next_at: string | null
  unknowable: string[]
}

export interface PracticeCall {
  from: string
  name: string
  /** 0: at once; absent: never. */
  answer_after_ms?: number
  talk_ms?: number
}

/** What is said of an entry that is written afterwards. */
export interface LateDraft {
  late: { at: string; blind?: string }
  late_reason: string
  paper_sheet?: string
}

/** One printing of blank numbered sheets. */
export interface BlankSheets {
  id: number
  first: string
  last: string
  at: string | null
  by: string
  used: { sheet: string; entry_id: string; entry_number: string }[]
}
