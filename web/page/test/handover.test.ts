import { beforeEach, describe, expect, it } from 'vitest'
import type { Handover, HandoverNow, Sheet } from '@/api/duties'
import { ApiError } from '@/api/client'
import { lang } from '@/i18n'
import { handoverZh } from '@/i18n/handover'
import { problemText } from '@/i18n/problems'
import { anyChange, besides, changesOf, deedOf, downOf, ownPart, partOf, partyOf, PARTS, restOf, restWords } from '@/logic/handover'
import refusals from '../../../dutylog/handover.go?raw'

const sheet: Sheet = {
  form: 1, from: '2026-11-27T00:00:00.000Z', outgoing: '张伟',
  matters: [{ entry_id: 'e-1', entry_number: '2026-000001', at: '2026-11-27T00:05:00.000Z', kind: 'duty', who: '沈河区应急局', number: '', what: '起火', missing: [] }],
  alerts: [{ id: 7, reason: 'missed', title: '来电未接', severity: 'critical', state: 'open', line: 'duty', detail: '', at: null, by: '' }],
  lamps: [{ line: 'duty', lamp: 'phone', state: 'good', cause: 'phone_online', since: null }],
  test: { id: 3, at: null, line: 'duty', verdict: 'reachable', ringback: 'standard' },
  duties: [], blind: [], counts: { calls: 3, missed: 1, answered_late: 0, outgoing: 0, entries: 3 }, remarks: '',
}
const kept: Handover = {
  id: 2, at: '2026-11-27T00:00:00.000Z', from: '2026-11-26T12:00:00.000Z', outgoing: { login: 'zhang', name: '张伟', at: null }, incoming: { login: 'Li', name: '李娜', at: null },
  unsigned: '', digest: 'd', confirmations: [{ part: 'incoming', login: 'Li', name: '李娜', at: '2026-11-27T00:00:00.000Z' }],
}
const now: HandoverNow = { last: kept, why: 'awaited', shift_end: null, deadline: null, expected: '', sheet, sheet_digest: 'x' }
const user = (username: string, role: 'officer' | 'chief' | 'leader' | 'supervisor') => ({ username, name: username, role, must_change_password: false })

