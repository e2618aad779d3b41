// Incidents 突发事件 as the daemon tells them, and what can be done with one. Every deed has a key of its
// own: sent twice, after a lost answer, it is done once.
import { BASE, query, request } from './client'
import type { By } from './types'

export const ELEMENTS = ['unit', 'time', 'place', 'cause', 'nature', 'losses', 'casualties', 'measures', 'trend'] as const
export type Element = (typeof ELEMENTS)[number]
export type Elements = Partial<Record<Element, string>>
export type Stage = 'first' | 'written' | 'detailed' | 'follow_up' | 'final'
export type ReportState = 'draft' | 'sent' | 'late' | 'coming' | 'not_due'
export type Part = 'review' | 'sign'
export const RECIPIENTS = ['superior_bureau', 'party_committee', 'government'] as const
export type Recipient = (typeof RECIPIENTS)[number]
export const CHANNELS = ['phone', 'wechat', 'fax', 'system'] as const
export type Channel = (typeof CHANNELS)[number]
export const CATEGORIES = ['work_safety', 'dangerous_goods', 'collapse', 'road', 'fire', 'special_equipment', 'crowd', 'natural', 'supply', 'other'] as const
export const TRIGGERS = ['sensitive_event', 'sensitive_place', 'sensitive_time'] as const

