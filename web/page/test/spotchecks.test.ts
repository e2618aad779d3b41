import { describe, expect, it } from 'vitest'
import type { SpotCheck } from '@/api/spotchecks'
import { SPOT_RESULTS } from '@/api/spotchecks'
import type { Call } from '@/api/types'
import { spotChecksEn, spotChecksZh } from '@/i18n/spotchecks'
import { spotSheet } from '@/logic/sheets'
import { callsFor, freshCheck, lacking, spotTone, toInstant, toLocal } from '@/logic/spotchecks'
import { partsOf } from '@/state/route'
import core from '../../../dutylog/spotcheck.go?raw'

const call = (change: Partial<Call>): Call => ({ id: '1.0', direction: 'in', tags: ['spot_check'], caller_name: '市应急局', offered_at: '2026-11-27T01:00:00.000Z', ...change }) as Call
const check = (change: Partial<SpotCheck>): SpotCheck => ({ direction: 'in', day: '2026-11-27T01:00:00.000Z', unit: '市应急局', inspector: '刘明', questions: '当班人员', result: 'passed', ...change })

describe('a spot check', () => {
  it('is begun from the call that was tagged', () => {
    expect(freshCheck(call({}), 0)).toMatchObject({ direction: 'in', day: '2026-11-27T01:00:00.000Z', unit: '市应急局', call_id: '1.0', result: 'passed' })
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
