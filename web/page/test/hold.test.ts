import { describe, expect, it } from 'vitest'
import type { Call } from '@/api/types'
import { HOLD_MS, mayTakeForm, newsOf, offered } from '@/logic/hold'

const NOW = 1_000_000_000
const call = (id: string, offered_at: string, ended_at: string | null = null) => ({ id, offered_at, ended_at }) as Call

describe('the form is taken away for another call', () => {
  const idle = { running: false, dirty: false, unfinished: [] }
  const held = (touched: number, shown = 0) => ({ ...idle, unfinished: [{ touchedAt: touched, shownAt: shown }] })

  it.each([
    ['when it is empty', idle, true],
    ['never while its own call rings or talks, even untouched', { ...idle, running: true }, false],
    ['never while something typed is not saved', { ...idle, dirty: true }, false],
    ['not when an unfinished entry was touched a moment ago', held(NOW - 1000), false],
    ['not when an unfinished entry was touched 119 s ago', held(NOW - HOLD_MS + 1000), false],
    ['when it was touched two minutes ago', held(NOW - HOLD_MS), true],
    ['not when a call brought the unfinished entry up a moment ago', held(0, NOW - 1000), false],
    ['when that was two minutes ago', held(0, NOW - HOLD_MS), true],
    ['when an unfinished entry was merely opened by a reload', held(0, 0), true],
  ])('%s', (_, form, want) => expect(mayTakeForm(form, NOW)).toBe(want))

  it('looks at every unfinished entry, not only at the one shown', () => {
    expect(mayTakeForm({ ...idle, unfinished: [{ touchedAt: 0, shownAt: 0 }, { touchedAt: NOW - 5000, shownAt: 0 }] }, NOW)).toBe(false)
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
