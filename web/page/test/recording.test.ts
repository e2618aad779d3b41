import { describe, expect, it } from 'vitest'
import { lang, t } from '@/i18n'
import { lacksOf, recordingStatus } from '@/logic/recording'

describe('what a recording lacks', () => {
  it('is said beside it, in a fixed order', () => {
    expect(lacksOf({ direction: 'in', findings: [] })).toEqual([])
    expect(lacksOf({ direction: 'in', findings: ['recording_short', 'borderline', 'silent_caller_side'] })).toEqual(['rec.silent.caller', 'rec.short'])
    expect(lacksOf({ direction: 'out', findings: ['silent_officer_side'] })).toEqual(['rec.silent.officer'])
  })

  it('is the talk after the officer handed the call on', () => {
    expect(lacksOf({ direction: 'in', findings: ['transferred'] })).toEqual(['rec.transferred'])
    expect(lacksOf({ direction: 'in', findings: ['transfer_attempted'] })).toEqual([]) // it came back
    expect(lacksOf({ direction: 'out', findings: ['transferred'] })).toEqual([]) // the other side's leg is recorded on
    lang.value = 'zh'
    expect(t('rec.transferred')).toContain('转接')
  })
})

describe('how it stands with a recording', () => {
  it('is told while the call lasts, until it is kept, and where there was no talk', () => {
    const sealed = { status: 'sealed' } as never
    expect([recordingStatus({ ended_at: null, answered_at: 'a', recording: sealed }), recordingStatus({ ended_at: 'e', answered_at: 'a', recording: sealed }), recordingStatus({ ended_at: 'e', answered_at: 'a', recording: null }), recordingStatus({ ended_at: 'e', answered_at: null, recording: null })]).toEqual(['live', 'sealed', 'pending', 'none'])
  })
})
