// What the page 抽查登记 says, and what it asks for before it sends.
import type { SpotCheck, SpotResult } from '@/api/spotchecks'
import type { Call } from '@/api/types'
import { dateMinute } from './time'

export const spotTone = (r: SpotResult): 'good' | 'warn' | 'bad' => (r === 'passed' ? 'good' : r === 'partly' ? 'warn' : 'bad')

/** A new one, of a call that was tagged, or of now. */
export function freshCheck(call: Call | null, now: number): SpotCheck {
  return { direction: 'in', day: (call && call.offered_at) || new Date(now).toISOString(), unit: call ? call.caller_name : '', inspector: '', questions: '', result: 'passed', findings: '', call_id: call ? call.id : '' }
}

/** The first field that lacks something; empty: it can be sent. */
export function lacking(s: SpotCheck): string {
  for (const k of ['unit', 'inspector', 'questions'] as const) if (!s[k].trim()) return k
  if (s.result !== 'passed' && !(s.findings || '').trim()) return 'findings'
  return s.check && !(s.change || '').trim() ? 'change' : ''
}

/** Calls that can be the one, in words for a choice: those of its day that went the right way. */
export function callsFor(calls: Call[], s: SpotCheck): Call[] {
  return calls.filter((c) => c.direction === s.direction && c.tags.indexOf('test') < 0 && c.tags.indexOf('system') < 0)
}

/** What was picked is the duty room's time, wherever the browser thinks it is. */
export const toInstant = (text: string): string => new Date(text.replace(' ', 'T') + ':00+08:00').toISOString()
export const toLocal = (instant: string): string => (instant ? dateMinute(Date.parse(instant)) : '')
