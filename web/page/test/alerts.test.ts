// What the page 告警 says of an alert.
import { afterEach, describe, expect, it } from 'vitest'
import { ApiError } from '@/api/client'
import type { Alert } from '@/api/types'
import { lang } from '@/i18n'
import { problemText } from '@/i18n/problems'
import { isMuted, lifeOf, mayMute, muteWords, MUTE_HOURS } from '@/logic/alertlife'
import { alertCaller, alertNotes, alertState, alertTone } from '@/logic/alerts'

const alert = (over: Partial<Alert>): Alert => ({
  id: 1, key: 'k', rule: 'missed', reason: 'missed', certainty: 'certain', severity: 'critical', state: 'open', line: 'duty', call_id: '',
  opened_at: '2026-11-23T04:00:00.000Z', acknowledged_at: null, acknowledged_by: '', note: '', resolved_at: null, ...over,
})
const taken = { acknowledged_at: '2026-11-23T04:05:00.000Z', acknowledged_by: '陈主任' }

describe('an alert', () => {
  afterEach(() => { lang.value = 'zh' })
  it('says where it stands', () => {
    expect(alertState(alert({}))).toBe('待处理')
    expect(alertState(alert({ state: 'acknowledged', ...taken }))).toBe('陈主任 处理中 · 11-23 12:05')
    expect(alertState(alert({ state: 'resolved', ...taken, resolved_at: '2026-11-23T04:06:00.000Z' }))).toBe('陈主任 已处理 · 11-23 12:05')
    expect(alertState(alert({ state: 'resolved', resolved_at: '2026-11-23T04:06:00.000Z' }))).toBe('已自动解除 · 11-23 12:06')
    lang.value = 'en'
    expect(alertState(alert({ state: 'acknowledged', ...taken }))).toBe('陈主任 is on it · 11-23 12:05')
  })
  it('names who called, and nobody where nobody is known', () => {
    const callers = [{ call_id: '1.0', number: '02422730001', name: '沈河区应急局' }, { call_id: '2.0', number: '139****1111', name: '' }, { call_id: '3.0', number: 'anonymous', name: '' }]
    expect(alertCaller(alert({ call_id: '1.0' }), callers)).toBe('024-22730001 沈河区应急局')
    expect(alertCaller(alert({ call_id: '2.0' }), callers)).toBe('139****1111')
    expect(alertCaller(alert({ call_id: '3.0' }), callers)).toBe('未显示号码')
    expect(alertCaller(alert({ call_id: '4.0' }), callers)).toBe('')
    expect(alertCaller(alert({}), callers)).toBe('')
  })
  it('says of how many calls it tells, and that it was found afterwards', () => {
    expect(alertNotes(alert({}))).toEqual([])
    expect(alertNotes(alert({ times: 1, last_at: '2026-11-23T04:00:00.000Z' }))).toEqual([])
    expect(alertNotes(alert({ reason: 'registration_moved', times: 3, last_at: '2026-11-23T06:30:00.000Z' }))[0]).toContain('换地址注册')
    const several = alert({ times: 4, last_at: '2026-11-23T06:30:00.000Z', found_at: '2026-11-23T07:00:00.000Z' })
    expect(alertNotes(several)).toEqual(['共 4 次来电，最近一次 11-23 14:30', '事后从交换机流水查明 · 11-23 15:00'])
    lang.value = 'en'
    expect(alertNotes({ ...several, found_at: null })).toEqual(['4 calls, the newest at 11-23 14:30'])
  })
  it('is coloured by how bad it is, until it is resolved', () => {
    expect([alert({}), alert({ severity: 'warning' }), alert({ severity: 'info' }), alert({ state: 'resolved' })].map(alertTone)).toEqual(['bad', 'warn', 'info', 'good'])
  })
})

describe('the life of an alert', () => {
  afterEach(() => { lang.value = 'zh' })
  const now = Date.parse('2026-11-23T05:00:00.000Z')
  const climbed = alert({
    told_post: 'duty_section_chief', told_person: '王敏', told_at: '2026-11-23T04:06:00.000Z', next_post: 'duty_leader', next_at: '2026-11-23T05:16:00.000Z',
  })
  const muted = alert({ muted_until: '2026-11-23T06:00:00.000Z', muted_by: '李主任', muted_reason: '话机检修' })
  it('says whom it was told and who is next', () => {
    expect(lifeOf(climbed, now)).toEqual(['已通知值班处（科）领导 王敏 · 12:06', '若无人处理，13:16 通知带班领导'])
    expect(lifeOf({ ...climbed, told_person: '' }, now)[0]).toBe('已通知值班处（科）领导 · 12:06')
    expect(lifeOf({ ...climbed, state: 'acknowledged' }, now)).toEqual(['已通知值班处（科）领导 王敏 · 12:06'])
    expect(lifeOf(climbed, now + 24 * 3600_000)[0]).toBe('已通知值班处（科）领导 王敏 · 11-23 12:06')
    expect(lifeOf(alert({}), now)).toEqual([])
    lang.value = 'en'
    expect(lifeOf(climbed, now)[1]).toBe('Unless somebody takes it on, Duty leader is told at 13:16')
  })
  it('says that it came back and that it is muted, until it is no more', () => {
    expect(lifeOf(alert({ reopened: 3, reopened_at: '2026-11-23T04:30:00.000Z' }), now)).toEqual(['又出现 3 次，最近 12:30'])
    expect(lifeOf(muted, now)).toEqual(['静默至 14:00 · 李主任：话机检修'])
    expect(lifeOf({ ...muted, muted_rule: true }, now)).toEqual(['同类告警静默至 14:00 · 李主任：话机检修'])
    expect(isMuted(muted, now + 3600_000)).toBe(false)
    expect(lifeOf(muted, now + 3600_000)).toEqual([])
  })
  it('is muted unless it is over or a call rings', () => {
    expect([alert({}), alert({ state: 'acknowledged' }), alert({ state: 'resolved' }), alert({ reason: 'ring_3' }), alert({ reason: 'limit_passed' })].map(mayMute))
      .toEqual([true, true, false, false, false])
    expect(MUTE_HOURS.map(muteWords)).toEqual(['1 小时', '2 小时', '8 小时', '1 天', '3 天', '7 天'])
  })
})

// A conflict of another sort is not called a text that somebody else changed.
describe('a refusal', () => {
  afterEach(() => { lang.value = 'zh' })
  it('says what to do instead, each in its own words', () => {
    lang.value = 'zh'
    const said = ['alert-over', 'alert-rings', 'alert-unmuted', 'channel-test-runs', 'verification-runs'].map((type) => problemText(new ApiError(409, 'Conflict', 'no', { type: '/problems/' + type })))
    expect(new Set(said).size).toBe(5)
    expect(said).not.toContain(problemText(new ApiError(409, 'Conflict', 'no', {})))
    expect(said.filter((s) => !/请|无须/.test(s))).toEqual([])
  })
})
