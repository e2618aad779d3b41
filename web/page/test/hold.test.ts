import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Call, Line } from '@/api/types'
import { goesOnElsewhere, HOLD_MS, mayTakeForm, newsOf, offered, TYPING_MS } from '@/logic/hold'

const NOW = 1_000_000_000
const call = (id: string, offered_at: string, ended_at: string | null = null) => ({ id, offered_at, ended_at }) as Call

describe('the form is taken away for another call', () => {
  const idle = { running: false, dirty: false, unfinished: [] }
  const held = (...at: number[]) => ({ ...idle, unfinished: at })

  it.each([
    ['when it is empty', idle, true],
    ['never while its own call rings or talks, even untouched', { ...idle, running: true }, false],
    ['never while a recording plays', { ...idle, playing: true }, false],
    ['never while something typed is not saved', { ...idle, dirty: true }, false],
    ['never while a dialog is open', { ...idle, busy: true }, false],
    ['not while somebody types in any field', { ...idle, typed: NOW - 200 }, false],
    ['not when somebody typed 9 s ago', { ...idle, typed: NOW - TYPING_MS + 1000 }, false],
    ['when nobody has typed for ten seconds', { ...idle, typed: NOW - TYPING_MS }, true],
    ['not when an unfinished entry was touched a moment ago', held(NOW - 1000), false],
    ['not when an unfinished entry was touched 119 s ago', held(NOW - HOLD_MS + 1000), false],
    ['when it was touched two minutes ago', held(NOW - HOLD_MS), true],
    ['not when any other unfinished entry was', held(0, NOW - 5000), false],
  ])('%s', (_, form, want) => expect(mayTakeForm(form, NOW)).toBe(want))
})

describe('a call that goes on away from the duty phone', () => {
  const line = (state: Line['state']) => ({ line: 'duty', state }) as Line
  const at = '2026-11-23T10:00:00.000Z'
  const running = { ...call('1', at), line: 'duty', direction: 'in' } as Call

  it.each([
    ['is one that has not ended while the line is idle', line('idle'), running, '1'],
    ['is not one that rings', line('ringing'), running, undefined],
    ['is not one that is over', line('idle'), { ...running, ended_at: at }, undefined],
    ['is not one of another line', line('idle'), { ...running, line: 'other' }, undefined],
    ['is not one that we placed', line('idle'), { ...running, direction: 'out' as const }, undefined],
    ['is none without a line', null, running, undefined],
  ])('%s', (_, l, c, want) => {
    const got = goesOnElsewhere(l, [c])
    expect(got ? got.id : undefined).toBe(want)
  })
})

describe('a call that is first heard of', () => {
  const at = '2026-11-23T10:00:00.000Z'
  it.each([
    ['runs', null, 0, 'running'],
    ['ended a moment ago, as an engaged one does', at, 5000, 'ended'],
    ['ended long ago and is only told again', at, 61_000, 'old'],
  ])('%s', (_, ended, after, want) => expect(newsOf(call('1', at, ended), Date.parse(at) + after)).toBe(want))

  it('is offered before those that are over, the earlier one first', () => {
    const engaged = call('engaged', '2026-11-23T10:00:00.000Z', at)
    const later = call('later', '2026-11-23T10:00:09.000Z')
    const ringing = call('ringing', '2026-11-23T10:00:05.000Z')
    expect(offered([engaged, later, ringing])!.id).toBe('ringing')
    expect(offered([engaged])!.id).toBe('engaged')
    expect(offered([])).toBeNull()
  })
})

describe('who works with which entry', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it('outlives a reload of the page, not the log-out', async () => {
    const kept = new Map<string, string>()
    vi.stubGlobal('sessionStorage', { getItem: (k: string) => kept.get(k) || null, setItem: (k: string, v: string) => void kept.set(k, v) })
    const before = await import('@/state/held')
    before.hold('e-1', NOW)
    before.hold('e-2', NOW + 700_000)
    vi.resetModules()
    const after = await import('@/state/held')
    expect(after.heldEntries()).toEqual([{ id: 'e-2', at: NOW + 700_000 }])
    after.forgetHeld()
    vi.resetModules()
    expect((await import('@/state/held')).heldEntries()).toEqual([])
  })

  it('lasts until the reload where nothing can be stored', async () => {
    vi.stubGlobal('sessionStorage', undefined)
    const held = await import('@/state/held')
    held.hold('e-1', NOW)
    expect(held.heldEntries()).toEqual([{ id: 'e-1', at: NOW }])
  })
})
