import { describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import type { Session } from '@/api/types'
import type { FigureGroup } from '@/api/figures'
import { behindGroup, heatTable, notInTime, ringBars, ringNumbers, ringTable } from '@/logic/figures'

const october = { key: '2026-10', from: '2026-10-01T00:00:00+08:00', to: '2026-11-01T00:00:00+08:00' }

describe('the calls behind a number', () => {
  it('are those of the time, the line and the officer', () => {
    expect(behindGroup(october, '', 'month')).toEqual({ from: october.from, to: october.to, line: '' })
    expect(behindGroup({ ...october, key: '张甲' }, 'duty', 'officer')).toEqual({ from: october.from, to: october.to, line: 'duty', officer: '张甲' })
    expect(behindGroup({ ...october, key: 'fire' }, '', 'line')).toEqual({ from: october.from, to: october.to, line: 'fire' })
  })
  it('are not listed where no list has just them', () => {
    expect(behindGroup({ ...october, key: '' }, '', 'officer')).toBe(null)
    expect(behindGroup({ ...october, key: '' }, '', 'shift')).toBe(null)
    expect(behindGroup({ ...october, key: '张甲', from: '2026-01-01T00:00:00+08:00' }, '', 'officer')).toBe(null)
  })
})

describe('a cell of the week and a bar of ring times', () => {
  const of = { from: '2026-11-01T00:00:00+08:00', to: '2026-11-30T00:00:00+08:00', line: 'duty' }
  const cell = (key: string, calls: number) => ({ key, calls, undecided: 0 }) as FigureGroup
  it('lead to their own calls, by click and by keyboard', () => {
    const table = heatTable([cell('1 08', 2), cell('7 23', 0)], (g) => g.calls, of)
    expect(table.cells![8]).toEqual([null, { ...of, weekHour: '1 08' }, null, null, null, null, null, null])
    expect(table.cells![23].every((c) => c === null)).toBe(true)
    const bars = ringBars([{ seconds: 12, calls: 1 }, { seconds: 61, calls: 2 }], [15])
    expect(ringTable(bars, [], of).behind!.filter((b) => b)).toEqual([{ ...of, ring: '10-15' }, { ...of, ring: '60-' }])
  })
  it('lead to the late ones alone where the map shows just these', () => {
    const late = (key: string, of: number, inTime: number) => ({ key, calls: 9, undecided: 1, after_review: { on_time: { numerator: inTime, denominator: of } } }) as unknown as FigureGroup
    const table = heatTable([late('1 08', 5, 3), late('2 08', 4, 4)], notInTime, of)
    expect(table.cells![8].slice(0, 3)).toEqual([null, { ...of, weekHour: '1 08', late: true }, null])
  })
  it('lead nowhere where the list goes through no time so long', () => {
    const long = { ...of, from: '2026-01-01T00:00:00+08:00' }
    expect(heatTable([cell('1 08', 2)], (g) => g.calls, long).cells![8][1]).toBe(null)
    expect(ringTable(ringBars([{ seconds: 12, calls: 1 }], [15]), [], long).behind!.every((b) => b === null)).toBe(true)
  })
})

describe('the rings of the bell', () => {
  const bar = (from: number, label = '') => ({ from, label, calls: 0, late: false })
  it('follow the cadence of the line', () => {
    expect([0, 5, 10, 15].map((s) => ringNumbers(bar(s), ['rings-3-on-1s-off-4s-pm-100ms']))).toEqual(['1', '2', '3', '4'])
    expect([0, 5, 10].map((s) => ringNumbers(bar(s), ['rings-3-on-1s-off-5s-pm-100ms']))).toEqual(['1', '1–2', '2–3'])
    expect(ringNumbers(bar(60, '≥60'), ['rings-3-on-1s-off-5s-pm-100ms'])).toBe('≥11')
  })
  it('are not told where the cadence changed, or is not known', () => {
    expect(ringNumbers(bar(5), ['rings-3-on-1s-off-5s-pm-100ms', 'rings-3-on-1s-off-4s-pm-100ms'])).toBe('—')
    expect(ringNumbers(bar(5), ['something'])).toBe('—')
    expect(ringNumbers(bar(5), [])).toBe('2')
  })
})

describe('the list that they stand in', () => {
  it('is nobody else\'s when another person signs in', async () => {
    vi.stubGlobal('window', { addEventListener: () => undefined, location: { hash: '' } })
    vi.stubGlobal('location', { hash: '' })
    const [{ behind, goCallsBehind }, { session }] = [await import('@/state/behind'), await import('@/state/session')]
    goCallsBehind({ from: october.from, to: october.to, line: '' })
    expect(behind.value).not.toBe(null)
    session.user = { username: 'wang' } as Session
    await nextTick()
    expect(behind.value).toBe(null)
  })
})