export interface IncidentEntry {
  id: string
  entry_number: string
  at: string
  who: string
  number: string
  call_id: string
  content: string
  says: Elements
  fact: number
}
export interface Approval {
  fact: number
  part: Part
  version: number
  login: string
  name: string
  role: string
  at: string
  by_phone: boolean
  call_id: string
  /** Whose the call's number is, where it is not known as theirs, and why it proves it all the same; an older daemon does not say. */
  call_with?: string
  call_reason?: string
  noted_by: By | null
  confirmed_at: string | null
  /** The time is over within which the person is to confirm it; an older daemon does not say. */
  unconfirmed?: boolean
  denied_at: string | null
  denied_why: string
  /** Nothing proves it; an older daemon does not say. */
  unproved?: boolean
}
export interface Delivery {
  fact: number
  version: number
  recipient: Recipient
  channel: Channel
  at: string
  receiver: string
  call_id: string
  attachment: number | null
  evidence: string
  call_with?: string
  call_reason?: string
  by: By
  /** Nothing proves it; an older daemon does not say. */
  unproved?: boolean
  /** After the deadline, and nothing of it went there before; an older daemon does not say. */
  late?: boolean
}
/** For whom a report came late; AT null: they have not got it. */
export interface LateTo {
  recipient: Recipient
  at: string | null
}
/** That a recipient got a report by an incident that was merged into this one. */
export interface SentElsewhere {
  incident: number
  recipient: Recipient
  channel: Channel
  at: string
}
export interface Version {
  version: number
  at: string
  by: By
  elements: Elements
  text: string
}
/** An element that a draft has from an entry; other entries may say otherwise. */
export interface Drawn {
  element: Element
  entry_id: string
  differs: boolean
}
export interface Report {
  number: number
  stage: Stage
  nth: number
  due_at: string | null
  state: ReportState
  sent_late: boolean
  /** The final report that told it before its deadline; 0 or, from an older daemon, nothing: none did. */
  covered_by?: number
  /** The incident, merged into this one, by which it was sent; 0: this one. */
  sent_in?: number
  version: number
  versions: Version[]
  elements: Elements
  /** What an unwritten one has from an entry, the earliest that says it; an older daemon does not say. */
  from_entries?: Drawn[]
  changed: Element[]
  missing: Element[]
  text: string
  sent_at: string | null
  approved_at: string | null
  approved_by: string
  /** Signed by telephone, and not confirmed yet; an older daemon does not say. */
  approved_unconfirmed?: boolean
  approvals: Approval[]
  deliveries: Delivery[]
  /** Who got it after its deadline, or not although that is over; an older daemon does not say. */
  late_to?: LateTo[]
  /** An older daemon does not say. */
  sent_elsewhere?: SentElsewhere[]
}
export interface Due {
  number: number
  stage: Stage
  nth: number
  due_at: string
  late: boolean
}
export interface InstructionStep {
  fact: number
  whom: string
  text: string
  at: string
  by: By
}
export interface Instruction {
  number: number
  whom: string
  at: string
  text: string
  attachment: number | null
  due: string | null
  overdue: boolean
  conveyed: InstructionStep[]
  feedback: InstructionStep[]
  closed_at: string | null
  closed_text: string
}
export interface Callout {
  fact: number
  whom: string
  part: string
  number: string
  result: string
  call_id: string
  at: string
  by: By
}
export interface SceneNote {
  fact: number
  kind: string
  whom: string
  text: string
  call_id: string
  at: string
  by: By
}
/** What a fact says, as it is kept: each kind fills in what it needs. */
export interface FactBody {
  entry?: string
  from?: string
  intake?: string
  was?: string
  category?: string
  trigger?: string
  elements?: Elements
  start?: string
  reason?: string
  report?: number
  version?: number
  text?: string
  login?: string
  name?: string
  recipient?: string
  channel?: string
  receiver?: string
  call_id?: string
  evidence?: string
  call_with?: string
  call_reason?: string
  attachment?: number
  whom?: string
  part?: string
  phone?: string
  result?: string
  due?: string
  fact?: number
  incident?: number
  unproved?: boolean
}
export interface Fact {
  seq: number
  kind: string
  at: string
  written_at: string
  by: By
  body: FactBody
  struck: { reason: string; by: By; at: string } | null
  /** Whoever asked may strike it out. */
  may_strike?: boolean
}
export interface Waiting {
  /** In which it was noted, and is confirmed: this one, or one that was merged into it; an older daemon does not say. */
  incident?: number
  report: number
  fact: number
  part: Part
  login: string
  name: string
  at: string
}
export interface Schedule {
  /** Within how many minutes of an essential change the next report is due. */
  essential_minutes: number
  /** How many minutes before a deadline it is told. */
  soon_minutes: number
}
/** As a list has it. */
export interface IncidentRow {
  id: number
  number: string
  state: 'open' | 'closed' | 'merged'
  category: string
  trigger: string
  title: string
  clock_start: string
  clock_natural: string
  clock_reason: string
  /** Its deadlines, as they were in force when it was opened; an older daemon does not say. */
  schedule?: Schedule
  next_due: Due | null
  waiting: Waiting[]
  ended_at: string | null
  merged_into: number
  /** Reports that it was closed without; an older daemon does not say. */
  unreported?: string[]
  /** Reports that went out, and who did not get them. */
  lacking?: { report: number; stage: Stage; nth: number; recipients: Recipient[] }[]
  /** In a list, where each report stands. */
  reports?: ReportRow[]
}
/** Where a report stands. */
export type ReportRow = Pick<Report, 'version' | 'approved_at' | 'due_at' | 'sent_at' | 'deliveries'>
/** What a linked entry says otherwise than is known, and nobody has decided. */
export interface Dispute {
  element: Element
  entry_id: string
  value: string
  known: string
  /** More casualties than are known: to be reported at once, adopted or not. */
  worse: boolean
  at: string
  fact: number
}
export interface Incident extends IncidentRow {
  elements: Elements
  entries: IncidentEntry[]
  differences: { element: Element; known?: string; values: { entry_id: string; value: string }[] }[]
  /** An older daemon does not say. */
  disputes?: Dispute[]
  reports: Report[]
  callouts: Callout[]
  scene: SceneNote[]
  instructions: Instruction[]
  facts: Fact[]
  end_reason: string
  /** Incidents that were merged into this one. */
  absorbed?: number[]
  /** How people call the incidents that this one names; an older daemon does not say. */
  others?: { id: number; number: string }[]
}
/** An outgoing call to a superior while a clock runs: it may be a report by telephone. */
export interface CallOffer {
  call_id: string
  number: string
  who: string
  /** Who takes reports there, by the directory; an older daemon does not say. */
  receiver?: string
  at: string
  recorded: boolean
  /** How long it was talked; 0 or, from an older daemon, nothing: the call is not over. */
  talk_seconds?: number
  /** It was over at once, and proves nothing without a reason. */
  too_short?: boolean
  incident: number
  title: string
  report: number
  stage: Stage
  nth: number
  /** How people call the incident; an older daemon does not say. */
  incident_number?: string
  /** To whom the called number belongs; empty: that cannot be told, and whoever called says it. */
  recipient: Recipient | ''
}
export interface Offers {
  incidents: IncidentRow[]
  calls: CallOffer[]
}

