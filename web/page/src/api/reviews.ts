// Reviews 复核 of verdicts: what was measured, what was said of it, and what it comes to.
import { BASE, query, request } from './client'
import type { Person } from './duties'
import type { Call } from './types'

export type Says = 'explained' | 'commented' | 'decided' | 'second_asked' | 'second_decided' | 'reopened'
export type ReviewState = 'awaits_officer' | 'awaits_supervisor' | 'decided' | 'awaits_second' | 'closed'
export type ReviewResult = '' | 'stands' | 'set_aside' | 'counts_late' | 'counts_in_time'

export interface ReviewFact {
  id: number
  says: Says
  code: string
  result: ReviewResult
  text: string
  by: Person
  officer: string
  past: boolean
}

export interface Review {
  call: Call
  officer: string
  state: ReviewState
  due_at: string
  overdue: boolean
  /** Whom the decision that stands was made about, where the call concerns another officer now; empty: the same. */
  about: string
  result: ReviewResult
  facts: ReviewFact[]
  may: Says[]
  results: ReviewResult[]
}

export interface ReviewPage {
  items: Review[]
  total: number
  officer_days: number
  reasons: string[]
  causes: string[]
  next_cursor: string
  held: { total: number; first_at: string | null }
}

export interface Burst {
  number: number
  from_ms: number
  to_ms: number
  allowed: boolean
}

/** One moment of a call by everything that saw it; null: it is not in there, or not known. */
export interface Moment {
  name: 'offered' | 'rang' | 'quiet' | 'answered' | 'ended'
  judged: string | null
  sip: string | null
  journal: string | null
}

/** What a line had for a time; kept is false where an older program noted its rule alone. */
export interface LineSetting {
  rule: string
  from: string
  until: string | null
  held: boolean
  kept: boolean
  number: string
  endpoints: string[]
  trunks: string[]
  supervision: '' | 'sip' | 'polarity' | 'none'
  saved_at: string | null
}

export interface Dispute extends Review {
  moments: Moment[]
  sip: { at: string; leg: string; what: string }[]
  sip_why: '' | 'not_kept' | 'not_mirrored' | 'nothing'
  clock_then: { at: string; offset_ms: number; machine: '' | 'synchronised' | 'alone'; error_ms: number | null } | null
  settings: {
    rule: string
    limit_ms: number | null
    offset_ms: number
    uncertainty_ms: number
    rings: number
    now: string
    changes: LineSetting[]
    bursts: Burst[]
  }
  journal: { at: string; what: string; channel: string }[]
  journal_why: '' | 'none' | 'unreadable' | 'nothing'
  blind: { from: string; to: string | null; cause: string }[]
  test: { id: number; at: string; verdict: string } | null
  clock_offset_ms: number | null
}

export interface Saying {
  says: Says
  code?: string
  result?: ReviewResult
  text?: string
  before: number
}

export type Waits = '' | 'officer' | 'supervisor'

const id = encodeURIComponent

export const reviews = {
  list: (filter: { waits?: Waits; mine?: 'true'; limit?: number; cursor?: string }) => request<ReviewPage>('GET', '/reviews' + query(filter)),
  one: (call: string) => request<Dispute>('GET', '/reviews/' + id(call)),
  say: (call: string, what: Saying) => request<Review>('POST', '/reviews/' + id(call) + '/facts', what),
  sheet: (call: string) => `${BASE}/reviews/${id(call)}/sheet`,
}
