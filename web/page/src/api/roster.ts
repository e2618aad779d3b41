// The roster's part of the API.
import { request, query } from './client'
import type { Post } from './types'

export interface Shift { from: string; to: string; post: Post; name: string; phone: string }
export type FindingReason = 'gap' | 'overlap' | 'two_posts' | 'not_regular' | 'standing_unknown' | 'people_unlisted' | 'has_left' | 'served' | 'too_long' | 'no_phone'
export interface Finding { reason: FindingReason; weight: 'fault' | 'info'; from: string; to: string; post: Post | ''; name: string; other: string }
export type DayKind = 'workday' | 'weekend' | 'holiday' | 'make_up' | 'not_known'
export interface RosterDay { date: string; kind: DayKind; name: string; periods: string[] }
export interface Draft { revision: number; at: string | null; by: string; shifts: Shift[]; findings: Finding[]; /** Shifts in force change hands or times. */ wants_reason: boolean }
export interface DutyCount { name: string; post: Post; shifts: number; day: number; night: number; weekend: number; holiday: number; hours: number; rest: number; unknown: number }
export interface RosterMonth {
  month: string; days: RosterDay[]; known: boolean; source: string; shifts: Shift[]; findings: Finding[]; draft: Draft
  counts: DutyCount[]; rest: { night: number; weekend: number; holiday: number }
}
export interface ShiftRef { from: string; post: Post; name: string }
export interface SwapOrder { give: ShiftRef; take?: ShiftRef; name?: string; phone?: string; reason: string; take_on?: string; try?: boolean }
export interface RosterChange {
  id: number; at: string; by: { login: string; name: string; role: string }; kind: string; from: string | null; to: string | null
  subject: string; reason: string; before: Shift[]; after: Shift[]
}
export interface FilingDuty {
  kind: 'month' | 'holiday' | 'sensitive'; name: string; first: string; last: string; due: string; due_presumed: boolean
  state: 'open' | 'overdue' | 'filed' | 'filed_late' | 'filed_undated' | 'filed_noted' | 'supplement' | 'deadline_unknown'; asks: boolean; filing: number
}
export interface Filing {
  id: number; kind: FilingDuty['kind']; name: string; first: string; last: string; at: string; by: string; sent_at: string
  sent_to: string; receipt: string; /** When a receipt came that was added afterwards. */ receipt_at: string | null; note: string; supplement: number; shifts: Shift[]
  /** As it stood, oldest first, up to what stands now; empty: nothing was said of it afterwards. */
  versions: FilingVersion[]
}
export interface FilingVersion { at: string; by: string; reason: string; sent_at: string; receipt: string; receipt_at: string | null; shifts: Shift[] }
export interface FilingPatch { receipt?: string; receipt_at?: string; sent_at?: string; reason?: string }
export interface Filings { duties: FilingDuty[]; filings: Filing[] }
export interface Person { name: string; phone: string; login: string; standing: 'regular' | 'temporary' | 'rehired'; left: string | null; /** Which version it is: a change is made against it. */ version?: number }
export interface HolidayYear { year: number; source: string; at: string | null; by: string; days: { date: string; kind: 'holiday' | 'make_up'; name: string }[] }
/** One fault of a table of holidays. row counts its header as the first. */
export interface HolidayFault { row: number; column: string; code: string; value: string }
export interface Period { id?: number; name: string; first: string; last: string; notice: string; extra: string; ended: string; version?: number }
/** value: what stands there, or the other cell, the sheets or the post that is meant. */
export interface ImportFault { cell: string; reason: string; value?: string; detail: string; file?: string }
/** draft: which the shifts would replace; they are saved on its revision. */
export interface ImportMonth { month: string; shifts: Shift[]; findings?: Finding[]; draft: { revision: number; at: string | null; by: string } }
export interface ImportPreview { months: ImportMonth[]; faults: ImportFault[] }

const month = (m: string) => '/roster/months/' + encodeURIComponent(m)

export const rosterApi = {
  month: (m: string) => request<RosterMonth>('GET', month(m)),
  saveDraft: (m: string, revision: number, shifts: Shift[]) => request<RosterMonth>('PUT', month(m) + '/draft', { revision, shifts }),
  dropDraft: (m: string) => request<RosterMonth>('DELETE', month(m) + '/draft'),
  publish: (m: string, revision: number, reason: string, takeOn = '') => request<RosterMonth>('POST', month(m) + '/publish', { revision, reason, take_on: takeOn || undefined }),
  swap: (order: SwapOrder) => request<{ forbidden: Finding[]; change: RosterChange | null }>('POST', '/roster/swaps', order),
  changes: (filter: { month?: string; limit?: number; cursor?: string }) =>
    request<{ items: RosterChange[]; next_cursor: string }>('GET', '/roster/changes' + query(filter)),
  filings: () => request<Filings>('GET', '/roster/filings'),
  filing: (id: number) => request<Filing>('GET', '/roster/filings/' + id),
  file: (f: { kind: string; first: string; name: string; sent_at: string; sent_to: string; receipt: string; note: string }) => request<Filing>('POST', '/roster/filings', f),
  amendFiling: (id: number, patch: FilingPatch) => request<Filing>('PATCH', '/roster/filings/' + id, patch),
  people: () => request<{ items: Person[] }>('GET', '/roster/people'),
  savePerson: (p: Person) => request<{ items: Person[] }>('PUT', '/roster/people', p),
  holidays: () => request<{ years: HolidayYear[] }>('GET', '/roster/holidays'),
  saveHolidays: (year: number, source: string, table: string) => request<{ years: HolidayYear[] }>('PUT', '/roster/holidays/' + year, { source, table }),
  periods: () => request<{ items: Period[] }>('GET', '/roster/periods'),
  savePeriod: (p: Period) => request<{ items: Period[] }>('POST', '/roster/periods', p),
  preview: (name: string, content: string, m: string) => request<ImportPreview>('POST', '/roster/imports', { name, content, month: m }, 30_000),
}
