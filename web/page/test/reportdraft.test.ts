import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Incident, Report } from '@/api/incidents'
import type { Session } from '@/api/types'
import { beginDraft, dropDraft, keepDraft, keptDraft, sameDraft } from '@/state/report-draft'
import { session } from '@/state/session'

const store: Record<string, string> = {}
const report = (change: Partial<Report> = {}): Report => ({
  number: 1, stage: 'first', nth: 1, due_at: null, state: 'coming', sent_late: false, version: 1, versions: [], elements: { place: '甲' }, changed: [], missing: [], text: '正文',
  sent_at: null, approved_at: null, approved_by: '', approvals: [], deliveries: [], ...change,
})
const incident = (r: Report) => ({ id: 7, reports: [r], elements: {}, clock_natural: '2026-11-27T14:10:00.000Z' }) as unknown as Incident
const signIn = (username: string) => { session.user = { username, name: username, role: 'officer', must_change_password: false } as unknown as Session }

describe('what was typed into a report and not saved', () => {
  beforeEach(() => {
    Object.keys(store).forEach((k) => delete store[k])
    vi.stubGlobal('localStorage', { getItem: (k: string) => (k in store ? store[k] : null), setItem: (k: string, v: string) => { store[k] = v }, removeItem: (k: string) => { delete store[k] } })
    signIn('li')
  })

  it('is there again after a reload, with the version on which it was made', () => {
    keepDraft(7, 1, { elements: { place: '乙' }, text: '改了' }, 1)
    expect(beginDraft(incident(report({ version: 2 })), report({ version: 2 }))).toEqual({ draft: { elements: { place: '乙' }, text: '改了' }, base: 1, dirty: true })
    dropDraft(7, 1)
    expect(beginDraft(incident(report()), report())).toEqual({ draft: { elements: { place: '甲' }, text: '正文' }, base: 1, dirty: false })
  })

  it('is nobody else’s, and of no other report', () => {
    keepDraft(7, 1, { elements: { place: '乙' }, text: '改了' }, 1)
    expect(keptDraft(7, 2)).toBeNull()
    signIn('wang')
    expect(keptDraft(7, 1)).toBeNull()
    session.user = null
    expect(keptDraft(7, 1)).toBeNull()
  })

  it('is dropped by itself when it says what stands', () => {
    keepDraft(7, 1, { elements: { place: ' 甲 ', cause: '' }, text: '正文' }, 1)
    expect(beginDraft(incident(report()), report()).dirty).toBe(false)
    expect(sameDraft({ elements: { place: '甲', cause: '乙' }, text: '' }, { elements: { cause: '乙', place: '甲' }, text: '' })).toBe(true)
    expect(sameDraft({ elements: {}, text: 'a' }, { elements: {}, text: 'b' })).toBe(false)
  })

  it('that is damaged, or cannot be kept, takes nothing down', () => {
    store['dutyline.report.7.1'] = '{"text":1}'
    expect(keptDraft(7, 1)).toBeNull()
    store['dutyline.report.7.1'] = 'no json'
    expect(keptDraft(7, 1)).toBeNull()
    vi.stubGlobal('localStorage', { getItem: () => { throw new Error() }, setItem: () => { throw new Error() }, removeItem: () => { throw new Error() } })
    keepDraft(7, 1, { elements: {}, text: 'x' }, 1)
    dropDraft(7, 1)
    expect(keptDraft(7, 1)).toBeNull()
  })
})
