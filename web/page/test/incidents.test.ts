import { beforeEach, describe, expect, it, vi } from 'vitest'
import { CATEGORIES, CHANNELS, ELEMENTS, RECIPIENTS, TRIGGERS, whole, type Approval, type Delivery, type Incident, type IncidentRow, type Report } from '@/api/incidents'
import { lang, word } from '@/i18n'
import { incidentsEn, incidentsZh } from '@/i18n/incidents'
import { factText } from '@/i18n/incidentfacts'
import { chained, NAMES, sentences } from '@/i18n/reportwords'
import { asked, begun, filled, lacking, length, MOST, toggled, tooLong, type Deed } from '@/logic/deeds'
import { approvingByPhone, callOptions, changing, classifying, closing, delivering, following, instructing, merging, noFiles, striking } from '@/logic/incidentdeeds'
import { named as namedFiles } from '@/state/incidentfiles'
import { dropDeed, keepDeed, keptDeed } from '@/state/deed-drafts'
import { lackingText, proofText } from '@/state/incidents'
import { session } from '@/state/session'
import { byDue, callOf, canDeliver, changedFrom, clockGap, countdown, deliveryAt, denied, differing, draftOf, drawnIn, followUpInHand, frozen, happenings, inCourse, inHand, knownOf, leftOf, matching, mayApprove, nextFollowUp, noted, proofMarks, saidElse, sentBefore, sideBySide, soonOf, standing, stateOf, toApprove, toneOf, triggersOf, unapproved, untold, unprovedSent, waitingOf, waitsFor } from '@/logic/incidents'
import type { Call } from '@/api/types'
import words from '../../../dutylog/incidentwords.go?raw'
import core from '../../../dutylog/incident.go?raw'
import kinds from '../../../dutylog/kind.go?raw'
import stages from '../../../dutylog/incidentreport.go?raw'
import reasons from '../../../dutylog/incidentdeed.go?raw'
import course from '../../../dutylog/paper/course.go?raw'
import editor from '@/components/ReportEditor.vue?raw'
import schedule from '../../../dutylog/incidentclock.go?raw'
import approvals from '@/components/ApprovalPanel.vue?raw'
import confirming from '@/components/ConfirmApproval.vue?raw'
import panel from '@/components/ReportsPanel.vue?raw'

const components = import.meta.glob<string>('../src/components/*.vue', { eager: true, query: '?raw', import: 'default' })
const at = (clock: string) => `2026-11-27T${clock}:00.000Z`
const by = { login: 'li', name: '李娜', role: 'officer' }
const report = (change: Partial<Report> = {}): Report => ({
  number: 1, stage: 'first', nth: 1, due_at: at('14:20'), state: 'coming', sent_late: false, version: 0, versions: [], elements: {}, changed: [], missing: [], text: '',
  sent_at: null, approved_at: null, approved_by: '', approvals: [], deliveries: [], ...change,
})
const approval = (change: Partial<Approval> = {}): Approval => ({
  fact: 9, part: 'sign', version: 1, login: 'chen', name: '陈刚', role: 'leader', at: at('14:15'), by_phone: false, call_id: '', noted_by: null, confirmed_at: null, denied_at: null, denied_why: '', ...change,
})
const delivery = (change: Partial<Delivery> = {}): Delivery => ({ fact: 10, version: 1, recipient: 'superior_bureau', channel: 'phone', at: at('14:18'), receiver: '王某', call_id: 'c', attachment: null, evidence: '', by, ...change })
const row = (change: Partial<IncidentRow> = {}): IncidentRow => ({
  id: 1, number: 'T2026-001', state: 'open', category: 'fire', trigger: '', title: '火灾', clock_start: at('14:10'), clock_natural: at('14:10'), clock_reason: '', next_due: null, waiting: [], ended_at: null, merged_into: 0, ...change,
})
const incident = (change: Partial<Incident> = {}): Incident => ({ ...row(), elements: {}, entries: [], differences: [], reports: [], callouts: [], scene: [], instructions: [], facts: [], end_reason: '', ...change })
const files = { options: [{ code: '5', label: '批示.jpg', note: '' }], upload: () => Promise.reject(new Error('none')) }
const entry = (id: string, says: Record<string, string>) => ({ id, entry_number: '2026-00000' + id, at: at('14:10'), who: '和平区', number: '', call_id: '', content: '起火', says, fact: 2 })

