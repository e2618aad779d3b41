// Parts of the page of incidents, drawn without a browser.
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Approval, CallOffer, Fact, Incident, Report } from '@/api/incidents'
import { lang } from '@/i18n'

// Of Element Plus no more than a button is drawn here.
vi.mock('element-plus', async () => {
  const { h } = await import('vue')
  const part = (_: object, { attrs, slots }: { attrs: object; slots: { default?: () => unknown } }) => h('button', { ...attrs }, (slots.default ? slots.default() : []) as never)
  return { ElButton: part, ElInput: part }
})
vi.stubGlobal('fetch', async () => ({ ok: true, status: 200, text: async () => '{"items":[]}' }))
const { default: IncidentUnit } = await import('@/components/IncidentUnit.vue')
const { default: CoursePanel } = await import('@/components/CoursePanel.vue')
const { default: AskedReport } = await import('@/components/AskedReport.vue')
const { default: DeliveryPanel } = await import('@/components/DeliveryPanel.vue')
const { drawnIn, offeredReport, waitsFor } = await import('@/logic/incidents')
const { callingOut, hearing } = await import('@/logic/incidentdeeds')
const { asked } = await import('@/logic/deeds')
const { declineOffer, offeredCalls } = await import('@/state/incidents')

const at = (clock: string) => `2026-11-27T${clock}:00.000Z`
const incident = (change: Partial<Incident> = {}): Incident => ({
  id: 1, number: 'T2026-001', state: 'open', category: 'fire', trigger: '', title: '火灾', clock_start: at('14:10'), clock_natural: at('14:10'), clock_reason: '', next_due: null, waiting: [], ended_at: null, merged_into: 0,
  elements: {}, entries: [], differences: [], reports: [], callouts: [], scene: [], instructions: [], facts: [], end_reason: '', ...change,
})
const drawn = (part: Parameters<typeof h>[0], props: object) => renderToString(createSSRApp({ render: () => h(part as never, props) }))
const tests = (html: string) => (html.match(/data-test="[\w-]+"/g) || []).map((m) => m.slice(11, -1))

describe('a call-out and a note from the scene', () => {
  it('ask when it was only where no call says so', () => {
    for (const d of [callingOut(incident(), []), hearing(incident(), [])]) {
      const names = (call_id: string) => asked(d, { call_id }).map((f) => f.name)
      expect(names('')).toContain('at')
      expect(names('c')).not.toContain('at')
      expect(names('c')).toContain('call_id')
    }
  })
})

describe('the course', () => {
  it('offers to strike out what the daemon takes, and nothing else', async () => {
    const fact = (seq: number, may_strike?: boolean, of = 'delivered'): Fact => ({ seq, kind: of, at: at('14:12'), written_at: at('14:12'), by, body: {}, struck: null, may_strike })
    const offered = async (facts: Fact[], writable = true) => tests(await drawn(CoursePanel, { incident: incident({ facts }), writable })).filter((x) => x === 'strike').length
    expect(await offered([fact(1, true)])).toBe(1)
    expect(await offered([fact(1, true)], false)).toBe(0)
    expect(await offered([fact(1, false, 'entry_linked'), fact(2, false, 'report_signed'), fact(3)])).toBe(0) // the only entry, what the leader confirmed
  })
})

describe('instructions', () => {
  beforeEach(() => { lang.value = 'zh' })
  const open = { number: 14, whom: '区长', at: at('14:45'), text: '全力救治', attachment: null, due: null, overdue: false, conveyed: [], feedback: [], closed_at: null, closed_text: '' }

  it('that are open can be followed up when the incident is closed, and a new one is given then, too; not when it goes on as another one', async () => {
    const seen = async (state: Incident['state'], writable = true, closed_at: string | null = null) => tests(await drawn(IncidentUnit, { incident: incident({ state, instructions: [{ ...open, closed_at }] }), writable, part: 'instructions' }))
    expect(await seen('open')).toEqual(['instructions', 'add-instruction', 'instruction', 'step-conveyed', 'step-fed_back', 'step-closed'])
    expect(await seen('closed')).toEqual(['instructions', 'add-instruction', 'instruction', 'step-conveyed', 'step-fed_back', 'step-closed'])
    expect(await seen('closed', false)).toEqual(['instructions', 'instruction'])
    expect(await seen('closed', true, at('15:00'))).toEqual(['instructions', 'add-instruction', 'instruction'])
    expect(await seen('merged')).toEqual(['instructions', 'instruction', 'step-conveyed', 'step-fed_back', 'step-closed'])
  })

  it('whoever comes back from the scene after the end is written down; whom the unit told is not any more', async () => {
    const seen = async (state: Incident['state']) => tests(await drawn(IncidentUnit, { incident: incident({ state }), writable: true, part: 'unit' })).filter((x) => /^add-/.test(x))
    expect(await seen('open')).toEqual(['add-callout', 'add-scene'])
    expect(await seen('closed')).toEqual(['add-scene'])
    expect(await seen('merged')).toEqual([])
  })
})

const by = { login: 'li', name: '李娜', role: 'officer' }
const report = (change: Partial<Report> = {}): Report => ({
  number: 1, stage: 'first', nth: 1, due_at: null, state: 'coming', sent_late: false, version: 0, versions: [], elements: {}, changed: [], missing: [], text: '',
  sent_at: null, approved_at: null, approved_by: '', approvals: [], deliveries: [], ...change,
})