describe('the page of handovers', () => {
  beforeEach(() => { lang.value = 'zh' })

  it('offers what the person at the page can do', () => {
    expect(deedOf({ ...now, last: null }, user('wang', 'officer'))).toBe('first')
    expect(deedOf(now, user('li', 'officer'))).toBe('give') // upper and lower case are one login
    expect(deedOf(now, user('wang', 'officer'))).toBe('take')
    for (const role of ['chief', 'leader', 'supervisor'] as const) expect(deedOf(now, user('x', role))).toBe('none')
    expect(deedOf(null, user('wang', 'officer'))).toBe('none')
    expect(deedOf(now, null)).toBe('none')
  })

  it('says how much more there is than a sheet lists, and where it stands', () => {
    expect(restOf(sheet)).toEqual({ matters: 0, alerts: 0, incidents: 0 })
    const cut: Sheet = { ...sheet, unlisted: { matters: 12, alerts: 0, incidents: 1 } }
    expect(restOf(cut).matters).toBe(12)
    expect(restWords(12, 300, 'nav.search')).toBe('另有 12 件未列出，共 312 件，见“检索”页')
    lang.value = 'en'
    expect(restWords(12, 300, 'nav.alerts')).toContain('12 more of 312')
    // One more that is not listed is a change of the sheet, though no row of it is another one.
    const more: Sheet = { ...cut, unlisted: { matters: 13, alerts: 0, incidents: 1 } }
    expect(anyChange(changesOf(cut, more))).toBe(true)
    expect(anyChange(changesOf(cut, { ...cut }))).toBe(false)
  })

  it('shows the number to call back beside the name', () => {
    const m = { ...sheet.matters[0], number: '13904011234' }
    expect(partyOf(m)).toBe('沈河区应急局 139 0401 1234')
    expect(partyOf({ ...m, number: 'anonymous' })).toBe('沈河区应急局')
    expect(partyOf({ ...m, who: '' })).toBe('139 0401 1234')
    expect(partyOf({ ...m, who: '', number: '' })).toBe('未显示号码')
    expect(partyOf({ ...m, who: '', number: '', kind: 'fax' })).not.toBe('未显示号码')
  })

  it('knows who confirmed which part, and whose part it is', () => {
    expect(PARTS.map((p) => (partOf(kept, p) ? p : ''))).toEqual(['', 'incoming', '', ''])
    expect(ownPart('chief', user('x', 'chief'))).toBe(true)
    expect(ownPart('leader', user('x', 'chief'))).toBe(false)
    expect(ownPart('incoming', user('x', 'officer'))).toBe(false)
  })

  it('names who is on duty by the roster while somebody else is responsible', () => {
    const zhang = { name: '张伟', phone: '', from: '2026-11-26T12:00:00.000Z', to: '2026-11-27T00:00:00.000Z' }
    const duty = { duty_officer: zhang, duty_section_chief: null, duty_leader: null }
    expect(besides(duty, now)).toBe(zhang) // 李娜 came early
    expect(besides({ ...duty, duty_officer: { ...zhang, name: '李娜' } }, now)).toBeNull()
    expect(besides({ ...duty, duty_officer: null }, now)).toBeNull()
    expect(besides(duty, { ...now, last: null })).toBeNull() // who it is by the roster is said then anyway
    expect(besides(null, now)).toBeNull()
  })

  it('marks an incident that is new, or that went on', () => {
    const fire = { id: 1, number: 'T2026-001', state: 'open' as const, title: '火灾', clock_start: null, next: '初报', due_at: '2026-11-27T00:10:00.000Z', unapproved: [], instructions: [] }
    const one = { ...sheet, incidents: [fire] }
    expect(changesOf(sheet, one).rows).toEqual({ 'incidents/1': 'new' })
    expect(changesOf(one, { ...one, incidents: [{ ...fire, unapproved: ['初报'] }] }).rows).toEqual({ 'incidents/1': 'other' })
    expect(changesOf(one, sheet).parts).toEqual({ incidents: 'gone' })
    expect(anyChange(changesOf(one, one))).toBe(false)
  })

  it('finds nothing changed in the same sheet', () => {
    const same = changesOf(sheet, JSON.parse(JSON.stringify(sheet)))
    expect(same).toEqual({ rows: {}, parts: {} })
    expect(anyChange(same)).toBe(false)
    expect(anyChange(null)).toBe(false)
  })

  it('marks what is new, other and gone', () => {
    const later: Sheet = {
      ...sheet, alerts: [], test: null, counts: { ...sheet.counts, calls: 4 },
      matters: sheet.matters.map((m) => ({ ...m, what: '起火，已扑灭' })).concat({ ...sheet.matters[0], entry_id: 'e-2' }),
      lamps: [{ ...sheet.lamps[0], state: 'bad' }], blind: [{ from: '2026-11-27T01:00:00.000Z', to: null, cause: 'x' }],
    }
    const found = changesOf(sheet, later)
    expect(found.rows).toEqual({ 'matters/e-1': 'other', 'matters/e-2': 'new', 'lamps/duty/phone': 'other', 'blind/2026-11-27T01:00:00.000Z': 'new' })
    expect(found.parts).toEqual({ matters: 'other', alerts: 'gone', lamps: 'other', blind: 'other', test: 'other', counts: 'other' })
    expect(anyChange(found)).toBe(true)
    expect(changesOf(sheet, { ...sheet, outgoing: '李娜' }).parts).toEqual({ from: 'other' })
  })

  it('shows when the switch was down, and says nothing of it for a sheet that did not', () => {
    const down = [{ from: '2026-11-27T01:00:00.000Z', to: null, cause: 'the switch ended' }]
    expect(downOf(sheet)).toBeNull()
    expect(downOf({ ...sheet, form: 2 })).toEqual([])
    expect(downOf({ ...sheet, form: 2, down })).toEqual(down)
    expect(changesOf(sheet, { ...sheet, form: 2, down })).toEqual({ rows: { 'down/2026-11-27T01:00:00.000Z': 'new' }, parts: { down: 'other' } })
  })

  it('says every refusal of the daemon in a sentence of its own', () => {
    const kinds = (refusals.match(/HandoverRefusal = "\w+"/g) || []).map((line) => line.replace(/^.*"(\w+)"$/, '$1'))
    expect(kinds.length).toBe(11)
    const said = kinds.map((k) => problemText(new ApiError(409, 'Conflict', 'no', { type: '/problems/handover-' + k })))
    expect(said.filter((s) => Object.keys(handoverZh).every((key) => handoverZh[key as keyof typeof handoverZh] !== s))).toEqual([])
    expect(new Set(said).size).toBeGreaterThan(9) // a disabled login and a wrong password are one: neither is told apart
    expect(problemText(new ApiError(422, '', 'no', { type: '/problems/second-login-wrong' }))).toContain('对方')
  })
})