/** The codes of one of the core's tables of words. */
const codes = (table: string): string[] => {
  const body = words.split(`func ${table}() []Word {`)[1].split('\n}\n')[0]
  return (body.match(/\{"(\w+)",/g) || []).map((m) => m.slice(2, -2))
}
const constants = (source: string, type: string): string[] =>
  (source.match(new RegExp(`^\\s+\\w+\\s+${type}\\s*= "\\w+"`, 'gm')) || []).map((line) => line.replace(/^.*"(\w+)"$/s, '$1'))
const named = (area: string) => Object.keys(incidentsZh).filter((k) => k.indexOf(area + '.') === 0).map((k) => k.slice(area.length + 1)).sort()

describe('words of incidents', () => {
  beforeEach(() => { lang.value = 'zh' })

  it('are the same sets as those of the core', () => {
    expect([...ELEMENTS]).toEqual(codes('Elements'))
    expect([...CATEGORIES]).toEqual(codes('IncidentCategories'))
    expect([...TRIGGERS]).toEqual(codes('IncidentTriggers'))
    expect([...RECIPIENTS]).toEqual(codes('Recipients'))
    expect([...CHANNELS]).toEqual(codes('Channels'))
    for (const [area, table] of [['inc.el', 'Elements'], ['inc.cat', 'IncidentCategories'], ['inc.catLong', 'IncidentCategories'], ['inc.trig', 'IncidentTriggers'], ['inc.to', 'Recipients'], ['inc.by', 'Channels'],
      ['inc.role', 'CalloutRoles'], ['inc.result', 'CalloutResults'], ['inc.scene', 'SceneKinds']]) {
      expect(named(area), area).toEqual(codes(table).sort())
    }
  })

  it('have the categories in the words of the regulation', () => {
    for (const c of CATEGORIES) expect(words).toContain(`{"${c}", "${word('inc.catLong', c)}", "${word('inc.cat', c)}"}`)
  })

  it('have a word for every stage, state, fact and refusal', () => {
    expect(named('inc.stage')).toEqual(constants(stages, 'Stage').sort())
    expect(named('inc.state')).toEqual(constants(stages, 'ReportState').sort())
    expect(named('inc.part').filter((x) => x)).toEqual(constants(stages, 'ApprovalPart').sort())
    expect(named('inc.fact')).toEqual(constants(core, 'FactKind').sort())
    expect(named('problem.inc').filter((x) => x !== 'template')).toEqual(constants(reasons, 'IncidentReason').filter((x) => x !== 'key_used').sort()) // that one is said as any other change meanwhile
    for (const kind of named('inc.fact')) expect(course, kind).toContain(`"${word('inc.fact', kind)}"`)
  })

  it('are the same keys in both languages, with the same values filled in', () => {
    expect(Object.keys(incidentsEn).sort()).toEqual(Object.keys(incidentsZh).sort())
    const holes = (s: string) => Array.from(new Set(s.match(/\{\w+/g) || [])).sort().join()
    for (const k of Object.keys(incidentsZh) as (keyof typeof incidentsZh)[]) expect(holes(incidentsEn[k]), k).toBe(holes(incidentsZh[k]))
  })
})

describe('the countdown', () => {
  it('counts to the second, and on after the deadline', () => {
    expect([countdown(600_000), countdown(59_999), countdown(0), countdown(-1000), countdown(-185_000), countdown(3_725_000), countdown(-7_260_000)]).toEqual(['10:00', '0:59', '0:00', '+0:01', '+3:05', '1:02:05', '+2:01:00'])
  })

  it('is amber as long before as the rule says, and red from the deadline on', () => {
    const five = soonOf({})
    expect([toneOf(300_001, five), toneOf(300_000, five), toneOf(1, five), toneOf(0, five), toneOf(-1, five)]).toEqual(['good', 'soon', 'soon', 'late', 'late'])
    const eight = soonOf({ schedule: { soon_minutes: 8 } })
    expect([toneOf(480_001, eight), toneOf(480_000, eight)]).toEqual(['good', 'soon'])
    for (const path of Object.keys(components)) for (const use of components[path].match(/toneOf\((?:[^()]|\([^()]*\))*\)/g) || []) expect(use, path).toMatch(/soon/)
    expect(schedule).toMatch(/Soon +Minutes `json:"soon_minutes"/)
    expect(schedule).toMatch(/Essential +Minutes `json:"essential_minutes"/)
    expect(leftOf({ due_at: at('14:20') }, Date.parse(at('14:15')))).toBe(300_000)
    expect(leftOf(null, 0)).toBeNaN()
  })

  it('passes the deadline of a report that nobody read again', () => {
    const due = report({ due_at: at('14:20') })
    const when = (clock: string, r = due) => stateOf(r, Date.parse(at(clock)))
    expect([when('14:19'), when('14:20'), when('14:20', { ...due, state: 'draft' }), when('15:00', { ...due, state: 'sent' }), when('15:00', { ...due, due_at: null, state: 'not_due' })]).toEqual(['coming', 'late', 'late', 'sent', 'not_due'])
  })

  it('puts what is due first on top, and what is not due last', () => {
    const due = (id: number, clock: string) => row({ id, next_due: { number: 1, stage: 'first', nth: 1, due_at: at(clock), late: false } })
    expect(byDue([row({ id: 4 }), due(1, '14:30'), row({ id: 5 }), due(2, '14:20'), due(3, '14:30')]).map((r) => r.id)).toEqual([2, 3, 1, 5, 4])
  })

  it('tells how late the clock was started', () => {
    expect(clockGap({ clock_natural: at('14:10'), clock_start: at('14:10') })).toBe(0)
    expect(clockGap({ clock_natural: at('14:10'), clock_start: at('14:32') })).toBe(22)
  })
})

describe('a report', () => {
  const known = { time: '22:05许', place: '南京北街12号', nature: '居民楼火灾', casualties: '2人受伤' }
  const intake = Date.parse(at('14:10'))

  it('that is in hand is the one that is due, else the first that was not sent', () => {
    const reports = [report({ sent_at: at('14:18') }), report({ number: 2, stage: 'written' }), report({ number: 3, stage: 'detailed' })]
    expect(inHand(incident({ reports }))).toBe(2)
    expect(inHand(incident({ reports, next_due: { number: 3, stage: 'detailed', nth: 1, due_at: at('15:50'), late: false } }))).toBe(3)
    expect(inHand(incident({ reports: [report({ sent_at: at('14:18') })] }))).toBe(1)
    expect(inHand(incident())).toBe(0)
  })

  it('begins with the usual sentences, in Chinese whatever the language', () => {
    lang.value = 'en'
    expect(sentences('first', known, null, intake)).toBe('　　11月27日22时10分接报：22:05许，南京北街12号，发生居民楼火灾。\n　　人员伤亡情况：2人受伤。\n　　后续情况续报。')
    expect(sentences('first', {}, null, intake)).toBe('　　11月27日22时10分接报：发生突发事件。\n　　后续情况续报。')
    const all = { ...known, unit: '某厂', cause: '电气故障', losses: '不详', measures: '消防到场。', trend: '已控制' }
    expect(sentences('final', all, null, intake)).toBe('　　11月27日22时10分接报：22:05许，南京北街12号，某厂发生居民楼火灾。起因：电气故障。\n　　人员伤亡情况：2人受伤。物资损失情况：不详。\n　　已采取的措施：消防到场。\n　　已控制。\n　　特此终报。')
    lang.value = 'zh'
  })

  it('does not say twice where it is', () => {
    const twice = { place: '和平区南京北街12号', unit: '南京北街12号居民楼', nature: '居民楼火灾' }
    expect(sentences('first', twice, null, intake)).toContain('接报：和平区南京北街12号居民楼发生火灾。')
    expect(sentences('first', { place: '南京北街12号', unit: '某厂', nature: '火灾' }, null, intake)).toContain('接报：南京北街12号，某厂发生火灾。')
    expect(sentences('first', { place: '南京北街', nature: '坍塌' }, null, intake)).toContain('接报：南京北街，发生坍塌。')
    expect([chained('', '', '，'), chained('甲', '', '，'), chained('', '乙', '，'), chained('甲街', '街口', '，'), chained('甲街口', '街口店', '，')]).toEqual(['', '甲', '乙', '甲街，街口', '甲街口店'])
  })

  it('that follows says what changed', () => {
    expect(sentences('follow_up', { ...known, casualties: '死亡1人', trend: '已扑灭' }, known, intake)).toBe('　　现将南京北街12号居民楼火灾有关情况续报如下。\n　　人员伤亡情况：死亡1人。事件发展态势：已扑灭。\n　　后续情况续报。')
    expect(sentences('follow_up', known, known, intake)).toBe('　　现将南京北街12号居民楼火灾有关情况续报如下。\n　　后续情况续报。')
    expect(Object.keys(NAMES)).toEqual([...ELEMENTS])
  })

  it('is pre-filled from what is known and from the last one that went out', () => {
    const first = report({ version: 2, elements: known, text: 'x', sent_at: at('14:18') })
    const second = report({ number: 2, stage: 'written', elements: { casualties: '死亡1人' } })
    const i = incident({ reports: [first, second], clock_natural: at('14:10') })
    const draft = draftOf(i, second)
    expect(draft.elements).toEqual({ ...known, casualties: '死亡1人' })
    expect(draft.text).toContain('死亡1人')
    expect(draftOf(i, first)).toEqual({ elements: known, text: 'x' })
    expect(changedFrom(known, draft.elements)).toEqual(['casualties'])
    expect(changedFrom(known, { ...known, place: ' 南京北街12号 ' })).toEqual([])
  })

  it('is compared with the one that went out last before it', () => {
    const sent = (number: number, clock: string, version = 1) => report({ number, version, sent_at: at(clock) })
    const i = incident({ reports: [sent(1, '14:18'), sent(2, '14:40'), sent(3, '15:00', 0), report({ number: 4, stage: 'follow_up' })] })
    expect(sentBefore(i, i.reports[3])!.number).toBe(2)
    expect(sentBefore(i, i.reports[1])!.number).toBe(1)
    expect(sentBefore(i, i.reports[0])).toBeNull()
  })

  it('that went out as a text is not written again; one that was only told may be', () => {
    expect(frozen(report({ deliveries: [delivery({ version: 0 })] }))).toBe(false)
    expect(frozen(report({ deliveries: [delivery()] }))).toBe(true)
  })

  it('is followed by another one, also when the follow-up before went to one recipient only', () => {
    const some = report({ number: 4, stage: 'follow_up', nth: 1, version: 1, deliveries: [delivery({ recipient: 'government' })] })
    const i = incident({ reports: [report({ version: 1 }), some], elements: { casualties: '死亡2人' } })
    const next = nextFollowUp(i)!
    expect([next.number, next.nth, next.version, draftOf(i, next).elements]).toEqual([6, 2, 0, { casualties: '死亡2人' }])
    expect(frozen(next)).toBe(false)
    expect(followUpInHand(i)).toEqual(next)
    const open = report({ number: 6, stage: 'follow_up', nth: 2 })
    expect([nextFollowUp(incident({ reports: [some, open] })), followUpInHand(incident({ reports: [some, open] }))]).toEqual([null, open])
    expect([nextFollowUp(incident({ reports: [report()] }))!.number, nextFollowUp(incident({ state: 'closed', reports: [some] }))]).toEqual([4, null])
    expect(stages).toMatch(/case StageFollowUp:\n\t\treturn 2 \+ 2\*nth/) // the address is the core's
    expect(editor).toMatch(/data-test="new-follow" @click="emit\('follow'\)"/)
    expect(panel).toMatch(/@follow="follow"/)
  })

  it('that was sent and not signed is told', () => {
    expect(unapproved(report({ version: 1, sent_at: at('14:18') }))).toBe(true)
    expect(unapproved(report({ version: 1, sent_at: at('14:18'), approved_at: at('14:19') }))).toBe(false)
    expect(unapproved(report({ version: 1 }))).toBe(false)
  })

  it('goes without a text by telephone alone, and only as a first report or a follow-up', () => {
    const may = (stage: Report['stage'], version = 0) => ['phone', 'fax', 'wechat', 'system'].map((by) => Number(canDeliver(report({ stage, version }), by))).join('')
    expect([may('first'), may('follow_up'), may('written'), may('detailed'), may('final')]).toEqual(['1000', '1000', '0000', '0000', '0000'])
    expect([may('first', 1), may('written', 1), may('final', 2)]).toEqual(['1111', '1111', '1111'])
  })

  it('that went out to some of its recipients names the others, and is unsigned as well', () => {
    lang.value = 'zh'
    const i = incident({ lacking: [{ report: 1, stage: 'first', nth: 1, recipients: ['party_committee', 'government'] }, { report: 4, stage: 'follow_up', nth: 1, recipients: ['superior_bureau'] }] })
    expect(lackingText(i)).toBe(`初报：${word('inc.to', 'party_committee')}、${word('inc.to', 'government')}；续报第 1 期：${word('inc.to', 'superior_bureau')}`)
    expect([lackingText(i, 4), lackingText(i, 2), lackingText(incident())]).toEqual([word('inc.to', 'superior_bureau'), '', ''])
    expect(closing(i).hint).toContain('尚未全部送达：初报')
    expect(closing(incident()).hint).not.toContain('尚未全部送达')
    expect(unapproved(report({ version: 1, deliveries: [delivery({ recipient: 'government' })] }))).toBe(true)
  })

  it('has one place for each recipient and channel', () => {
    const r = report({ deliveries: [delivery(), delivery({ fact: 11, channel: 'fax' })] })
    expect(deliveryAt(r, 'superior_bureau', 'fax')!.fact).toBe(11)
    expect(deliveryAt(r, 'government', 'fax')).toBeNull()
  })
})

describe('approval', () => {
  it('is reviewed by chief or leader, signed by the leader', () => {
    const may = ['officer', 'chief', 'leader', 'supervisor', 'admin', ''].map((role) => [mayApprove('review', role), mayApprove('sign', role)].map(Number).join(''))
    expect(may).toEqual(['00', '10', '11', '00', '00', '00'])
  })

  it('is asked of whoever may, once something is written and nothing is missing', () => {
    expect(toApprove(report(), 'leader')).toEqual([])
    expect(toApprove(report({ version: 1, missing: ['time'] }), 'leader')).toEqual([])
    expect(toApprove(report({ version: 1 }), 'leader')).toEqual(['sign', 'review'])
    expect(toApprove(report({ version: 1 }), 'chief')).toEqual(['review'])
    expect(toApprove(report({ version: 1, approvals: [approval()] }), 'leader')).toEqual([])
    expect(toApprove(report({ version: 1, approvals: [approval()] }), 'chief')).toEqual(['review'])
    expect(toApprove(report({ version: 1 }), 'officer')).toEqual([])
  })

  it('stands for its own version, and not when it was denied', () => {
    expect(standing(report({ version: 2, approvals: [approval()] }), 'sign')).toBeNull()
    expect(standing(report({ version: 1, approvals: [approval({ denied_at: at('14:30') })] }), 'sign')).toBeNull()
    expect(standing(report({ version: 1, approvals: [approval({ fact: 8 }), approval()] }), 'sign')!.fact).toBe(9)
  })

  it('by telephone waits for the person in whose name it was noted', () => {
    const r = report({ version: 1, approvals: [approval({ by_phone: true }), approval({ by_phone: true, fact: 12, confirmed_at: at('15:00') }), approval({ by_phone: true, fact: 13, denied_at: at('15:00') }), approval({ fact: 14 })] })
    expect(waitsFor(incident({ reports: [r] }), 'chen').map((w) => w.approval.fact)).toEqual([9])
    expect(waitsFor(incident({ reports: [r] }), 'li')).toEqual([])
  })
})

describe('a proof', () => {
  const fact = (seq: number, late: boolean) => ({ seq, kind: 'delivered', at: at('14:18'), written_at: at(late ? '14:48' : '14:18'), by, body: {}, struck: null })
  const i = incident({ facts: [fact(10, false), fact(11, true)] })

  it('that is lacking is marked: no recorded call, noted later, or not proved as the daemon says', () => {
    lang.value = 'zh'
    expect(proofMarks(i, delivery(), true)).toEqual([])
    expect(proofMarks(i, delivery({ call_id: '' }), true)).toEqual(['unseen'])
    expect(proofMarks(i, delivery({ call_id: '', channel: 'fax' }), false)).toEqual([])
    expect(proofMarks(i, delivery({ fact: 11, call_id: '', unproved: true }), true)).toEqual(['unseen', 'late', 'unproved'])
    expect(proofText(i, delivery({ fact: 11, call_id: '', unproved: true }), true)).toBe('无录音 · 事后补记 · 无凭证')
    const sent = (change: Partial<Delivery>) => unprovedSent(i, report({ deliveries: [delivery(change)] }))
    expect([sent({}), sent({ call_id: '' }), sent({ fact: 11 }), sent({ channel: 'fax', unproved: true })]).toEqual([false, true, false, true])
  })

  it('by a call with another number is marked with the reason, and is no missing one', () => {
    const other = { call_with: '13800138000', call_reason: '借用司机手机' }
    expect(proofText(i, delivery(other), true)).toBe('号码不符')
    expect(unprovedSent(i, report({ deliveries: [delivery(other)] }))).toBe(false)
    const short = { call_with: '通话仅 0.1 秒', call_reason: '对方已另行确认' }
    expect(proofText(i, delivery(short), true)).toBe('通话过短')
    expect(factText(incident(), { ...fact(10, false), body: { recipient: 'government', channel: 'phone', call_id: 'c', receiver: '王某', ...short } })).toBe('本级政府，电话，王某，通话仅 0.1 秒：对方已另行确认')
    expect(factText(incident(), { ...fact(10, false), body: { recipient: 'government', channel: 'phone', call_id: 'c', receiver: '王某', ...other } })).toBe('本级政府，电话，王某，号码不符（13800138000）：借用司机手机')
  })

  it('that the daemon does not know as theirs is asked for a reason, which is sent once it was asked for', async () => {
    const bodies: Record<string, unknown>[] = []
    vi.stubGlobal('fetch', async (_: string, init: { body: string }) => {
      bodies.push(JSON.parse(init.body))
      return { ok: true, text: async () => '{"id":1}' }
    })
    const written = report({ version: 1, versions: [{ version: 1, at: at('14:16'), by, elements: {}, text: '' }] })
    const forms = [approvingByPhone(incident(), written, 'sign', [], []), delivering(incident(), written, 'government', 'phone', null, [], noFiles)]
    for (const d of forms) {
      const values: Record<string, string> = { ...begun(d), login: 'chen', receiver: '李', call_id: '5', call_reason: '早先写的' }
      expect(asked(d, values).map((f) => f.name)).not.toContain('call_reason')
      await d.send(values, 'key-1')
      expect(d.refused!(values, 'incident-stale_version')).toEqual({})
      const now = { ...values, ...d.refused!(values, 'incident-call_mismatch'), call_reason: ' 借用司机手机 ' }
      expect(lacking(d, { ...now, call_reason: '' })).toEqual(['call_reason'])
      await d.send(now, 'key-2')
      expect(asked(d, { ...now, call_id: '6' }).map((f) => f.name)).not.toContain('call_reason') // another call was chosen
    }
    vi.unstubAllGlobals()
    const reasonIn = (b: Record<string, unknown>) => ((b.by_phone || b) as { call_reason?: string }).call_reason
    expect(bodies.map(reasonIn)).toEqual([undefined, '借用司机手机', undefined, '借用司机手机'])
    expect(bodies.some((b) => 'refused' in b)).toBe(false)
  })

  it('of an approval that its person has not confirmed says so, everywhere', () => {
    const said = approval({ fact: 10, by_phone: true, call_id: 'c', noted_by: by })
    const told = (change: Partial<Approval>) => factText(incident({ reports: [report({ approvals: [{ ...said, ...change }] })] }), { ...fact(10, false), kind: 'report_signed', body: { report: 1, version: 1, login: 'chen', name: '陈刚', call_id: 'c' } })
    expect(told({})).toBe('初报，第 1 版，陈刚，电话，未确认')
    expect(told({ confirmed_at: at('14:30') })).toBe('初报，第 1 版，陈刚，电话')
    expect(approvals).toContain("a.unconfirmed ? 'inc.phoneOver' : 'inc.phoneWaits'")
    expect(approvals).toContain('data-test="approval-unconfirmed"')
    expect(components['../src/components/PhonePage.vue']).toContain("unsaid(r, 'sign')")
    expect(panel).toContain('r.approved_unconfirmed')
  })

  it('is told in the course, too', () => {
    const told = (body: object) => factText(incident(), { ...fact(10, false), body })
    expect(told({ recipient: 'government', channel: 'phone', receiver: '王某' })).toBe('本级政府，电话（无录音），王某')
    expect(told({ recipient: 'government', channel: 'phone', call_id: 'c', receiver: '王某' })).toBe('本级政府，电话，王某')
    expect(told({ recipient: 'government', channel: 'fax', unproved: true })).toBe('本级政府，传真，无凭证')
  })

  it('of an approval that its person denied stays in sight until another one stands', () => {
    const no = approval({ by_phone: true, denied_at: at('14:30'), denied_why: '没有同意' })
    expect(denied(report({ version: 1, approvals: [no] }), 'sign')).toEqual(no)
    expect([denied(report({ version: 1, approvals: [no, approval({ fact: 12 })] }), 'sign'), denied(report({ version: 1, approvals: [no] }), 'review'), denied(report({ version: 2, approvals: [no] }), 'sign')]).toEqual([null, null, null])
    expect(approvals).toMatch(/denied\(report, p\)!\.name/)
    expect(approvals).toMatch(/class="said" :class="\{ denied: !!a\.denied_at \}"/)
  })
})

describe('the call-out list', () => {
  it('says whom nobody has told yet: who did not answer is not told', () => {
    const told = (part: string, result: string) => ({ fact: 5, whom: '周立', part, number: '', result, call_id: '', at: at('14:20'), by })
    expect(untold(incident())).toEqual(['head', 'deputy', 'section'])
    expect(untold(incident({ callouts: [told('head', 'no_answer'), told('deputy', 'reached'), told('section', 'passed_on')] }))).toEqual(['head'])
    expect(untold(incident({ callouts: [told('head', 'no_answer'), told('head', 'reached'), told('other', 'reached')] }))).toEqual(['deputy', 'section'])
  })
})

describe('a form for why a confirmation is denied', () => {
  it('is kept under the approval that it is about', () => {
    expect(confirming).toContain(`:of="'incident/' + w.of.id + '/' + w.report.number + '/' + w.approval.fact"`)
  })
})

describe('many open incidents', () => {
  it('are found by number, place and category, in any order of the words', () => {
    const rows = Array.from({ length: 12 }, (_, n) => row({ id: n + 1, number: `T2026-0${n < 9 ? '0' : ''}${n + 1}`, title: n === 7 ? '文艺路1号 坍塌' : '南京北街 火灾' }))
    const found = (typed: string) => matching(rows, typed, () => '火灾事故').map((r) => r.id)
    expect([found('').length, found('文艺路'), found('012'), found('坍塌 文艺'), found('t2026-003'), found('无此地')]).toEqual([12, [8], [12], [8], [3], []])
  })
})

describe('approvals that wait', () => {
  const waits = (login: string, clock: string) => ({ report: 1, fact: 9, part: 'sign' as const, login, name: '陈刚', at: at(clock) })

  it('are found in every incident, open or not, for the person alone, the oldest first', () => {
    const rows = [row({ id: 1, waiting: [waits('chen', '14:30'), waits('zhou', '14:00')] }), row({ id: 2, state: 'closed', waiting: [waits('Chen', '14:10')] }), row({ id: 3 })]
    expect(waitingOf(rows, 'chen').map((x) => [x.incident.id, x.waiting.at])).toEqual([[2, at('14:10')], [1, at('14:30')]])
    expect(waitingOf(rows, 'li')).toEqual([])
    expect(waitingOf([], 'chen')).toEqual([])
  })
})

describe('what several entries say', () => {
  it('stands side by side, and differs where they do not agree', () => {
    const i = incident({ entries: [entry('1', { place: '南京北街', casualties: '无' }), entry('2', { casualties: ' 2人 ' }), entry('3', { place: '南京北街', casualties: '无' })] })
    expect(sideBySide(i)).toEqual([
      { element: 'place', values: ['南京北街', '', '南京北街'], differs: false },
      { element: 'casualties', values: ['无', '2人', '无'], differs: true },
    ])
    expect(sideBySide(incident({ entries: [entry('1', {})] }))).toEqual([])
  })

  it('is marked in a draft: what came from an entry, and what else is said of it', () => {
    const r = report({ elements: { place: '南京北街12号', casualties: '2人受伤' }, from_entries: [{ element: 'casualties', entry_id: '1', differs: true }] })
    const i = incident({ elements: { place: '南京北街12号' }, entries: [entry('1', { casualties: '2人受伤' }), entry('2', { casualties: '3 人受伤' }), entry('3', { casualties: '3人受伤', place: '南京北街14号' })], reports: [r],
      differences: [{ element: 'casualties', known: '', values: [{ entry_id: '1', value: '2人受伤' }, { entry_id: '2', value: '3 人受伤' }, { entry_id: '3', value: '3人受伤' }] }, { element: 'place', known: '南京北街12号', values: [{ entry_id: '3', value: '南京北街14号' }] }] })
    expect([drawnIn(i, r, r.elements, 'casualties'), drawnIn(i, r, r.elements, 'place')]).toEqual([{ entry: '2026-000001', differs: true }, null])
    expect([drawnIn(i, r, { ...r.elements, casualties: '无' }, 'casualties'), drawnIn(i, { ...r, version: 1 }, r.elements, 'casualties')]).toEqual([null, null])
    expect(saidElse(i, r.elements, 'casualties')).toEqual({ known: '', entries: ['3 人受伤'] })
    expect([saidElse(i, r.elements, 'place'), saidElse(i, { place: '别处' }, 'place'), saidElse(i, {}, 'trend')]).toEqual([{ known: '', entries: ['南京北街14号'] }, { known: '南京北街12号', entries: ['南京北街14号'] }, { known: '', entries: [] }])
    expect([knownOf(incident({ elements: { place: '〔已抹去〕' }, differences: [{ element: 'place', known: '', values: [] }] }), 'place'), knownOf(i, 'place'), knownOf(incident({ elements: { cause: '电气' } }), 'cause')]).toEqual(['', '南京北街12号', '电气'])
    expect(editor).toContain('number: props.report.number')
    expect(editor).toContain('data-test="drawn"')
  })

  it('differs where an entry says otherwise than what is known, and where the daemon says so', () => {
    const one = { entries: [entry('1', { place: '南京北街', casualties: '死亡9人' })], elements: { place: '南京 北街', casualties: '死亡2人' } }
    expect(sideBySide(incident(one)).map((r) => [r.element, r.differs])).toEqual([['place', false], ['casualties', true]])
    expect([differing(incident(one)), differing(incident({ entries: one.entries })), differing(incident({ ...one, elements: {} }))]).toEqual([1, 0, 0])
    expect(differing(incident({ ...one, elements: {}, differences: [{ element: 'place', values: [] }] }))).toBe(1)
  })

  it('comes whole from the daemon, which leaves out empty lists', () => {
    const bare = JSON.parse(JSON.stringify(row())) as Incident
    const i = whole(bare)
    expect([i.entries, i.reports, i.facts, i.callouts, i.scene, i.instructions, i.differences]).toEqual([[], [], [], [], [], [], []])
  })

  it('has elements everywhere, also where a version was kept with its text alone', () => {
    const none = null as unknown as Incident['elements']
    const i = whole(incident({ elements: none, reports: [report({ version: 1, text: '起火', elements: none, sent_at: at('14:18'), versions: [{ version: 1, at: at('14:18'), by, elements: none, text: '起火' }] }), report({ number: 2, stage: 'written' })] }))
    expect([i.elements, i.reports[0].elements, i.reports[0].versions[0].elements]).toEqual([{}, {}, {}])
    expect(draftOf(i, i.reports[0])).toEqual({ elements: {}, text: '起火' })
    expect(draftOf(i, i.reports[1]).elements).toEqual({})
    expect(changedFrom(sentBefore(i, i.reports[1])!.elements, { unit: '某厂' })).toEqual(['unit'])
  })
})

describe('the course', () => {
  beforeEach(() => { lang.value = 'zh' })
  const fact = (kind: string, body: object, seq = 1) => ({ seq, kind, at: at('14:18'), written_at: at('14:18'), by, body, struck: null })

  it('leads to the call of the entry that was linked, as to that of any other fact', () => {
    const i = incident({ entries: [{ ...entry('1', {}), call_id: 'call-1' }, entry('2', {})] })
    const call = (kind: string, body: object) => callOf(i, fact(kind, body))
    expect([call('entry_linked', { entry: '1' }), call('entry_linked', { entry: '2' }), call('entry_linked', { entry: '9' }), call('delivered', { call_id: 'c' }), call('scene', {})]).toEqual(['call-1', '', '', 'c', ''])
  })

  it('goes by what happened, and by the writing where that is the same', () => {
    const f = (seq: number, clock: string) => ({ seq, at: at(clock) })
    expect(inCourse([f(1, '14:20'), f(2, '14:10'), f(3, '14:20'), f(4, '14:05')]).map((x) => x.seq)).toEqual([4, 2, 1, 3])
  })

  it('has what happened in an incident that was merged into it, each entry once', () => {
    const f = (seq: number, kind: string, clock: string, body: object = {}) => ({ ...fact(kind, body, seq), at: at(clock) })
    const other = incident({ id: 1, number: 'T2026-001', facts: [f(1, 'opened', '14:01'), f(2, 'entry_linked', '14:01', { entry: 'a', intake: at('14:00') }), f(3, 'delivered', '14:08'), f(4, 'entry_linked', '14:09', { entry: 'b' }), f(5, 'merged', '14:30')] })
    const i = incident({ id: 2, number: 'T2026-002', entries: [entry('a', {})], facts: [f(1, 'opened', '14:05'), f(2, 'absorbed', '14:30'), f(3, 'entry_linked', '14:30', { entry: 'a', intake: at('14:00') })] })
    expect(happenings(i, [other]).map((x) => x.of.number.slice(-1) + ' ' + x.kind)).toEqual(['2 entry_linked', '1 opened', '2 opened', '1 delivered', '1 entry_linked', '2 absorbed', '1 merged'])
    expect(happenings(other, []).map((x) => x.seq)).toEqual([2, 1, 3, 4, 5])
  })

  it('tells what was written two minutes later or more', () => {
    expect(noted({ at: at('14:10'), written_at: at('14:11') })).toBe('')
    expect(noted({ at: at('14:10'), written_at: at('14:12') })).toBe('22:12')
  })

  it('says each fact in words', () => {
    const i = incident({ reports: [report(), report({ number: 4, stage: 'follow_up', nth: 1 })], entries: [entry('1', {})] })
    const says = (kind: string, body: object) => factText(i, fact(kind, body))
    expect(says('opened', {})).toBe('T2026-001')
    expect(says('instructed', { whom: '区长', attachment: 7 })).toBe('区长，批示照片')
    expect(says('delivered', { report: 1, recipient: 'government', channel: 'fax', attachment: 7 })).toBe('初报，本级政府，传真，凭据照片或文件')
    expect(says('entry_linked', { entry: '1' })).toBe('2026-000001，和平区，起火')
    expect(says('entry_linked', { entry: '9' })).toBe('9')
    expect(says('entry_linked', { entry: '1', intake: at('14:05'), was: at('14:10') })).toContain('提前到 11-27 22:05')
    expect(says('classified', { category: 'fire', trigger: 'sensitive_event,sensitive_place' })).toBe('火灾事故，事件本身比较敏感、发生在敏感部位')
    expect(says('elements', { elements: { place: '甲', casualties: '' } })).toBe('发生地点：甲\n人员伤亡情况：—')
    expect(says('clock_moved', { was: at('14:10'), start: at('14:30'), reason: '后来才起火' })).toBe('11-27 22:10 → 11-27 22:30，原因：后来才起火')
    expect(says('report_signed', { report: 4, version: 2, login: 'chen', name: '陈刚', call_id: 'c' })).toBe('续报第 1 期，第 2 版，陈刚，电话')
    expect(says('report_signed', { report: 4, version: 2, login: 'chen', name: '陈刚' })).toBe('续报第 1 期，第 2 版，陈刚，电话（无录音）')
    expect(says('report_reviewed', { report: 1, version: 1 })).toBe('初报，第 1 版，李娜')
    expect(says('delivered', { report: 1, recipient: 'government', channel: 'fax', evidence: '回执' })).toBe('初报，本级政府，传真，回执')
    expect(says('called_out', { part: 'head', whom: '周立', phone: '139', result: 'no_answer' })).toBe('主要领导，周立，139，无人接听')
    expect(says('scene', { part: 'back', whom: '孙科' })).toBe('从现场返回，孙科')
    expect(factText(i, fact('struck', { fact: 3, reason: '记错' }), { 3: 12 })).toBe('第 12 项，原因：记错') // its place in the list that is shown
    expect(factText({ ...i, others: [{ id: 4, number: 'T2026-004' }] }, fact('absorbed', { incident: 4 }))).toBe('T2026-004')
    expect(says('closed', { reason: '已移交' })).toBe('已移交')
  })
})

describe('the small forms', () => {
  beforeEach(() => { lang.value = 'zh' })
  const call = (id: string, change: Partial<Call> = {}) => ({ id, direction: 'out', called: '02422720100', caller: '', caller_name: '', answered_at: at('14:18'), ...change }) as Call
  const deed: Deed = { title: '', go: '', fields: [{ name: 'a', label: 'a', kind: 'line', required: true }, { name: 'b', label: 'b', kind: 'line' }], values: { b: 'x' }, send: async () => incident() }

  it('begin with what is given, ask for what is needed, and send no blanks', () => {
    expect(begun(deed)).toEqual({ a: '', b: 'x' })
    expect(lacking(deed, { a: '  ', b: '' })).toEqual(['a'])
    expect(lacking(deed, { a: 'y', b: '' })).toEqual([])
    expect(filled({ a: ' y ', b: ' ' })).toEqual({ a: 'y', b: undefined })
  })

  it('offer the calls that were answered, with the other side', () => {
    expect(callOptions([call('1'), call('2', { answered_at: null }), call('3', { direction: 'in', caller: '13904011234', caller_name: '孙国强' })])).toEqual([
      { code: '1', label: '22:18', note: '→ 024-22720100' }, { code: '3', label: '22:18', note: '← 139 0401 1234 孙国强' }])
  })

  it('of an approval by telephone choose the call with whoever approved, and no other', () => {
    const signers = [{ login: 'zhao', name: '赵敏', role: 'chief', numbers: ['+8613700000001'] }, { login: 'chen', name: '陈刚', role: 'leader', numbers: ['+862422720001', '+8613700000002'] }, { login: 'wu', name: '吴越', role: 'leader' }]
    const written = report({ version: 1, versions: [{ version: 1, at: at('14:16'), by, elements: {}, text: '' }] })
    const with_ = (id: string, number: string, change: Partial<Call> = {}) => call(id, { called_e164: number, ended_at: at('14:20'), ...change })
    const calls = [with_('6', '+862422720100'), with_('5', '+8613700000002', { answered_at: at('14:17') }), with_('4', '+8613700000002', { answered_at: at('14:16') }), with_('3', '+8613700000002', { answered_at: at('14:10'), ended_at: at('14:12') })]
    const sign = approvingByPhone(incident(), written, 'sign', calls, signers)
    expect(sign.fields[0].options!.map((o) => o.code)).toEqual(['chen', 'wu'])
    expect(begun(sign)).toEqual({ login: 'chen', call_id: '5', at: '', call_reason: '' })
    expect(lacking(sign, begun(sign))).toEqual([])
    expect(sign.follow!({ login: 'wu', call_id: '5', at: '' }, begun(sign))).toEqual({ call_id: '' }) // nothing is known of a call with them
    expect(sign.follow!({ login: 'chen', call_id: '4', at: '' }, begun(sign))).toEqual({}) // a call that is chosen by hand stays
    expect(sign.follow!({ login: 'wu', call_id: '6', at: '' }, { login: 'chen', call_id: '6', at: '' })).toEqual({})
    expect(sign.follow!({ login: 'chen', call_id: '', at: '' }, { login: 'wu', call_id: '', at: '' })).toEqual({ call_id: '5' })
    expect(begun(approvingByPhone(incident(), written, 'sign', calls.slice(0, 1), signers))).toEqual({ login: '', call_id: '', at: '', call_reason: '' }) // the newest one is that to the superior
    expect(begun(approvingByPhone(incident(), written, 'sign', calls.slice(3), signers.slice(0, 2)))).toEqual({ login: 'chen', call_id: '', at: '', call_reason: '' }) // that was over before there was a text
    const used = { ...written, deliveries: [delivery({ call_id: '5' })] }
    expect(begun(approvingByPhone(incident(), used, 'sign', calls, signers)).call_id).toBe('4')
    expect(begun(approvingByPhone(incident(), written, 'review', [call('9', { direction: 'in', caller_e164: '+8613700000001', ended_at: null })], signers))).toEqual({ login: 'zhao', call_id: '9', at: '', call_reason: '' })
    const many = approvingByPhone(incident(), written, 'sign', Array.from({ length: 30 }, (_, n) => with_('x' + n, '+86')).concat(calls[1]), signers)
    expect([many.fields[1].options!.length, many.fields[1].options![0].code]).toEqual([22, '5'])
    const unknown = approvingByPhone(incident(), report(), 'sign', [], [])
    expect([unknown.fields[0].kind, unknown.fields[1].options!.map((o) => o.code)]).toEqual(['line', ['']])
  })

  it('of an approval without a call ask when it was said, and send that', async () => {
    const asks: unknown[] = []
    vi.stubGlobal('fetch', async (_: string, how: { body: string }) => {
      asks.push(JSON.parse(how.body))
      return { ok: true, text: async () => JSON.stringify(row()) }
    })
    const d = approvingByPhone(incident(), report({ version: 1 }), 'sign', [call('1')], [{ login: 'chen', name: '陈刚', role: 'leader' }])
    expect([asked(d, begun(d)).map((f) => f.name), lacking(d, begun(d))]).toEqual([['login', 'call_id', 'at'], ['at']])
    expect([asked(d, { ...begun(d), call_id: '1' }).map((f) => f.name), lacking(d, { ...begun(d), call_id: '1' })]).toEqual([['login', 'call_id'], []])
    await d.send({ login: 'chen', call_id: '', at: at('14:18') }, 'key-00021')
    vi.unstubAllGlobals()
    expect(asks).toEqual([{ key: 'key-00021', part: 'sign', version: 1, by_phone: { login: 'chen', at: at('14:18') } }])
  })

  it('take several of the triggers, in the order of the regulation', () => {
    const d = classifying(incident({ trigger: 'sensitive_time' }))
    const options = d.fields[1].options!
    expect([d.fields[1].kind, begun(d).trigger]).toEqual(['many', 'sensitive_time'])
    expect(toggled(begun(d).trigger, 'sensitive_event', options)).toBe('sensitive_event,sensitive_time')
    expect([toggled('sensitive_event,sensitive_time', 'sensitive_event', options), toggled('sensitive_time', 'sensitive_time', options)]).toEqual(['sensitive_time', ''])
    expect([triggersOf(''), triggersOf('sensitive_event,sensitive_time')]).toEqual([[], ['sensitive_event', 'sensitive_time']])
  })

  it('keep what was typed when a call takes them away, until it was sent', () => {
    session.user = { username: 'li' } as typeof session.user
    const d = { ...changing(incident(), Date.parse(at('14:40'))), of: '1/news/0' }
    keepDeed(d, begun(d))
    expect(keptDeed(d)).toEqual({})
    keepDeed(d, { ...begun(d), value: '死亡1人' })
    expect(keptDeed(d)).toMatchObject({ value: '死亡1人' })
    session.user = { username: 'wu' } as typeof session.user
    expect(keptDeed(d)).toEqual({})
    session.user = { username: 'li' } as typeof session.user
    dropDeed(d)
    expect(keptDeed(d)).toEqual({})
    session.user = null
  })

  it('of a delivery fill in the offered call, and ask for the receiver by telephone', () => {
    const offer = { call_id: 'c', number: '', who: '', at: at('14:18'), recorded: true, incident: 1, title: '', report: 1, stage: 'first' as const, nth: 1, recipient: 'superior_bureau' as const }
    const d = delivering(incident(), report(), 'superior_bureau', 'phone', offer, [], noFiles)
    expect(begun(d)).toMatchObject({ recipient: 'superior_bureau', channel: 'phone', call_id: 'c', at: at('14:18') })
    expect(lacking(d, begun(d))).toEqual(['receiver'])
    const known = delivering(incident(), report(), 'superior_bureau', 'phone', { ...offer, who: '市应急局值班室', number: '02422720100', receiver: '周敏 值班主任' }, [call('c'), call('d')], noFiles)
    expect([begun(known).receiver, lacking(known, begun(known))]).toEqual(['周敏 值班主任', []])
    const calls = known.fields.filter((f) => f.name === 'call_id')[0].options!
    expect([calls.map((o) => o.code), calls[0].note]).toEqual([['c', 'd', ''], '→ 024-22720100 市应急局值班室 · 有录音'])
    const signed = incident({ facts: [{ seq: 3, kind: 'report_signed', at: at('14:18'), written_at: at('14:18'), by, body: { call_id: 'e' }, struck: null }] })
    const ours = delivering(signed, report(), 'superior_bureau', 'phone', null, [call('c', { direction: 'in' }), call('d'), call('e')], noFiles)
    expect(ours.fields.filter((f) => f.name === 'call_id')[0].options!.map((o) => o.code)).toEqual(['d', '']) // not who called in, nor who signed
    const fax = delivering(incident(), report(), 'government', 'fax', null, [], files)
    expect([lacking(fax, begun(fax)), fax.fields.some((f) => f.name === 'call_id')]).toEqual([[], false])
    expect(lacking(delivering(incident(), report(), '', '', null, [], noFiles), { recipient: '', channel: '', receiver: '' })).toEqual(['recipient', 'channel'])
  })

  it('of a proof or an instruction take a file instead of words, and send its number', async () => {
    const asks: unknown[] = []
    vi.stubGlobal('fetch', async (_: string, how: { body: string }) => {
      asks.push(JSON.parse(how.body))
      return { ok: true, text: async () => JSON.stringify(row()) }
    })
    const d = instructing(incident(), files)
    expect(lacking(d, begun(d))).toEqual(['whom', 'text'])
    expect(lacking(d, { ...begun(d), whom: '区长', attachment: '5' })).toEqual([])
    await d.send({ ...begun(d), whom: '区长', attachment: '5' }, 'key-00011')
    const fax = delivering(incident(), report({ number: 2 }), 'government', 'fax', null, [], files)
    expect(fax.fields.filter((f) => f.kind === 'file').map((f) => f.options)).toEqual([files.options])
    await fax.send({ ...begun(fax), attachment: '5' }, 'key-00012')
    vi.unstubAllGlobals()
    expect(asks).toEqual([{ key: 'key-00011', whom: '区长', attachment: 5 }, { key: 'key-00012', recipient: 'government', channel: 'fax', attachment: 5 }])
    const phone = delivering(incident(), report(), 'superior_bureau', 'phone', null, [], noFiles)
    expect(phone.fields.some((f) => f.kind === 'file')).toBe(false) // the call is the proof
    await expect(noFiles.upload(new File([], 'x'))).rejects.toThrow()
  })

  it('of new facts say which element it is, and that a change is essential', async () => {
    const asks: unknown[] = []
    vi.stubGlobal('fetch', async (_: string, how: { body: string }) => {
      asks.push(JSON.parse(how.body))
      return { ok: true, text: async () => JSON.stringify(row()) }
    })
    const d = changing(incident(), Date.parse(at('14:40')))
    expect(begun(d)).toEqual({ element: 'casualties', value: '', essential: '' })
    expect(d.fields[0].options!.map((o) => o.code)).toEqual([...ELEMENTS])
    expect(lacking(d, begun(d))).toEqual(['value'])
    await d.send({ element: 'trend', value: ' 火势蔓延 ', essential: 'yes' }, 'key-00013')
    await d.send({ element: 'cause', value: '不详', essential: '' }, 'key-00014')
    vi.unstubAllGlobals()
    expect(asks).toEqual([{ key: 'key-00013', elements: { trend: '火势蔓延' }, essential: true }, { key: 'key-00014', elements: { cause: '不详' } }])
    expect(d.done!(incident({ next_due: { number: 4, stage: 'follow_up', nth: 1, due_at: at('14:50'), late: false } }))).toBe('已登记；续报第 1 期时限 22:50')
    expect(d.done!(incident())).toBe('已登记')
  })

  it('of new facts say by when an essential change has to be reported: never later than what stands', () => {
    const said = (change: Partial<Incident>) => { const d = changing(incident(change), Date.parse(at('14:40'))); return [d.fields[2].options![1].label, /登记后 (\d+) 分钟内须报送(.*)，原时限/.exec(d.hint!)!.slice(1).join(' ')] }
    const due = (clock: string) => ({ number: 2, stage: 'written' as const, nth: 1, due_at: at(clock), late: false })
    expect(said({ next_due: due('15:00') })).toEqual(['重要变化：22:50 前须报送书面报告', '10 书面报告'])
    expect(said({ next_due: due('14:45') })[0]).toBe('重要变化：22:45 前须报送书面报告')
    expect(said({ next_due: due('14:30') })[0]).toBe('重要变化：22:30 前须报送书面报告') // it is over already
    expect(said({ schedule: { essential_minutes: 15, soon_minutes: 5 } })).toEqual(['重要变化：22:55 前须报送续报', '15 续报'])
    expect(said({})[1]).not.toContain('立即')
  })

  it('know which files an incident names', () => {
    const x = { number: 14, whom: '区长', at: at('14:45'), text: '', attachment: 7, due: null, overdue: false, conveyed: [], feedback: [], closed_at: null, closed_text: '' }
    expect(namedFiles(incident({ reports: [report({ deliveries: [delivery({ attachment: 5 }), delivery()] })], instructions: [x] }))).toEqual([5, 7])
    expect(following(incident(), x, 'closed').title).toBe('办结：批示照片')
  })

  it('cut nothing off: what is too long is said, with how much can be kept', () => {
    const d = changing(incident(), Date.parse(at('14:40')))
    const v = (n: number) => ({ ...begun(d), value: '长'.repeat(n) })
    expect(tooLong(d, v(2000))).toBeNull()
    expect(tooLong(d, v(100_000))).toMatchObject({ field: { name: 'value' }, n: 100_000, most: 2000 })
    const whom = instructing(incident(), files)
    expect(tooLong(whom, { ...begun(whom), whom: '长'.repeat(501) })).toMatchObject({ field: { name: 'whom' }, n: 501, most: 500 })
    expect(length('𠮷野家')).toBe(3)
    expect(kinds).toMatch(new RegExp(`shortText  = ${MOST.line}\n\tmiddleText = ${MOST.area}\n\tlongText   = ${MOST.text}`))
  })

  it('of striking out an entry say that the clock does not start later by that', () => {
    const fact = (seq: number, kind: string) => ({ seq, kind, at: at('14:10'), written_at: at('14:10'), by, body: {}, struck: null })
    const i = incident({ facts: [fact(1, 'opened'), fact(2, 'entry_linked'), fact(3, 'delivered')] })
    expect(striking(i, 2).hint).toContain('计时起点不会自动推后')
    expect(striking(i, 3).hint).toBeUndefined()
    expect(lacking(striking(i, 2), { reason: ' ' })).toEqual(['reason'])
  })

  it('merge into another one, never into itself', () => {
    expect(merging(incident(), [{ id: 1, number: 'T1', title: '' }, { id: 2, number: 'T2', title: '火灾' }]).fields[0].options).toEqual([{ code: '2', label: 'T2', note: '火灾' }])
  })

  it('of an instruction ask for whom, or for what was fed back', () => {
    const x = { number: 14, whom: '区长', at: at('14:45'), text: '全力救治', attachment: null, due: null, overdue: false, conveyed: [], feedback: [], closed_at: null, closed_text: '' }
    const needs = (kind: 'conveyed' | 'fed_back' | 'closed') => { const d = following(incident(), x, kind); return [d.title, lacking(d, begun(d)).join()] }
    expect([needs('conveyed'), needs('fed_back'), needs('closed')]).toEqual([['传达：全力救治', 'whom'], ['反馈：全力救治', 'text'], ['办结：全力救治', '']])
  })

  it('send each deed under its key to its own place', async () => {
    const asked: [string, string, unknown][] = []
    vi.stubGlobal('fetch', async (url: string, how: { method: string; body?: string }) => {
      asked.push([how.method, url.replace('/api/v1/incidents', ''), how.body ? JSON.parse(how.body) : undefined])
      return { ok: true, text: async () => JSON.stringify(row()) }
    })
    const d = delivering(incident(), report({ number: 2 }), 'government', 'fax', null, [], files)
    await d.send({ ...begun(d), evidence: ' 回执 ' }, 'key-00001')
    await approvingByPhone(incident(), report({ version: 3 }), 'sign', [], []).send({ login: ' chen ', call_id: 'c' }, 'key-00002')
    await merging(incident(), []).send({ into: '7', reason: ' 同一事件 ' }, 'key-00003')
    vi.unstubAllGlobals()
    expect(asked).toEqual([
      ['POST', '/1/reports/2/deliveries', { key: 'key-00001', recipient: 'government', channel: 'fax', evidence: '回执' }],
      ['POST', '/1/reports/1/approvals', { key: 'key-00002', part: 'sign', version: 3, by_phone: { login: 'chen', call_id: 'c' } }],
      ['PATCH', '/1', { key: 'key-00003', merge_into: 7, reason: '同一事件' }],
    ])
  })
})
