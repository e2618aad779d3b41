// How the line was answered, as the daemon tells it.
import { query, request } from './client'

export interface Figure {
  numerator: number
  denominator: number
  /** null below twenty: the counts say more. */
  rate: number | null
  blind_seconds: number
  rule: string[]
}

export interface Times {
  calls: number
  mean: number
  p50: number
  p90: number
  p95: number
  max: number
}

export interface FigureGroup {
  key: string
  from: string
  to: string
  calls: number
  outcomes: Record<string, number>
  unknown: number
  undecided: number
  /** How many calls a review made something of. */
  reviewed?: Record<string, number>
  blind_seconds: number
  rule: string[]
  measured: Record<string, Figure>
  after_review: Record<string, Figure>
  ring_seconds: Times
  entry_seconds: Times
  call_back_seconds: Times
  /** Of those who were reached, by what a person says alone. */
  call_back_stated?: number
}

export interface RingBin {
  seconds: number
  calls: number
}

export interface FrozenMonth {
  month: string
  calls: number
  by: { name: string; at: string }
  changed_days: string[]
  blind_changed: boolean
}

export interface FigureDefinition {
  figure: string
  judges_officer: boolean
  of: string
  with: string
  numerator: string[]
  denominator: string[]
}

export interface Answering {
  from: string
  to: string
  zone: string
  by: string
  /** Whose duty room it is. */
  unit?: string
  total: FigureGroup
  groups: FigureGroup[]
  rings: RingBin[]
  definitions: FigureDefinition[]
  /** When the duty log began: the time before it counts as blind. */
  log_since?: string | null
  frozen: FrozenMonth[]
}

export interface Correction {
  figure: string
  set: 'measured' | 'after_review'
  frozen: { numerator: number; denominator: number }
  now: { numerator: number; denominator: number }
}

/** A closed month: as it was frozen, as it would be counted now, and on which days the two differ. */
export interface ClosedMonth {
  closed: FrozenMonth
  figures: FigureGroup
  now: FigureGroup
  corrections: Correction[]
  days: { day: string; corrections: Correction[] }[]
}

export const getClosedMonth = (month: string) => request<ClosedMonth>('GET', '/metrics/answering/months/' + encodeURIComponent(month))

/** Of one line, or of all where none is named. */
export const getFigures = (from: string, to: string, by: string, line = '') => request<Answering>('GET', '/metrics/answering' + query({ from, to, by, line }))

/** One thing that a figure counts against the duty room. */
export interface Behind {
  kind: 'incident' | 'call' | 'shift' | 'filing'
  id: string
  name: string
  /** What whoever closed an incident without a report said. */
  why?: string
  at: string
  until: string | null
  /** Of a late handover: the number of the one that settled it; 0: none did. */
  handover?: number
}

export interface DutyShare {
  figure: string
  /** Deadline, recipient, channel or post; empty: there is but one. */
  of: string
  numerator: number
  denominator: number
  rate: number | null
  blind_seconds: number
  /** Of the roster: how long none had been filed yet. */
  unknown_seconds?: number
  rule: string[]
  behind: Behind[]
}

export interface DutyFigures {
  from: string
  to: string
  items: DutyShare[]
  log_since?: string | null
  /** Closed months of the time, whose part is as it was judged when they were closed. */
  frozen: { month: string }[]
  corrections: { month: string; figure: string; of: string; frozen: DutyCount; now: DutyCount }[]
}

interface DutyCount {
  numerator: number
  denominator: number
}

export const getDutyFigures = (from: string, to: string, line = '') => request<DutyFigures>('GET', '/metrics/duty' + query({ from, to, line }))
