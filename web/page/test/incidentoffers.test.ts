// A call that may be a report: of which incident, and to whom, somebody says who knows.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallOffer, Incident, IncidentRow, Report } from '@/api/incidents'
import { lang } from '@/i18n'
import bar from '@/components/IncidentBar.vue?raw'
import offerDialog from '@/components/OfferDialog.vue?raw'
import deedDialog from '@/components/DeedDialog.vue?raw'
import { begun, lacking } from '@/logic/deeds'
import { delivering, noFiles } from '@/logic/incidentdeeds'
import { offerOf, offersFor } from '@/logic/incidents'
import { learn, offeredTo, offerName } from '@/state/incidents'

const at = '2026-11-27T14:18:00.000Z'
const offer = (incident: number, change: Partial<CallOffer> = {}): CallOffer => ({
  call_id: 'a', number: '02422720100', who: '市应急局', at, recorded: true, incident, title: '南京北街12号 火灾', report: 1, stage: 'first', nth: 1, recipient: 'superior_bureau', ...change,
})
const incident = (id: number, title: string): Incident => ({ id, number: 'T2026-00' + id, state: 'open', category: 'fire', trigger: '', title, next_due: null, waiting: [], facts: [] }) as unknown as Incident
const report = { number: 1, stage: 'first', nth: 1, version: 0, deliveries: [] } as unknown as Report

describe('a call to a superior', () => {
  beforeEach(() => { lang.value = 'zh' })

  it('is offered for each incident of which it may be the report, and for its own entry alone', () => {
    const offers = [offer(1), offer(2), offer(3, { call_id: 'b' })]
    expect(offersFor(offers, 'a').map((o) => o.incident)).toEqual([1, 2])
    expect([offersFor(offers, ''), offersFor(offers, 'c')]).toEqual([[], []])
  })

  it('of several incidents none is chosen until a digit is pressed', () => {
    const offers = Array.from({ length: 11 }, (_, n) => offer(n + 1))
    const chosen = (key: string) => { const o = offerOf(offers, key); return o && o.incident }
    expect(['Digit1', 'Digit2', 'Digit9', 'Digit0'].map(chosen)).toEqual([1, 2, 9, 10])
    expect(['Alt+KeyV', 'Ctrl+Enter', 'Enter', 'Alt+Digit1'].map(chosen)).toEqual([null, null, null, null])
    expect(offerOf(offers.slice(0, 2), 'Digit3')).toBeNull()
    expect(offerDialog).toMatch(/list\.value\.focus\(\)[\s\S]*<ol ref="list"[^>]*tabindex="-1"/) // not the first of its buttons
    expect(bar).toMatch(/if \(several\.value\) choosingOffer\.value = true\s+else if \(offer\.value\) void reportAs/)
  })

  it('names the incident, and to whom it went where that can be told', () => {
    learn(incident(2, '文艺路1号 坍塌'))
    expect(offerName(offer(2))).toBe('T2026-002 火灾事故 文艺路1号 坍塌')
    expect(offerName(offer(7))).toBe('南京北街12号 火灾') // it is not in the list yet
    expect([offeredTo(offer(2)), offeredTo(offer(2, { recipient: '' }))]).toEqual(['上级应急管理部门', '报送对象待选'])
  })

  it('is kept in a form that names its incident, and asks for the recipient that nobody knows', () => {
    const known = delivering(incident(2, '文艺路1号 坍塌'), report, 'superior_bureau', 'phone', offer(2, { receiver: '周敏' }), [], noFiles)
    expect(known.about).toBe('T2026-002 火灾事故 文艺路1号 坍塌')
    expect(lacking(known, begun(known))).toEqual([])
    const o = offer(2, { recipient: '', receiver: '周敏' })
    const unknown = delivering(incident(2, '文艺路1号 坍塌'), report, o.recipient, 'phone', o, [], noFiles)
    expect(unknown.hint).toContain('请选择')
    expect(lacking(unknown, begun(unknown))).toEqual(['recipient'])
    expect(deedDialog).toContain('{{ deed.about }}')
  })

  it('tells afterwards to whom it was registered, as it was chosen', async () => {
    vi.stubGlobal('fetch', async () => ({ ok: true, text: async () => JSON.stringify({ id: 2 } as IncidentRow) }))
    const d = delivering(incident(2, ''), report, '', 'phone', offer(2, { recipient: '' }), [], noFiles)
    await d.send({ ...begun(d), recipient: 'government', receiver: '周敏' }, 'key-1')
    vi.unstubAllGlobals()
    expect(d.done!(incident(2, ''))).toBe('已登记：本级政府 · 电话')
  })
})
