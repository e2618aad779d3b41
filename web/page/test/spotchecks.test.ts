import { describe, expect, it } from 'vitest'
import type { SpotCall, SpotCheck } from '@/api/spotchecks'
import { SPOT_RESULTS } from '@/api/spotchecks'
import type { Call } from '@/api/types'
import { spotChecksEn, spotChecksZh } from '@/i18n/spotchecks'
import { spotSheet } from '@/logic/sheets'
import { callsFor, checkOfCall, freshCheck, lacking, spotCallText, spotCallTone, spotTone, toInstant, toLocal } from '@/logic/spotchecks'
import { partsOf } from '@/state/route'
import core from '../../../dutylog/spotcheck.go?raw'

const call = (change: Partial<Call>): Call => ({ id: '1.0', direction: 'in', tags: ['spot_check'], caller_name: '市应急局', offered_at: '2026-11-27T01:00:00.000Z', ...change }) as Call
const check = (change: Partial<SpotCheck>): SpotCheck => ({ direction: 'in', day: '2026-11-27T01:00:00.000Z', unit: '市应急局', inspector: '刘明', questions: '当班人员', result: 'passed', ...change })

describe('a spot check', () => {
  it('is begun from the call that was tagged', () => {
    expect(freshCheck(call({}), 0)).toMatchObject({ direction: 'in', day: '2026-11-27T01:00:00.000Z', unit: '市应急局', call_id: '1.0', result: 'passed' })
    expect(freshCheck(call({ id: '2.0', direction: 'out', tags: [], caller_name: '' }), 0)).toMatchObject({ direction: 'out', unit: '', call_id: '2.0' })
    expect(freshCheck(null, Date.UTC(2026, 10, 27))).toMatchObject({ day: '2026-11-27T00:00:00.000Z', unit: '', call_id: '' })
  })
  it('is refused here for what it lacks', () => {
    expect(lacking(check({}))).toBe('')
    expect(lacking(check({ unit: ' ' }))).toBe('unit')
    expect(lacking(check({ inspector: '' }))).toBe('inspector')
    expect(lacking(check({ questions: '' }))).toBe('questions')
    expect(lacking(check({ result: 'failed' }))).toBe('findings')
    expect(lacking(check({ result: 'partly', findings: '带班领导不在岗' }))).toBe('')
    expect(lacking(check({ check: 3, version: 4 }))).toBe('change')
    expect(lacking(check({ check: 3, version: 4, change: '姓名写错' }))).toBe('')
  })
  it('is tied to a call that went its way and was a person’s', () => {
    const calls = [call({}), call({ id: '2.0', direction: 'out', tags: [] }), call({ id: '3.0', tags: ['test'] }), call({ id: '4.0', tags: ['system'] })]
    expect(callsFor(calls, check({})).map((c) => c.id)).toEqual(['1.0'])
    expect(callsFor(calls, check({ direction: 'out' })).map((c) => c.id)).toEqual(['2.0'])
  })
  it('has the time of the duty room, wherever the browser is', () => {
    expect(toLocal('2026-11-27T01:00:00.000Z')).toBe('2026-11-27 09:00')
    expect(toInstant('2026-11-27 09:00')).toBe('2026-11-27T01:00:00.000Z')
    expect(toLocal('')).toBe('')
  })
  it('stands out by its result', () => {
    expect(SPOT_RESULTS.map(spotTone)).toEqual(['good', 'warn', 'bad'])
  })
})

describe('the call of a spot check', () => {
  const placed = (change: Partial<SpotCall>): SpotCall =>
    ({ id: 3, at: '2026-11-27T01:00:00.000Z', ended_at: null, line: 'duty', by: '刘督查', state: 'calling', call_id: '', rings: 0, ring_ms: null, answered: false, outcome: '', hung_up: '', reason: '', detail: '', ...change })
  const over = { state: 'over', ended_at: '2026-11-27T01:01:00.000Z' } as const
  it.each([
    [placed({}), '正在拨打…'],
    [placed({ state: 'ringing', call_id: '1.0', rings: 4, ring_ms: 16200 }), '正在响铃：第 4 声，16.2 秒'],
    [placed({ state: 'answered', call_id: '1.0', rings: 2, ring_ms: 7340, answered: true }), '已接听：响了 2 声，7.3 秒'],
    [placed({ state: 'answered', call_id: '1.0', answered: true }), '已接听'],
    [placed({ ...over, call_id: '1.0', rings: 2, ring_ms: 7340, outcome: 'answered_in_time', hung_up: 'asked' }), '按时接听 · 响了 2 声，7.3 秒'],
    [placed({ ...over, call_id: '1.0', rings: 12, ring_ms: 60000, outcome: 'missed', hung_up: 'limit' }), '未接 · 响了 12 声，60.0 秒 · 到时间自动挂断'],
    [placed({ ...over, call_id: '1.0', rings: 1, ring_ms: 900, outcome: 'abandoned_early', hung_up: 'real_call' }), '对方提前挂断 · 响了 1 声，0.9 秒 · 有来电，让出了线路'],
    [placed({ ...over, reason: 'unrecognised', hung_up: 'real_call' }), '有来电到达，但认不出是不是这次拨测：请核对第二条线路的来电显示 · 没有认出这次抽查的来电，请登记时自己选择对应通话 · 有来电，让出了线路'],
  ])('%# says how it stands', (c, want) => expect(spotCallText(c)).toBe(want))
  it('stands out by what came of it', () => {
    expect([placed({}), placed({ ...over, outcome: 'answered_in_time' }), placed({ ...over, outcome: 'answered_late' }), placed({ ...over, outcome: 'missed' })].map(spotCallTone)).toEqual(['info', 'good', 'warn', 'bad'])
  })
  it('is taken over into the register with its call, its time and what was asked', () => {
    expect(checkOfCall(placed({ ...over, call_id: '1.0', outcome: 'answered_late' }), '刘督查', '在岗人员')).toMatchObject({ direction: 'in', day: '2026-11-27T01:00:00.000Z', inspector: '刘督查', questions: '在岗人员', result: 'partly', call_id: '1.0' })
    expect(checkOfCall(placed({ ...over, outcome: 'answered_in_time' }), '', '').result).toBe('passed')
  })
})

describe('the register', () => {
  it('has a word for every result of the core, in both languages', () => {
    const names = (core.match(/^\s+\w+\s+SpotResult = "\w+"/gm) || []).map((l) => l.replace(/^.*"(\w+)"$/s, '$1'))
    expect(names).toEqual(SPOT_RESULTS.slice())
    for (const n of names) expect(Object.keys(spotChecksZh)).toContain('spotResult.' + n)
    expect(Object.keys(spotChecksEn).sort()).toEqual(Object.keys(spotChecksZh).sort())
  })
  it('is a page, and leaves the house by month', () => {
    expect(partsOf('#/spotchecks')).toEqual(['spotchecks'])
    expect(spotSheet('2026-11')).toEqual({ page: '/api/v1/sheets/spot-checks?month=2026-11', workbook: '/api/v1/sheets/spot-checks/workbook?month=2026-11' })
  })
})
