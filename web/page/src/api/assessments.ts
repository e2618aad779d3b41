// The month's assessment 考核, and the register of suspected violations 违规登记.
import { BASE, query, request } from './client'
import type { Person } from './duties'

export interface EvidenceLink {
  kind: string
  id: string
  at: string
  what: string
}

export interface AssessmentItem {
  id: string
  title: string
  article: string
  figure: string
  of_line: boolean
  minutes: boolean
  gets: number
  points: number
  each: number
  bands: { least: number; gives: number }[]
  within_minutes: number
  late: number
  why: 'band' | 'below' | 'cases' | 'nothing' | 'unknown'
  band: { least: number; gives: number } | null
  numerator: number
  denominator: number
  measured: { numerator: number; denominator: number }
  unknown: number
  evidence: EvidenceLink[]
  more: number
}

export interface Responsible {
  head: string
  deputy: string
  duty: string
}

export interface AssessedLine {
  line: string
  calls: number
  unknown: number
  on_time: { numerator: number; denominator: number }
  answer_rate: { numerator: number; denominator: number }
  called_back: { numerator: number; denominator: number }
  entry_complete: { numerator: number; denominator: number }
}

export interface AssessmentSheet {
  room: string
  lines: AssessedLine[]
  rules: string
  rules_digest: string
  items: AssessmentItem[]
  gets: number
  of: number
  most: number
  of_hundred: number | null
  calls: number
  blind_seconds: number
  unknown: number
  undecided: number
  ring_rules: string[]
  figures_closed: boolean
  persons: Responsible
  digest: string
}

export type AssessmentState = 'running' | 'open' | 'signed' | 'ready' | 'frozen'
export type AssessmentSays = 'named' | 'signed' | 'frozen' | 'noted'

export interface ItemChange {
  id: string
  title: string
  then: AssessmentItem | null
  now: AssessmentItem | null
}

export interface Assessment {
  month: string
  line: string
  state: AssessmentState
  sheet: AssessmentSheet
  said: { id: number; says: AssessmentSays; digest: string; holds: boolean; text: string; by: Person }[]
  may: AssessmentSays[]
  open_reviews: { total: number; items: { call_id: string; offered_at: string; state: string; due_at: string }[] }
  frozen_by: Person | null
  corrections: ItemChange[]
  rules_fault: string
  rules_in_month: { name: string; digest: string; since: string }[]
}

export interface AssessmentRow {
  month: string
  line: string
  state: AssessmentState
  gets: number | null
  of: number | null
  of_hundred: number | null
}

export interface AssessmentList {
  room: string
  rules: string
  rules_digest: string
  rules_fault: string
  items: AssessmentRow[]
}

export interface Differences {
  rules: string
  looked: number
  items: { month: string; line: string; then: { gets: number; of: number }; now: { gets: number; of: number }; changes: ItemChange[] }[]
}

export type ViolationState = 'open' | 'awaits' | 'upheld' | 'not_upheld' | 'dismissed'
export type ViolationSays = 'stated' | 'dismissed' | 'proposed' | 'confirmed' | 'returned' | 'reopened'
export type ViolationResult = '' | 'upheld' | 'not_upheld'

export interface Violation {
  id: number
  why: string
  item: number
  line: string
  at: string
  text: string
  evidence: EvidenceLink[]
  by: Person
  state: ViolationState
  proposed: ViolationResult
  stated: boolean
  due_at: string
  facts: { id: number; says: ViolationSays; result: ViolationResult; text: string; by: Person }[]
  may: ViolationSays[]
}

export interface ViolationPage {
  items: Violation[]
  open: number
  art32: { number: number; words: string }[]
  next_cursor: string
}

export const assessments = {
  list: () => request<AssessmentList>('GET', '/assessments'),
  one: (month: string, line: string) => request<Assessment>('GET', '/assessments/' + month + query({ line })),
  say: (month: string, line: string, body: { says: AssessmentSays; digest?: string; persons?: Responsible; text?: string; before?: number }) => request<Assessment>('POST', '/assessments/' + month + '/facts' + query({ line }), body),
  differences: () => request<Differences>('GET', '/assessments/differences'),
  sheet: (month: string, line: string) => {
    const of = `${BASE}/assessments/${month}`
    return { page: of + '/sheet' + query({ line }), workbook: of + '/workbook' + query({ line }) }
  },
}

export const violations = {
  list: (filter: { state?: string; cursor?: string; limit?: number }) => request<ViolationPage>('GET', '/violations' + query(filter)),
  one: (id: number) => request<Violation>('GET', '/violations/' + id),
  open: (body: { item: number; at: string; text: string }) => request<Violation>('POST', '/violations', body),
  say: (id: number, body: { says: ViolationSays; result?: ViolationResult; text: string; before?: number }) => request<Violation>('POST', '/violations/' + id + '/facts', body),
  sheet: (month: string) => ({ page: `${BASE}/sheets/violations?month=${month}`, workbook: `${BASE}/sheets/violations/workbook?month=${month}` }),
}
