// Small decisions about what to show, without any text of their own.
import type { Call, Candidate, Entry, Line, LineStateName } from '@/api/types'
import { handled } from './matter'

const time = (e: Entry) => Date.parse(e.call_at || e.opened_at || '') || 0

/** The live call's entry first, then unfinished ones, then those that are still handled, then the rest; each newest first. */
export function listOrder(liveCallId: string): (a: Entry, b: Entry) => number {
  const rank = (e: Entry) => (liveCallId && e.call_id === liveCallId ? 0 : e.state === 'open' ? 1 : handled(e) ? 2 : 3)
  return (a, b) => rank(a) - rank(b) || time(b) - time(a) || (a.id < b.id ? 1 : -1)
}

const URGENCY: LineStateName[] = ['ringing', 'talking', 'unreachable', 'unknown', 'idle']

/** The line that the desk shows large: the one that asks for attention most, the first of equals. */
export function pickLine(lines: Line[]): Line | null {
  let best: Line | null = null
  for (const l of lines) if (!best || URGENCY.indexOf(l.state) < URGENCY.indexOf(best.state)) best = l
  return best
}

export type Severity = 'good' | 'warn' | 'bad' | 'plain'

const SEVERITY: Record<string, Severity> = {
  answered_in_time: 'good', placed_answered: 'good',
  answered_late: 'warn', abandoned_early: 'plain', engaged: 'warn', rejected: 'bad',
  missed: 'bad', unreachable: 'bad', forwarded: 'bad', answered_elsewhere: 'warn', answered_by_machine: 'warn',
  unknown: 'warn', placed_unanswered: 'plain', placed_failed: 'plain',
}
export function severity(outcome: string): Severity {
  return SEVERITY[outcome] || 'plain'
}

/** Whether this is no number at all: nothing, "anonymous", a bare word. */
export const noNumber = (raw: string): boolean => !/[0-9]/.test(raw)

const NAMELESS = /^\W*(anonymous|unknown|unavailable|restricted|private|withheld|out of area|\u533f\u540d)\W*$/i

/** The name that the line gave; empty when it only repeats the number or says that there is none. */
function givenName(call: Call): string {
  const name = call.caller_name.trim()
  if (NAMELESS.test(name) || (name && name.replace(/[\s-]/g, '') === call.caller)) return ''
  return name
}

/** Who calls: what the entry says, or the directory's only candidate, otherwise what the line gave. */
export function partyName(call: Call | null, entry: Entry | null): string {
  if (entry && (entry.caller_unit || entry.caller_person)) {
    return [entry.caller_unit, entry.caller_person, entry.caller_title].filter((s) => s).join(' ')
  }
  if (entry && entry.called_whom) return entry.called_whom
  const candidates = (entry && entry.candidates) || []
  if (candidates.length === 1) return candidateName(candidates[0])
  return call ? givenName(call) : ''
}

export function candidateName(c: Candidate): string {
  return [c.unit, c.person, c.title].filter((s) => s).join(' ')
}

/**
 * The other side's number as people read it: grouped, at home without the country's code; the
 * raw form is kept when it is no plain number.
 */
export function showNumber(raw: string): string {
  const n = national(raw.replace(/[\s-]/g, ''))
  if (/^0(10|2\d)\d{8}$/.test(n)) return `${n.slice(0, 3)}-${n.slice(3)}`
  if (/^0[3-9]\d{2}\d{7,8}$/.test(n)) return `${n.slice(0, 4)}-${n.slice(4)}`
  if (/^1[3-9]\d{9}$/.test(n)) return `${n.slice(0, 3)} ${n.slice(3, 7)} ${n.slice(7)}`
  return raw
}

function national(n: string): string {
  const m = /^(?:\+|00)86(\d+)$/.exec(n)
  if (!m) return n
  return /^(1[3-9]\d{9}|0\d+)$/.test(m[1]) ? m[1] : '0' + m[1]
}

export const otherParty = (c: Call): string => (c.direction === 'out' ? c.called : c.caller)

export interface RuleWords {
  limit: string
  on: string
  off: string
  offset: string
}

/** Reads a rule's version such as rings-3-on-1s-off-4s-offset-2s-pm-100ms; null when it is written otherwise. */
export function readRule(version: string): RuleWords | null {
  const m = /^rings-(\d+)-on-([\d.]+m?s)-off-([\d.]+m?s)(?:-offset-([\d.]+m?s))?/.exec(version)
  if (!m) return null
  return { limit: m[1], on: sec(m[2]), off: sec(m[3]), offset: m[4] ? sec(m[4]) : '' }
}

function sec(duration: string): string {
  const ms = /ms$/.test(duration)
  const n = parseFloat(duration)
  return String(ms ? n / 1000 : n)
}

/** How long the two sides talked, in ms; NaN while the call runs or was never answered. */
export function talkMs(c: Call): number {
  if (c.findings.indexOf('end_not_seen') >= 0) return NaN // its end is a bound, not a fact
  return c.answered_at && c.ended_at ? Date.parse(c.ended_at) - Date.parse(c.answered_at) : NaN
}
