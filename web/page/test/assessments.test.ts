import { describe, expect, it } from 'vitest'
import type { AssessmentItem, EvidenceLink, Violation } from '@/api/assessments'
import { assessmentsEn, assessmentsZh } from '@/i18n/assessments'
import { addressOf, changeText, evidenceText, firstMonth, firstSays, itemText, judged, percent, points, scoreText, wantsWords, whyText } from '@/logic/assessments'
import { partsOf } from '@/state/route'
import scoring from '../../../dutylog/scoring.go?raw'
import violation from '../../../dutylog/violation.go?raw'

/** The names that a pattern finds in the source of the log. */
const named = (source: string, pattern: RegExp): string[] => (source.match(pattern) || []).map((m) => m.replace(/.*"(\w+)".*/, '$1'))

const item = (change: Partial<AssessmentItem>): AssessmentItem => ({ id: 'a', title: '三声内接听', article: '第十二条', figure: 'on_time', of_line: true, minutes: false, gets: 15, points: 18, each: 2, bands: [{ least: 98, gives: 18 }, { least: 95, gives: 15 }],
  why: 'band', band: { least: 95, gives: 15 }, numerator: 24, denominator: 25, measured: { numerator: 24, denominator: 25 }, unknown: 0, evidence: [], more: 0, within_minutes: 0, late: 0, ...change })

describe('how the points came about', () => {
  it.each([
    [item({}), '达标 24/25，96%，达到 95%'],
    [item({ measured: { numerator: 24, denominator: 26 }, unknown: 2 }), '达标 24/25，96%，达到 95%；实测 24/26；另有 2 个情况不明或待裁定，未计入'],
    [item({ why: 'below', band: null, numerator: 20, measured: { numerator: 20, denominator: 25 } }), '达标 20/25，80%，低于 95%'],
    [item({ why: 'cases', band: null, numerator: 17, denominator: 19, measured: { numerator: 17, denominator: 19 } }), '达标 17/19，2 件未达标，每件扣 2 分（不足 20 件，按件计）'],
    [item({ why: 'cases', band: null, numerator: 3, denominator: 3, bands: [], measured: { numerator: 3, denominator: 3 } }), '达标 3/3'],
    [item({ why: 'cases', figure: 'misuse_told', band: null, numerator: 0, denominator: 0, bands: [], measured: { numerator: 0, denominator: 0 } }), '无'],
    [item({ why: 'cases', figure: 'violations', of_line: false, band: null, numerator: 0, denominator: 2, bands: [], each: 2.5 }), '2 件，每件扣 2.5 分'],
    [item({ why: 'cases', figure: 'missed_called_back', band: null, numerator: 1, denominator: 3, bands: [], measured: { numerator: 1, denominator: 3 }, within_minutes: 30, late: 2 }), '达标 1/3，2 件未达标，每件扣 2 分；其中 2 件超过 30 分钟才回拨'],
    [item({ why: 'nothing', band: null }), '本月没有此类事项，不计分'],
    [item({ why: 'unknown', band: null }), '本月情况不明，无法评分，不计分'],
    [item({ figure: 'roster_covered', of_line: false, minutes: true, numerator: 125160, denominator: 125280, band: { least: 99, gives: 3 } }), '达标 125160/125280 分钟，99.9%，达到 99%'],
  ])('%#', (i, want) => expect(whyText(i)).toBe(want))
  it('rounds a share down and never says more than was reached', () => {
    expect([percent(1999, 2000), percent(19, 20), percent(2, 3), points(12.5), points(12), points(0.30000000000000004)]).toEqual(['99.9', '95', '66.6', '12.5', '12', '0.3'])
  })
  it('names what is not judged, and what is not there', () => {
    expect([judged(item({})), judged(item({ why: 'nothing' })), scoreText(item({})), scoreText(item({ why: 'unknown' })), scoreText(null)]).toEqual([true, false, '15/18', '不计', '无此项'])
    expect(changeText({ id: 'a', title: '三声内接听', then: item({}), now: null })).toBe('三声内接听 15/18 → 无此项')
  })
})

describe('evidence', () => {
  const link = (kind: string, id = '1.0'): EvidenceLink => ({ kind, id, at: '2026-11-27T01:00:00.000Z', what: '' })
  it('leads to a page that there is, for every kind that the log has', () => {
    const kinds = named(scoring, /Evidence\w+\s+EvidenceKind = "\w+"/g).filter((k) => k !== 'none')
    expect(kinds.length).toBe(11)
    for (const k of kinds) {
      expect(partsOf('#' + addressOf(link(k))), k).not.toBeNull()
      expect(evidenceText(link(k)), k).not.toContain(k)
      expect(addressOf(link(k, '3')).split('/').length, k + ' leads to the thing itself, not to a bare page').toBe(3)
    }
    expect(addressOf(link('task', '3/month/2026-12-01'))).toBe('/duties/3%2Fmonth%2F2026-12-01')
    expect([addressOf(link('handover', '12')), addressOf(link('handover', ''))]).toEqual(['/handover/12', '/handover/2026-11-27T01%3A00%3A00.000Z'])
    expect([addressOf(link('call', '1.0/x')), addressOf(link('incident', '3')), evidenceText(link('call'))]).toEqual(['/calls/1.0%2Fx', '/incidents/3', '来电 11-27 09:00'])
  })
})

describe('the register', () => {
  it('has a word for every cause, state, result and saying of the log', () => {
    const words = [['suspicion', /SuspicionWhy = "\w+"/g], ['suspicionWords', /SuspicionWhy = "\w+"/g], ['viState', /ViolationState = "\w+"/g], ['viSays', /ViolationSays = "\w+"/g], ['vi.words', /ViolationSays = "\w+"/g], ['viResult', /ViolationResult = "\w+"/g]] as const
    for (const [area, of] of words) {
      const names = named(violation, of)
      expect(names.length, area).toBeGreaterThan(1)
      for (const n of names) expect(Object.keys(assessmentsZh), area + '.' + n).toContain(area + '.' + n)
    }
  })
  it('asks for words but for a confirmation, and begins with what is due', () => {
    expect([wantsWords('confirmed'), wantsWords('stated'), firstSays({ may: ['proposed', 'dismissed'] } as unknown as Violation), firstSays({ may: [] } as unknown as Violation), itemText(2)]).toEqual([false, true, 'proposed', '', '第（二）项'])
  })
})

it('the newest month that is over is shown first', () => {
  expect(firstMonth([{ month: '2026-11', state: 'running' }, { month: '2026-10', state: 'open' }])).toBe('2026-10')
  expect(firstMonth([{ month: '2026-11', state: 'running' }])).toBe('2026-11')
  expect(firstMonth([])).toBe('')
})

it('both languages say the same things', () => {
  expect(Object.keys(assessmentsEn).sort()).toEqual(Object.keys(assessmentsZh).sort())
  const holes = (s: string) => (s.match(/\{\w+/g) || []).sort()
  for (const k of Object.keys(assessmentsZh) as (keyof typeof assessmentsZh)[]) expect(holes(assessmentsEn[k]), k).toEqual(holes(assessmentsZh[k]))
})

it('addresses of months and suspicions are read', () => {
  expect([partsOf('#/assessment/2026-10'), partsOf('#/violations/3'), partsOf('#/assessments')]).toEqual([['assessment', '2026-10'], ['violations', '3'], null])
})
