import { beforeEach, describe, expect, it } from 'vitest'
import type { TestCall } from '@/api/types'
import { lang } from '@/i18n'
import { testsZh } from '@/i18n/tests'
import { testCause, testSeconds, testTone, testVerdict } from '@/logic/tests'
import results from '../../../telephony/testcall/result.go?raw'
import verdicts from '../../../telephony/testcall/verdict.go?raw'

const call: TestCall = {
  id: 1, at: '2026-11-26T08:00:00.000Z', ended_at: '2026-11-26T08:00:09.000Z', line: 'duty', cause: 'schedule', by: '', verdict: 'reachable',
  reason: 'rang_here', ringback: 'standard', rang_after: 1.25, bell_seconds: 6, seconds: 8, call_id: '1.0', recognised_by: 'token', hung_up: 'heard',
  status: 487, heard: '', detail: '', audio: true,
}

/** The values of a type's constants in a Go file. */
const constants = (source: string, type: string): string[] =>
  (source.match(new RegExp(`^\\s+\\w+\\s+${type}\\s*= "\\w+"`, 'gm')) || []).map((line) => line.replace(/^.*"(\w+)"$/s, '$1'))

describe('the page of test calls', () => {
  beforeEach(() => { lang.value = 'zh' })

  it('has a word for everything that the daemon says of a test', () => {
    const of = (area: string) => Object.keys(testsZh).filter((k) => k.indexOf(area + '.') === 0).map((k) => k.slice(area.length + 1)).sort()
    expect(of('testVerdict')).toEqual(constants(verdicts, 'Verdict').concat('running').sort())
    expect(of('testReason')).toEqual(constants(verdicts, 'Reason').sort())
    expect(of('testRingback')).toEqual(constants(verdicts, 'Ringback').sort())
    expect(of('testCause')).toEqual(constants(results, 'Cause').sort())
    expect(of('testReason').length).toBeGreaterThan(12)
  })

  it('colours what was proved, and accuses nobody of what is not known', () => {
    expect(testTone(call)).toBe('good')
    expect(testTone({ ...call, ringback: 'open' })).toBe('good')
    for (const verdict of ['forwarded', 'custom_ringback', 'busy', 'no_ring'] as const) expect(testTone({ ...call, verdict })).toBe('bad')
    expect(testTone({ ...call, verdict: 'cannot_tell', reason: 'second_line' })).toBe('warn')
    expect(testTone({ ...call, verdict: 'cannot_tell', reason: 'real_call' })).toBe('plain')
    expect(testTone({ ...call, verdict: '', ended_at: null })).toBe('plain')
  })

  it('says what a test is, who began it and how long it took to ring', () => {
    expect(testVerdict(call)).toBe('畅通')
    expect(testVerdict({ ...call, verdict: '', ended_at: null })).toBe('拨测中')
    expect(testCause(call)).toBe('定时')
    expect(testCause({ ...call, by: '张伟' })).toBe('张伟')
    expect(testSeconds(1.25)).toBe('1.3 秒')
    expect(testSeconds(null)).toBe('')
  })
})