describe('what somebody is asked whether it was so', () => {
  beforeEach(() => { lang.value = 'zh' })
  const approval: Approval = { fact: 9, part: 'sign', version: 1, login: 'Chen', name: '陈刚', role: 'leader', at: at('14:15'), by_phone: true, call_id: '', noted_by: by, confirmed_at: null, denied_at: null, denied_why: '' }
  const version = (n: number, text: string, casualties: string) => ({ version: n, at: at('14:12'), by, elements: { casualties }, text })
  const r = report({ version: 2, versions: [version(1, '南京北街12号起火。', '2人受伤'), version(2, '另一篇。', '3人受伤')], text: '另一篇。', approvals: [approval] })

  it('is the version that was approved, with its casualties, unconfirmed, and what the call lacks', async () => {
    const html = await drawn(AskedReport, { report: r, approval: { ...approval, call_with: '13900001111', call_reason: '借用司机手机' } })
    for (const words of ['未确认', '未经值班电话（无录音）', '号码不符（13900001111）：借用司机手机', '2人受伤', '南京北街12号起火。', '此后已改为第 2 版']) expect(html).toContain(words)
    expect(html).not.toContain('另一篇')
    expect(await drawn(AskedReport, { report: { ...r, version: 1 }, approval })).not.toMatch(/号码不符|此后已改为/)
  })

  it('is asked of its person, whatever the case of the login', () => {
    expect(waitsFor(incident({ reports: [r] }), 'chen').length).toBe(1)
  })
})

describe('a call that may have been a report', () => {
  beforeEach(() => { lang.value = 'zh' })
  const offer: CallOffer = { call_id: 'a', number: '02422720100', who: '市局', at: at('14:15'), recorded: true, incident: 1, title: '', report: 4, stage: 'follow_up', nth: 1, recipient: '' }
  const open = report({ number: 1, version: 1 })

  it('is that report, and not the one that is looked at; a follow-up may not have begun', async () => {
    const begun = report({ number: 4, stage: 'follow_up', version: 1 })
    expect(offeredReport(incident({ reports: [open, begun] }), offer)).toBe(begun)
    expect(offeredReport(incident({ reports: [open] }), offer)).toMatchObject({ number: 4, stage: 'follow_up', nth: 1, version: 0 })
    expect(offeredReport(incident({ reports: [open, begun] }), { ...offer, report: 6, nth: 2 })).toMatchObject({ number: 6, nth: 2 }) // though the first was only told
    expect(offeredReport(incident({ reports: [open] }), { ...offer, report: 2, stage: 'written' })).toBeNull()
    offeredCalls.value = [offer]
    expect(await drawn(DeliveryPanel, { incident: incident({ reports: [open] }), report: open, writable: true })).toMatch(/续报第 1 期的电话报告/)
    declineOffer('a') // it was about something else: no offer stays that nobody can take
    expect(await drawn(DeliveryPanel, { incident: incident({ reports: [open] }), report: open, writable: true })).not.toMatch(/电话报告（/)
    offeredCalls.value = []
  })
})

describe('what stands in a draft because an entry said it', () => {
  const fact = (seq: number, kind: string, body: Fact['body'] = {}, clock = '14:10'): Fact => ({ seq, kind, at: at(clock), written_at: at(clock), by, body, struck: null })
  const opened = [fact(1, 'opened'), fact(2, 'entry_linked', { entry: 'e1' }), fact(3, 'classified'), fact(4, 'elements', { elements: { place: '南京北街12号' } })]
  const r = report({ elements: { place: '南京北街12号', cause: '电气', casualties: '2人受伤' } })
  const entries = ['e1', 'e2'].map((id, n) => ({ id, entry_number: '2026-00000' + (n + 1), at: at('14:10'), who: '', number: '', call_id: '', content: '', says: {}, fact: 2 }))
  const of = (facts: Fact[], e: 'place' | 'cause' | 'casualties' = 'place', draft = r.elements) => drawnIn(incident({ facts, entries, differences: [{ element: 'casualties', values: [] }] }), r, draft, e)

  it('is marked also where it was copied into the incident when that was opened, or the entry linked', () => {
    expect(of(opened)).toEqual({ entry: '2026-000001', differs: false })
    const linked = opened.concat(fact(5, 'entry_linked', { entry: 'e2' }, '14:12'), fact(6, 'elements', { elements: { casualties: '2人受伤' } }, '14:12'))
    expect(of(linked, 'casualties')).toEqual({ entry: '2026-000002', differs: true })
    expect(of(linked, 'place')).toEqual({ entry: '2026-000001', differs: false })
  })

  it('is not once a person has said it, written it, or typed over it', () => {
    expect(of(opened.concat(fact(5, 'elements', { elements: { place: '南京北街12号' } }, '14:11')))).toBeNull()
    expect(of(opened.concat(fact(5, 'report_written', { elements: { place: '南京北街12号' } }, '14:11')))).toBeNull()
    expect(of(opened, 'place', { place: '别处' })).toBeNull()
    expect(of(opened.concat(fact(5, 'elements', { elements: { cause: '电气' } }, '14:11')), 'cause')).toBeNull()
  })
})
