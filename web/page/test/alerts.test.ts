// What the page 告警 says of an alert.
import { afterEach, describe, expect, it } from 'vitest'
import type { Alert } from '@/api/types'
import { lang } from '@/i18n'
import { alertState, alertTone } from '@/logic/alerts'

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
  it('is coloured by how bad it is, until it is resolved', () => {
    expect([alert({}), alert({ severity: 'warning' }), alert({ severity: 'info' }), alert({ state: 'resolved' })].map(alertTone)).toEqual(['bad', 'warn', 'info', 'good'])
  })
})
