import { afterEach, describe, expect, it } from 'vitest'
import type { Dispute, LineSetting, Review, ReviewFact } from '@/api/reviews'
import { lang } from '@/i18n'
import { reviewsEn, reviewsZh } from '@/i18n/reviews'
import { beside, clockText, decides, drawBell, exact, factHead, freshDraft, lacks, neighbour, reviewTone, ruleText, settingText, toSaying, WIDTH } from '@/logic/reviews'
import { partsOf } from '@/state/route'
import core from '../../../dutylog/review.go?raw'
import rights from '../../../dutylog/reviewrule.go?raw'

const fact = (change: Partial<ReviewFact>): ReviewFact => ({ id: 1, says: 'explained', code: 'other_call', result: '', text: 'x', by: { login: 'li', name: '李娜', at: '2026-11-27T01:00:00.000Z' }, officer: '李娜', past: false, ...change })
const review = (change: Partial<Review>) => ({ state: 'awaits_officer', result: '', overdue: false, ...change }) as Review
const dispute = (ring: number | null, limit: number | null = 15000, offset = 0): Dispute => {
  const bursts = []
  for (let n = 0; ring !== null && n * 5000 - offset < ring; n++) bursts.push({ number: n + 1, from_ms: n * 5000 - offset, to_ms: Math.min(n * 5000 - offset + 1000, ring), allowed: n < 3 })
  return { call: { ring_ms: ring, rings: bursts.length, answered_at: '2026-11-27T01:00:15.500Z' }, settings: { limit_ms: limit, bursts } } as unknown as Dispute
}
const constants = (source: string, type: string): string[] =>
  (source.match(new RegExp(`^\\s+\\w+\\s+${type}\\s*= "\\w+"`, 'gm')) || []).map((line) => line.replace(/^.*"(\w+)"$/s, '$1'))

describe('the words of reviews', () => {
  it('are there for everything that the core can say', () => {
    for (const [area, type, source] of [['reviewSays', 'ReviewSays', core], ['reviewState', 'ReviewState', core], ['reviewResult', 'ReviewResult', core], ['reviewReason', 'ReviewReason', rights], ['technicalCause', 'TechnicalCause', rights]]) {
      const names = constants(source, type)
      expect(names.length, type).toBeGreaterThan(3)
      for (const n of names) expect(Object.keys(reviewsZh), area + '.' + n).toContain(area + '.' + n)
    }
  })
  it('are the same in both languages, with the same values to fill in', () => {
    const holes = (s: string) => (s.match(/\{\w+\}/g) || []).sort().join()
    for (const k of Object.keys(reviewsZh) as (keyof typeof reviewsZh)[]) expect(holes(reviewsEn[k]), k).toBe(holes(reviewsZh[k]))
  })
})

describe('the bell against the answer', () => {
  afterEach(() => { lang.value = 'zh' })
  it('is drawn with the limit and the answer', () => {
    const d = drawBell(dispute(15500))
    expect(d && d.bursts.map((b) => b.allowed)).toEqual([true, true, true, false])
    expect(d && d.marks.map((m) => m.words)).toEqual(['时限 15 秒', '接听 15.5 秒'])
    expect(d && d.words).toBe('话机响铃 4 声，时限 15 秒，接听 15.5 秒')
    expect(d && d.ticks.map((k) => k.words)).toEqual(['0 s', '5 s', '10 s', '15 s'])
  })
  it('stays inside of its drawing, however long it rang', () => {
    for (const [ring, offset] of [[0, 0], [15001, 0], [58000, 0], [290000, 0], [4000, 2000]]) {
      const d = drawBell(dispute(Math.max(1, ring), 15000 - offset, offset))
      expect(d).not.toBeNull()
      if (!d) return
      for (const b of d.bursts) expect(b.x >= 0 && b.x + b.width <= WIDTH, `${ring} ${b.number}`).toBe(true)
      for (const m of d.marks) expect(m.x >= 0 && (m.anchor === 'end' ? m.x > 100 : m.x < WIDTH - 100), `${ring} ${m.words} ${m.x}`).toBe(true)
      expect(d.ticks.length).toBeLessThan(14)
    }
  })
  it('turns the words of the two marks away from one another', () => {
    const sides = (ring: number) => drawBell(dispute(ring))?.marks.map((m) => m.anchor)
    expect(sides(15500)).toEqual(['end', 'start'])
    expect(sides(14950)).toEqual(['start', 'end'])
    expect(sides(1000)).toEqual(['start', 'start'])
  })
  it('says that it stopped where nobody answered', () => {
    const d = dispute(21000)
    d.call.answered_at = null
    expect(drawBell(d)?.marks[1].words).toBe('铃声停止 21 秒')
  })
  it('is not drawn where it never rang, or by a rule that cannot be read', () => {
    expect(drawBell(dispute(null))).toBeNull()
    expect(drawBell(dispute(5000, null))).toBeNull()
  })
})