/** Who may approve, for what is said by telephone; an older daemon does not say. */
export interface Terms {
  signers?: Signer[]
}
export interface Signer {
  login: string
  name: string
  role: string
  /** At which telephones they are, E.164; an older daemon does not say. */
  numbers?: string[]
}

/** Lists that are empty are left out on the way; where nothing was said of the elements, an older daemon gives null. */
export function whole(i: Incident): Incident {
  const list = <T>(l: T[] | undefined): T[] => l || []
  const said = <T extends { elements: Elements }>(x: T): T => ({ ...x, elements: x.elements || {} })
  const reports = list(i.reports).map((r) => ({ ...said(r), versions: list(r.versions).map(said) }))
  return { ...i, elements: i.elements || {}, reports, entries: list(i.entries), differences: list(i.differences), callouts: list(i.callouts), scene: list(i.scene), instructions: list(i.instructions), facts: list(i.facts), waiting: list(i.waiting) }
}
const of = (id: number) => '/incidents/' + id
const post = (path: string, key: string, body: object) => request<Incident>('POST', path, { key, ...body }).then(whole)

export const incidents = {
  list: (state: string, cursor = '') => request<{ items: IncidentRow[]; next_cursor?: string }>('GET', '/incidents' + query({ state, limit: 50, cursor })),
  ofEntry: (entry: string) => request<{ items: IncidentRow[] }>('GET', '/incidents' + query({ entry, limit: 5 })),
  one: (id: number) => request<Incident>('GET', of(id)).then(whole),
  terms: () => request<Terms>('GET', '/incidents/terms'),
  offers: () => request<Offers>('GET', '/incidents/offers'),
  open: (key: string, entry: string, category: string, trigger: string) => post('/incidents', key, { entry_id: entry, category, trigger }),
  change: (id: number, key: string, change: object) => request<Incident>('PATCH', of(id), { key, ...change }).then(whole),
  link: (id: number, key: string, entry: string) => post(of(id) + '/entries', key, { entry_id: entry }),
  write: (id: number, key: string, report: object) => post(of(id) + '/reports', key, report),
  approve: (id: number, key: string, n: number, approval: object) => post(`${of(id)}/reports/${n}/approvals`, key, approval),
  answer: (id: number, key: string, n: number, answer: object) => post(`${of(id)}/reports/${n}/approvals/confirm`, key, answer),
  deliver: (id: number, key: string, n: number, delivery: object) => post(`${of(id)}/reports/${n}/deliveries`, key, delivery),
  callOut: (id: number, key: string, body: object) => post(of(id) + '/callouts', key, body),
  scene: (id: number, key: string, body: object) => post(of(id) + '/scene', key, body),
  instruct: (id: number, key: string, body: object) => post(of(id) + '/instructions', key, body),
  step: (id: number, key: string, n: number, body: object) => post(`${of(id)}/instructions/${n}/steps`, key, body),
  strike: (id: number, key: string, fact: number, reason: string) => post(`${of(id)}/facts/${fact}/strike`, key, { reason }),
  reportPage: (id: number, n: number) => `${BASE}${of(id)}/reports/${n}/sheet`,
  reportDocument: (id: number, n: number) => `${BASE}${of(id)}/reports/${n}/document`,
  coursePage: (id: number) => `${BASE}${of(id)}/course/sheet`,
}
