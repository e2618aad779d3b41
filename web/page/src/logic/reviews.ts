// What the page 复核 says of a verdict, and how the bell is drawn.
import type { Dispute, LineSetting, Moment, Review, ReviewFact, ReviewResult, Saying, Says } from '@/api/reviews'
import { t, word } from '@/i18n'
import { clock, parse, precise } from './time'
import { readRule } from './words'

export function reviewTone(r: Review): 'good' | 'warn' | 'bad' | 'plain' | 'info' {
  if (r.state === 'decided' || r.state === 'closed') return r.result === 'stands' || r.result === 'counts_late' ? 'plain' : 'good'
  if (r.overdue) return 'bad'
  return r.state === 'awaits_officer' ? 'info' : 'warn'
}

/** 15.5 from 15500, as exactly as it is known. */
export const exact = (ms: number): string => String(ms / 1000)

/** How the clocks stood when the call came; as they are now only where that is not known. */
export function clockText(d: Dispute): string {
  const then = d.clock_then
  if (!then) return d.clock_offset_ms === null ? t('rev.clockNever') : t('rev.clockNow', { s: exact(d.clock_offset_ms) })
  const parts = [t('rev.clockThen', { time: clock(parse(then.at)), s: exact(then.offset_ms) }), word('clockKept', then.machine)]
  if (then.error_ms !== null) parts.push(t('rev.clockError', { s: exact(then.error_ms) }))
  return parts.join(' · ')
}

/** A moment that something else than the verdict saw, with how far it is from it. */
export function beside(m: Moment, seen: string | null): string {
  if (!seen) return t('rev.unknownHere')
  const at = precise(parse(seen)).slice(11)
  if (!m.judged) return at
  const by = parse(seen) - parse(m.judged)
  return at + ' (' + (by < 0 ? '−' : '+') + (Math.abs(by) / 1000).toFixed(3) + ')'
}

/** A rule in words; one that is written otherwise stays as it is. */
export function ruleText(version: string): string {
  const r = readRule(version)
  if (!r) return version
  const margin = /-pm-([\d.]+)(m?)s$/.exec(version)
  return t('rev.ruleWords', { on: r.on, off: r.off, n: r.limit }) + (r.offset ? t('rev.ruleOffset', { s: r.offset }) : '') +
    (margin ? t('rev.ruleMargin', { s: margin[2] ? parseFloat(margin[1]) / 1000 : margin[1] }) : '')
}

/** Telephones and trunks of a line, and what the trunk tells. */
export const settingText = (s: LineSetting): string =>
  (s.kept ? [s.endpoints.join(t('list.comma')), s.trunks.join(t('list.comma')) || '—', word('supervision', s.supervision)].join(t('rev.setSep')) : t('rev.setNotKept'))

/** What a fact says, without its words. */
export function factHead(f: ReviewFact): string {
  const head = word('reviewSays', f.says)
  if (f.says === 'explained') return head + t('punct.colon') + word('reviewReason', f.code)
  if (!f.result) return head
  return head + t('punct.colon') + word('reviewResult', f.result) + (f.code ? t('punct.colon') + word('technicalCause', f.code) : '')
}

export interface Draft {
  says: Says | ''
  code: string
  result: ReviewResult
  text: string
}

export const freshDraft = (may: Says[]): Draft => ({ says: may.length === 1 || may.indexOf('decided') < 0 ? may[0] || '' : 'decided', code: '', result: '', text: '' })
export const decides = (s: Says | '') => s === 'decided' || s === 'second_decided'

/** Which field of a draft lacks something; empty: it can be sent. What the daemon refuses is refused here first. */
export function lacks(d: Draft): 'says' | 'code' | 'result' | 'text' | '' {
  if (!d.says) return 'says'
  if (d.says === 'explained' && !d.code) return 'code'
  if (decides(d.says)) {
    if (!d.result) return 'result'
    if (d.result === 'set_aside' && !d.code) return 'code'
    return d.result === 'stands' || d.text.trim() ? '' : 'text'
  }
  return d.text.trim() ? '' : 'text'
}

export function toSaying(d: Draft, facts: ReviewFact[]): Saying {
  const code = d.says === 'explained' || (decides(d.says) && d.result === 'set_aside') ? d.code : ''
  return { says: d.says as Says, code: code || undefined, result: decides(d.says) ? d.result : undefined, text: d.text.trim() || undefined, before: facts.length ? facts[facts.length - 1].id : 0 }
}

export interface Drawing {
  bursts: { x: number; width: number; number: number; allowed: boolean }[]
  marks: { x: number; row: number; anchor: 'start' | 'end'; dx: number; words: string; strong: boolean }[]
  ticks: { x: number; words: string }[]
  words: string
}

export const WIDTH = 720
const EDGE = 10

/** The bell against the answer, in units of a drawing that is WIDTH wide; null where nothing can be drawn. */
export function drawBell(d: Dispute): Drawing | null {
  const { limit_ms: limit, bursts } = d.settings
  const rang = d.call.ring_ms
  if (limit === null || rang === null || !bursts.length) return null
  const from = Math.min(0, bursts[0].from_ms)
  const last = Math.max(rang, limit)
  const to = last + Math.max(4000, last / 5) // room for the words of the last mark
  const late = rang >= limit // the words of the two marks turn away from one another
  const scale = (WIDTH - 2 * EDGE) / (to - from)
  const x = (ms: number) => EDGE + (ms - from) * scale
  const mark = (ms: number, words: string, row: number, strong: boolean, left: boolean) =>
    ({ x: x(ms), row, anchor: left ? ('end' as const) : ('start' as const), dx: left ? -5 : 5, words, strong })
  const limitWords = t('rev.limit', { s: exact(limit) })
  const endWords = t(d.call.answered_at ? 'rev.answered' : 'rev.stopped', { s: exact(rang) })
  let step = 5000
  while ((to - from) / step > 12) step *= 2
  const ticks = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push({ x: x(at), words: at / 1000 + ' s' })
  return {
    bursts: bursts.map((b) => ({ x: x(b.from_ms), width: Math.max(2, (b.to_ms - b.from_ms) * scale), number: b.number, allowed: b.allowed })),
    marks: [mark(limit, limitWords, 0, false, late && limit - from > (to - from) / 5), mark(rang, endWords, 1, true, !late && rang - from > (to - from) / 5)],
    ticks,
    words: t('rev.picture', { n: d.call.rings, limit: limitWords, end: endWords }),
  }
}

/** The one before or after the chosen one; the first where none is. */
export function neighbour<T>(list: T[], at: number, step: number): T | null {
  if (!list.length) return null
  return list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + step))]
}
