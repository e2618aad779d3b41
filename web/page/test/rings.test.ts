import { describe, expect, it } from 'vitest'
import type { Rule } from '@/api/types'
import { ringNumber, ringView, stageOf } from '@/logic/rings'

const rule: Rule = { on_ms: 1000, off_ms: 4000, offset_ms: 0, limit: 3, version: 'rings-3-on-1s-off-4s' }

describe('ring arithmetic', () => {
  it.each([
    [0, 1, 'early'], [4999, 1, 'early'], [5000, 2, 'early'], [9999, 2, 'early'],
    [10_000, 3, 'last'], [14_999, 3, 'last'], [15_000, 4, 'over'], [61_000, 13, 'over'],
  ])('after %i ms it is ring %i, %s', (ms, ring, stage) => {
    const view = ringView(1_000_000, 1_000_000 + ms, rule)
    expect([view.ring, view.stage]).toEqual([ring, stage])
    expect(ringNumber(ms, rule)).toBe(ring)
  })

  it('counts what the bell rang before the switch saw it', () => {
    const late = { ...rule, offset_ms: 2000 }
    expect(ringNumber(2999, late)).toBe(1)
    expect(ringNumber(3000, late)).toBe(2)
    expect(ringView(0, 12_999, late).stage).toBe('last')
    expect(ringView(0, 13_000, late)).toMatchObject({ stage: 'over', limitMs: 13_000, progress: 1 })
  })

  it('never runs before the first ring when the clocks disagree', () => {
    expect(ringView(10_000, 9_400, rule)).toMatchObject({ ring: 1, elapsedMs: 0, progress: 0 })
  })

  it('knows when the bell sounds', () => {
    expect(ringView(0, 5_500, rule).bell).toBe(true)
    expect(ringView(0, 6_500, rule).bell).toBe(false)
  })

  it('fills the time allowed evenly', () => {
    expect(ringView(0, 7_500, rule).progress).toBeCloseTo(0.5)
    expect(ringView(0, 99_000, rule).progress).toBe(1)
  })

  it('does not divide by an empty rule', () => {
    const broken = { ...rule, on_ms: 0, off_ms: 0 }
    expect(ringNumber(6000, broken)).toBe(2)
  })

  it('has one stage per side of the limit', () => {
    expect([1, 2, 3, 4].map((r) => stageOf(r, 3))).toEqual(['early', 'early', 'last', 'over'])
    expect(stageOf(1, 1)).toBe('last')
  })
})