describe('what is said of a verdict', () => {
  it('begins with what is asked for', () => {
    expect(freshDraft(['explained']).says).toBe('explained')
    expect(freshDraft(['commented', 'decided']).says).toBe('decided')
    expect(freshDraft(['commented', 'second_asked']).says).toBe('commented')
    expect(freshDraft([]).says).toBe('')
  })
  it('is refused here for what it lacks', () => {
    const d = (change: object) => ({ says: 'decided' as const, code: '', result: '' as const, text: '', ...change })
    expect(lacks(d({ says: '' }))).toBe('says')
    expect(lacks(d({ says: 'explained', text: 'x' }))).toBe('code')
    expect(lacks(d({ says: 'explained', code: 'away', text: ' ' }))).toBe('text')
    expect(lacks(d({ says: 'explained', code: 'away', text: 'x' }))).toBe('')
    expect(lacks(d({}))).toBe('result')
    expect(lacks(d({ result: 'stands' }))).toBe('')
    expect(lacks(d({ result: 'set_aside', text: 'x' }))).toBe('code')
    expect(lacks(d({ result: 'set_aside', code: 'phone' }))).toBe('text')
    expect(lacks(d({ result: 'counts_late' }))).toBe('text')
    expect(lacks(d({ says: 'second_asked' }))).toBe('text')
  })
  it('carries no code that says nothing, and what its writer knew', () => {
    expect(toSaying({ says: 'decided', code: 'phone', result: 'stands', text: ' ' }, [fact({ id: 7 })])).toEqual({ says: 'decided', code: undefined, result: 'stands', text: undefined, before: 7 })
    expect(toSaying({ says: 'commented', code: 'phone', result: 'stands', text: ' 看录音 ' }, [])).toEqual({ says: 'commented', code: undefined, result: undefined, text: '看录音', before: 0 })
    expect(toSaying({ says: 'second_decided', code: 'phone', result: 'set_aside', text: '维修单' }, []).code).toBe('phone')
    expect(decides('explained')).toBe(false)
  })
  it('stands in the course in words', () => {
    expect(factHead(fact({}))).toBe('当班说明：正在接打其他电话')
    expect(factHead(fact({ says: 'decided', result: 'stands', code: '' }))).toBe('复核结论：维持原判定')
    expect(factHead(fact({ says: 'second_decided', result: 'set_aside', code: 'phone' }))).toBe('再次复核结论：不予计入（技术原因）：话机故障')
    expect(factHead(fact({ says: 'commented', code: '' }))).toBe('督查意见')
  })
})

describe('a list of reviews', () => {
  it('stands out by what has to be done', () => {
    expect(reviewTone(review({}))).toBe('info')
    expect(reviewTone(review({ state: 'awaits_supervisor' }))).toBe('warn')
    expect(reviewTone(review({ state: 'awaits_supervisor', overdue: true }))).toBe('bad')
    expect(reviewTone(review({ state: 'decided', result: 'stands' }))).toBe('plain')
    expect(reviewTone(review({ state: 'closed', result: 'set_aside' }))).toBe('good')
  })
  it('is gone through by the arrow keys', () => {
    expect(neighbour(['a', 'b', 'c'], 0, 1)).toBe('b')
    expect(neighbour(['a', 'b', 'c'], 2, 1)).toBe('c')
    expect(neighbour(['a', 'b', 'c'], 0, -1)).toBe('a')
    expect(neighbour(['a', 'b', 'c'], -1, 1)).toBe('a')
    expect(neighbour([], -1, 1)).toBeNull()
  })
  it('has an address for each of them', () => {
    expect(partsOf('#/reviews/1795436279.0')).toEqual(['reviews', '1795436279.0'])
  })
  it('says rules and times as exactly as they are known', () => {
    expect(exact(15030)).toBe('15.03')
    expect(ruleText('rings-3-on-1s-off-4s-offset-1.5s-pm-100ms')).toBe('响 1 秒停 4 秒，3 声之内，铃声早于系统所见 1.5 秒，误差 ±0.1 秒')
    expect(ruleText('rings-3-on-1s-off-4s-pm-1s')).toBe('响 1 秒停 4 秒，3 声之内，误差 ±1 秒')
    expect(ruleText('1000/4000/0/3')).toBe('1000/4000/0/3')
  })
  it('stand beside the telephones of the line, or it is said that nobody noted them', () => {
    const set = (kept: boolean): LineSetting => ({ rule: 'r', from: '', until: null, held: false, kept, number: '', endpoints: kept ? ['PJSIP/duty', 'PJSIP/b'] : [], trunks: [], supervision: kept ? 'none' : '', saved_at: null })
    expect([settingText(set(true)), settingText(set(false))]).toEqual(['PJSIP/duty、PJSIP/b；—；无应答和挂机信号', '当时未记录'])
  })
})

describe('what else saw the call', () => {
  const moment = (sip: string | null) => ({ name: 'rang' as const, judged: '2026-11-27T01:00:00.200Z', sip, journal: null })
  it('says how far it is from what was judged by, or that it is not known', () => {
    expect(beside(moment(null), null)).toBe('不明')
    expect(beside(moment('x'), '2026-11-27T01:00:00.198Z')).toBe('09:00:00.198 (−0.002)')
    expect(beside({ ...moment('x'), judged: null }, '2026-11-27T01:00:00.198Z')).toBe('09:00:00.198')
  })
  it('says how the clocks stood when the call came, and only else how they stand now', () => {
    const of = (then: Dispute['clock_then'], now: number | null) => ({ clock_then: then, clock_offset_ms: now }) as Dispute
    expect(clockText(of({ at: '2026-11-27T01:00:00.000Z', offset_ms: 42, machine: 'synchronised', error_ms: 20 }, 7))).toBe('通话时（09:00:00）交换机比本机快 0.042 秒 · 本机时钟已由时间服务校准 · 误差不超过 0.02 秒')
    expect(clockText(of({ at: '2026-11-27T01:00:00.000Z', offset_ms: -42, machine: '', error_ms: null }, 7))).toBe('通话时（09:00:00）交换机比本机快 -0.042 秒 · 本机时钟是否校准不明')
    expect(clockText(of(null, 7))).toBe('通话时没有测得；此刻交换机比本机快 0.007 秒')
    expect(clockText(of(null, null))).toBe('没有测得')
  })
})
