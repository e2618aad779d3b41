// What a report begins with, who got one late, and what waits for a signature after the end.
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { describe, expect, it, vi } from 'vitest'
import type { Delivery, Elements, Incident, IncidentRow, Report } from '@/api/incidents'
import { lang } from '@/i18n'
import { asksFor, draftOf, lateTo, toLookAt, unsigned } from '@/logic/incidents'
import { sentences } from '@/i18n/reportwords'

vi.mock('element-plus', async () => {
  const { h } = await import('vue')
  const part = (_: object, { attrs, slots }: { attrs: object; slots: { default?: () => unknown } }) => h('button', { ...attrs }, (slots.default ? slots.default() : []) as never)
  return { ElButton: part, ElInput: part }
})
const stored = new Map<string, string>()
vi.stubGlobal('localStorage', { getItem: (k: string) => stored.get(k) ?? null, setItem: (k: string, v: string) => void stored.set(k, v), removeItem: (k: string) => void stored.delete(k) })
const reads: string[] = []
const answers: Record<string, unknown> = {}
vi.stubGlobal('fetch', async (url: string) => {
  reads.push(url)
  const key = Object.keys(answers).filter((k) => url.indexOf(k) >= 0)[0]
  return { ok: true, status: 200, text: async () => JSON.stringify(key ? answers[key] : { items: [] }) }
})
const { default: DeliveryPanel } = await import('@/components/DeliveryPanel.vue')
const { callOffers, closedWaiting, declineOffer, learn, loadIncidents, offeredCalls } = await import('@/state/incidents')
const { connection } = await import('@/state/live')
const { session } = await import('@/state/session')
const { factText } = await import('@/i18n/incidentfacts')

const at = (clock: string) => `2026-11-27T${clock}:00.000Z`
const by = { login: 'li', name: '李娜', role: 'officer' }
const report = (change: Partial<Report> = {}): Report => ({
  number: 1, stage: 'first', nth: 1, due_at: at('14:20'), state: 'coming', sent_late: false, version: 0, versions: [], elements: {}, changed: [], missing: [], text: '',
  sent_at: null, approved_at: null, approved_by: '', approvals: [], deliveries: [], ...change,
})
const incident = (change: Partial<Incident> = {}): Incident => ({
  id: 1, number: 'T2026-001', state: 'open', category: 'fire', trigger: '', title: '火灾', clock_start: at('14:10'), clock_natural: at('14:10'), clock_reason: '', next_due: null, waiting: [], ended_at: null, merged_into: 0,
  elements: {}, entries: [], differences: [], reports: [], callouts: [], scene: [], instructions: [], facts: [], end_reason: '', ...change,
})
const intake = Date.parse(at('14:10'))
const then: Elements = { place: '南京北街12号', nature: '火灾', casualties: '2人受伤', measures: '消防到场' }
const now: Elements = { ...then, casualties: '', measures: '火已扑灭' }
const sent = (text: string) => report({ version: 1, elements: then, text, sent_at: at('14:18') })
const next = report({ number: 2, stage: 'written', elements: now })

describe('a report that nobody wrote yet', () => {
  it('does not bring back what was taken back', () => {
    expect(draftOf(incident({ reports: [sent('x'), next] }), next).elements).toEqual(now)
  })
  it('goes on from the text that somebody wrote by hand, with what changed behind it', () => {
    const text = draftOf(incident({ reports: [sent('　　值班员亲笔所写。\n　　后续情况续报。'), next] }), next).text
    expect(text).toBe('　　值班员亲笔所写。\n　　已采取的措施：火已扑灭。\n　　后续情况续报。')
    const final = report({ number: 5, stage: 'final', elements: now })
    expect(draftOf(incident({ reports: [sent('　　值班员亲笔所写。\n　　后续情况续报。'), final] }), final).text).toMatch(/特此终报。$/)
    const same = report({ number: 2, stage: 'written', elements: then })
    expect(draftOf(incident({ reports: [sent('亲笔。'), same] }), same).text).toBe('亲笔。')
  })
  it('is made anew where nobody changed the sentences by hand', () => {
    const i = incident({ reports: [sent(sentences('first', then, null, intake)), next] })
    expect(draftOf(i, next).text).toBe(sentences('written', now, then, intake))
    const earlier = intake - 3 * 60_000 // an older entry was linked since
    expect(draftOf({ ...i, clock_natural: new Date(earlier).toISOString() }, next).text).toBe(sentences('written', now, then, earlier))
  })
})

