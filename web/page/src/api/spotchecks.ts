// The register of spot checks 抽查登记: by superiors, and of subordinate units.
import { query, request } from './client'
import type { Person } from './duties'
import type { Call } from './types'

export const SPOT_RESULTS = ['passed', 'partly', 'failed'] as const
export type SpotResult = (typeof SPOT_RESULTS)[number]

export interface SpotCheck {
  check?: number
  /** Which version it is: a change is made against it. */
  version?: number
  direction: 'in' | 'out'
  day: string
  unit: string
  inspector: string
  questions: string
  result: SpotResult
  findings?: string
  call_id?: string
  change?: string
  struck?: boolean
  /** A supervisor wrote this version; otherwise it counts for no month's sheet. */
  confirmed?: boolean
  by?: Person
}

export interface SpotCheckPage {
  items: SpotCheck[]
  unregistered: Call[]
  next_cursor: string
}

/** A call of a spot check that was begun here: the second line calls, until a person answers. */
export interface SpotCall {
  id: number
  at: string
  ended_at: string | null
  line: string
  by: string
  state: 'calling' | 'ringing' | 'answered' | 'over'
  /** Empty: none that is known to be this one arrived. */
  call_id: string
  rings: number
  ring_ms: number | null
  answered: boolean
  outcome: string
  hung_up: '' | 'limit' | 'asked' | 'real_call' | 'unseen' | 'stopped'
  reason: string
  detail: string
}

export interface SpotCallPage {
  items: SpotCall[]
  second_line: boolean
  number: string
}

export const spotCalls = {
  list: () => request<SpotCallPage>('GET', '/spot-check-calls'),
  start: (duringIncident: boolean) => request<{ id: number }>('POST', '/spot-check-calls', duringIncident ? { during_incident: true } : {}),
  hangUp: (id: number) => request<void>('DELETE', '/spot-check-calls/' + id),
}

export const spotChecks = {
  list: (filter: { direction?: string; limit?: number; cursor?: string }) => request<SpotCheckPage>('GET', '/spot-checks' + query(filter)),
  versions: (check: number) => request<{ items: SpotCheck[] }>('GET', '/spot-checks/' + check),
  save: (s: SpotCheck) => request<SpotCheck>(s.check ? 'PUT' : 'POST', '/spot-checks' + (s.check ? '/' + s.check : ''), { ...s, check: undefined, by: undefined, confirmed: undefined }),
}
