// The part of the API about who did what: the access log.
import { query, request } from './client'
import type { Entry, Page } from './types'

export interface Who { login: string; name: string; role: string }
export interface Access {
  id: number
  at: string
  by: Who
  action: string
  object: string
  address: string
  entry_id: string
  entry_number: string
}
export interface AccessFilter {
  entry?: string
  call?: string
  user?: string
  action?: string
  from?: string
  to?: string
  limit?: number
  cursor?: string
}

export interface Approval {
  id: number
  kind: 'erase' | 'release_hold'
  state: 'waiting' | 'approved' | 'declined' | 'expired' | 'done'
  entry_id: string
  entry_number: string
  /** To erase; empty: everything. */
  fields: string[]
  recording: boolean
  reason: string
  by: Who
  at: string
  until: string
  decided_by: Who | null
  decided_at: string | null
  note: string
  done_at: string | null
  outcome: string
  mine: boolean
}
export interface Ask { kind: Approval['kind']; entry_id: string; fields?: string[]; reason: string }

export interface Verification {
  running: boolean
  by: Who | null
  began_at: string | null
  ended_at: string | null
  compared: boolean
  done: number
  total: number
  verdict: '' | 'intact' | 'altered' | 'cannot tell'
  tallies: { name: string; intact: number; altered: number; cannot_tell: number; erased: number }[]
  findings: { answer: string; object: string; why: string }[]
  more: number
  notes: string[]
  beginning: string
  problem: string
}

export const accessApi = {
  verification: () => request<Verification>('GET', '/evidence/verification'),
  verify: (checkpoint: string) => request<Verification>('POST', '/evidence/verification', checkpoint.trim() ? { checkpoint } : {}),
  approvals: (filter: { state?: 'waiting' | 'all'; limit?: number; cursor?: string }) => request<Page<Approval>>('GET', '/approvals' + query(filter)),
  ask: (what: Ask) => request<Approval>('POST', '/approvals', what),
  decide: (n: number, approve: boolean, note: string) => request<Approval>('POST', '/approvals/' + n + '/decision', { approve, note }),
  hold: (entry: string, reason: string) => request<Entry>('POST', '/entries/' + encodeURIComponent(entry) + '/hold', { reason }),
  list: (filter: AccessFilter) => request<Page<Access>>('GET', '/access' + query({ ...filter })),
}