describe('who got a report late', () => {
  const late: Delivery = { fact: 7, version: 1, recipient: 'government', channel: 'fax', at: at('16:10'), receiver: '', call_id: '', attachment: null, evidence: '回执', by, late: true }
  const r = report({ version: 1, sent_at: at('14:18'), deliveries: [late], late_to: [{ recipient: 'party_committee', at: null }, { recipient: 'government', at: at('16:10') }] })
  it('is marked in the table and in the course', async () => {
    lang.value = 'zh'
    expect(lateTo(r)).toEqual({ got: ['government'], not: ['party_committee'] })
    expect(lateTo(report())).toEqual({ got: [], not: [] })
    const html = await renderToString(createSSRApp({ render: () => h(DeliveryPanel as never, { incident: incident({ reports: [r] }), report: r, writable: true }) }))
    expect(html).toMatch(/data-test="over-party_committee"[^>]*>超时未送达/)
    expect(html).toMatch(/data-test="delivery-late"[^>]*>超时送达/)
    const fact = { seq: 7, kind: 'delivered', at: late.at, written_at: late.at, by, body: { report: 1, recipient: 'government' as const, channel: 'fax' as const }, struck: null }
    expect(factText(incident({ reports: [r] }), fact)).toContain('超时送达')
  })
})

describe('after the end', () => {
  const out: Delivery = { fact: 7, version: 1, recipient: 'superior_bureau', channel: 'fax', at: at('14:18'), receiver: '', call_id: '', attachment: null, evidence: '回执', by }
  const row = (id: number, approved: string | null, change: Partial<Report> = {}, state: IncidentRow['state'] = 'closed'): IncidentRow =>
    ({ ...incident({ id, state }), reports: [report({ version: 1, due_at: null, approved_at: approved, sent_at: at('14:18'), deliveries: [out], ...change })] })
  const draft = { sent_at: null, deliveries: [] }
  it.each<[string, IncidentRow, boolean]>([
    ['sent and unsigned', row(1, null), true],
    ['sent to others than those who stop its clock', row(1, null, { sent_at: null }), true],
    ['signed', row(1, at('14:30')), false],
    ['not written', row(1, null, { version: 0 }), false],
    ['a draft that was given up', row(1, null, draft), false],
    ['a draft of what was late by the end and is owed', row(1, null, { ...draft, due_at: at('14:20') }), true],
    ['a draft of a merged incident, which the other one owes', row(1, null, { ...draft, due_at: at('14:20') }, 'merged'), false],
    ['sent unsigned by a merged incident, and signed there', row(1, null, {}, 'merged'), true],
  ])('%s', (_what, i, waits) => {
    expect(unsigned(i, 'leader')).toBe(waits)
    for (const role of ['chief', 'officer', 'supervisor', 'admin']) expect(unsigned(i, role), role).toBe(false) // they sign nothing
  })
  it('the telephone of whoever leads has nothing else of it, and asks for nothing else', () => {
    const sent = report({ version: 1, deliveries: [out], sent_at: at('14:18'), due_at: at('14:20') })
    const given = report({ number: 4, stage: 'follow_up', version: 1, due_at: null })
    const i = (state: IncidentRow['state']) => incident({ state, reports: [sent, given] })
    expect((['open', 'closed', 'merged'] as const).map((s) => toLookAt(i(s), 'leader').map((r) => r.number))).toEqual([[1, 4], [1], [1]])
    expect((['open', 'closed', 'merged'] as const).map((s) => toLookAt(i(s), 'chief').map((r) => r.number))).toEqual([[1, 4], [], []])
    expect([asksFor(i('open'), sent, 'leader'), asksFor(i('closed'), sent, 'leader'), asksFor(i('open'), sent, 'chief')]).toEqual([['sign', 'review'], ['sign'], ['review']])
  })
  it('a report that nobody signed waits for whoever leads', async () => {
    connection.live = true
    answers['/offers'] = { incidents: [], calls: [] }
    answers['state=closed'] = { items: [row(1, null), row(2, at('14:30'))] }
    session.user = { username: 'chen', name: '陈刚', role: 'leader' } as never
    await loadIncidents()
    expect(closedWaiting.value.map((i) => i.id)).toEqual([1])
    session.user = null
  })
})

describe('the offer that a call was a report', () => {
  const offer = (call_id: string, of = 1) => ({ call_id, number: '02422720100', who: '市局', at: at('14:15'), recorded: true, incident: of, title: '', report: 1, stage: 'first' as const, nth: 1, recipient: '' as const })
  const ids = () => callOffers.value.map((o) => o.call_id + o.incident).join(' ')
  it('goes at once when the call is noted or declined, whichever call it is', () => {
    offeredCalls.value = [offer('a'), offer('b'), offer('b', 2), offer('c')]
    const fact = (seq: number, call: string) => ({ seq, kind: 'delivered', at: at('14:16'), written_at: at('14:16'), by, body: { call_id: call }, struck: null })
    learn(incident({ facts: [fact(1, 'a')] }))
    expect(ids()).toBe('b1 b2 c1')
    learn(incident({ facts: [fact(1, 'a'), fact(2, 'b')] }))
    expect(ids()).toBe('b2 c1') // it may have been about both
    declineOffer('c')
    expect(ids()).toBe('b2')
    offeredCalls.value = [offer('c'), offer('d')]
    expect(ids()).toBe('d1')
    expect(stored.get('dutyline.offers.declined')).toBe('["c"]')
    offeredCalls.value = []
  })
})
