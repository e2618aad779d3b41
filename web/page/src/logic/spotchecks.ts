// What the page 抽查登记 says, and what it asks for before it sends.
import type { SpotCall, SpotCheck, SpotResult } from '@/api/spotchecks'
import { t, word } from '@/i18n'
import type { Call } from '@/api/types'
import { dateMinute } from './time'

export const spotTone = (r: SpotResult): 'good' | 'warn' | 'bad' => (r === 'passed' ? 'good' : r === 'partly' ? 'warn' : 'bad')

/** A new one, of a call that was tagged, or of now. */
export function freshCheck(call: Call | null, now: number): SpotCheck {
  return { direction: call ? call.direction : 'in', day: (call && call.offered_at) || new Date(now).toISOString(), unit: call ? call.caller_name : '', inspector: '', questions: '', result: 'passed', findings: '', call_id: call ? call.id : '' }
}

/** A new one, of a call that was begun here. */
export function checkOfCall(c: SpotCall, inspector: string, questions: string): SpotCheck {
  return { direction: 'in', day: c.at, unit: '', inspector, questions, result: c.outcome === 'answered_in_time' ? 'passed' : 'partly', findings: '', call_id: c.call_id }
}

const tenths = (ms: number): string => (ms / 1000).toFixed(1)

/** How it stands, in one sentence. */
export function spotCallText(c: SpotCall): string {
  const rang = c.ring_ms === null ? null : { n: c.rings, s: tenths(c.ring_ms) }
  if (c.state === 'calling') return t('spot.calling')
  if (c.state === 'ringing') return rang ? t('spot.ringing', rang) : t('spot.calling')
  if (c.state === 'answered') return rang ? t('spot.answered', rang) : t('spot.answeredUnrung')
  const parts = [c.call_id ? word('outcome', c.outcome) : word('testReason', c.reason)]
  if (rang) parts.push(t('spot.didRing', rang))
  if (!c.call_id) parts.push(t('spot.lost'))
  return parts.concat(word('spotHungUp', c.hung_up)).filter((p) => p).join(' · ')
}

export function spotCallTone(c: SpotCall): 'good' | 'warn' | 'bad' | 'info' {
  if (c.state !== 'over') return 'info'
  return c.outcome === 'answered_in_time' ? 'good' : c.outcome === 'missed' || c.outcome === 'rejected' ? 'bad' : 'warn'
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
