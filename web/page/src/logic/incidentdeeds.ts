// The small forms of an incident, as data: what each asks for and how it is sent.
import { CATEGORIES, CHANNELS, ELEMENTS, RECIPIENTS, TRIGGERS, incidents, type CallOffer, type Channel, type Incident, type Instruction, type Part, type Recipient, type Report, type Signer } from '@/api/incidents'
import type { Call } from '@/api/types'
import { t, word, type Key } from '@/i18n'
import { numberText } from '@/i18n/spell'
import { incidentName, lackingText, stageName, talkText } from '@/state/incidents'
import { filled, type Deed, type DeedField, type Option } from './deeds'
import { dueWhenEssential, essentialMinutes } from './incidents'
import { minute, parse } from './time'

const codes = (area: string, list: readonly string[]): Option[] => list.map((code) => ({ code, label: word(area, code) }))
const line = (name: string, label: Key, more: Partial<DeedField> = {}): DeedField => ({ name, label: t(label), kind: 'line', ...more })
const needed = { required: true }
const when: () => DeedField = () => ({ name: 'at', label: t('inc.at'), kind: 'time', hint: t('inc.atHint') })
const reason = (must = true): DeedField => line('reason', 'inc.reason', { kind: 'area', max: 500, required: must })

/** Calls in which something can have been said, the newest first. */
export const callOptions = (calls: readonly Call[]): Option[] =>
  calls.filter((c) => c.answered_at).map((c) => ({ code: c.id, label: minute(parse(c.answered_at)), note: (c.direction === 'out' ? '→ ' : '← ') + numberText(c.direction === 'out' ? c.called : c.caller) + (c.caller_name ? ' ' + c.caller_name : '') }))

/** Files of the linked entries, and how another one is added to them. */
export interface Files {
  options: Option[]
  upload: (file: File) => Promise<Option>
}
/** Where a call is the proof no file is asked for. */
export const noFiles: Files = { options: [], upload: () => Promise.reject(new Error('a call is its proof')) }
const file = (label: Key, files: Files): DeedField => ({ name: 'attachment', label: t(label), kind: 'file', hint: t('inc.fileHint'), options: files.options, upload: files.upload })
/** What is sent, with the number of a file as one. */
const withFile = (v: Record<string, string>) => ({ ...filled(v), attachment: v.attachment ? Number(v.attachment) : undefined })

/** Why a call proves something though its number is not known as theirs, or it was over at once: asked for once the
 * daemon has said so. */
export const MISMATCH = 'incident-call_mismatch'
const insisting = (): DeedField => line('call_reason', 'inc.callReason', { kind: 'area', max: 500, required: true, hint: t('inc.callReasonHint'), when: (v) => !!v.call_id && v.refused === v.call_id })
const reasonFor = (v: Record<string, string>): string | undefined => (v.refused === v.call_id && v.call_reason ? v.call_reason.trim() || undefined : undefined)
const refusedOf = (v: Record<string, string>, type: string): Record<string, string> => (type === MISMATCH ? { refused: v.call_id } : {})

const MOST_CALLS = 20
/** MINE is chosen already, and is among them however many there are. */
const call = (calls: readonly Call[], none: Key, mine: Option[] = []): DeedField => ({ name: 'call_id', label: t('inc.call'), kind: 'choice',
  options: mine.concat(callOptions(calls).filter((o) => !mine.some((m) => m.code === o.code)).slice(0, MOST_CALLS), { code: '', label: t(none) }) })

/** Of what was said in a call the call says when it was; of the rest somebody does. */
const callOrTime = (calls: readonly Call[]): DeedField[] => [call(calls, 'inc.callNo'), { ...when(), when: (v) => !v.call_id }]

/** The newest call with somebody that was not over before a moment: the one in which they can have said something of a text. */
export function callWith(numbers: readonly string[], calls: readonly Call[], since: number): Call | null {
  const theirs = calls.filter((c) => c.answered_at && numbers.indexOf(c.direction === 'out' ? c.called_e164 : c.caller_e164) >= 0 && (!c.ended_at || parse(c.ended_at) >= since))
  return theirs.sort((a, b) => parse(b.answered_at) - parse(a.answered_at))[0] || null
}

export function classifying(i: Incident): Deed {
  return { title: t('inc.classify'), go: t('inc.save'), values: { category: i.category, trigger: i.trigger },
    fields: [{ name: 'category', label: t('inc.category'), kind: 'choice', required: true, options: codes('inc.cat', CATEGORIES) },
      { name: 'trigger', label: t('inc.trigger'), kind: 'many', hint: t('inc.triggerHint'), options: codes('inc.trig', TRIGGERS) }],
    send: (v, key) => incidents.change(i.id, key, { category: v.category, trigger: v.trigger }) }
}
/** What is known now otherwise than before. What is essential has to be reported at once; casualties always are. */
export function changing(i: Incident, now: number): Deed {
  const stage = i.next_due ? stageName(i.next_due) : word('inc.stage', 'follow_up')
  const due = { stage, time: minute(dueWhenEssential(i, now)) }
  return { title: t('inc.news'), about: incidentName(i), hint: t('inc.newsHint', { ...due, n: essentialMinutes(i) }), go: t('inc.save'), values: { element: 'casualties' },
    fields: [{ name: 'element', label: t('inc.newsOf'), kind: 'choice', required: true, options: codes('inc.el', ELEMENTS) }, line('value', 'inc.newsNow', { kind: 'area', required: true, hint: t('inc.newsNowHint') }),
      { name: 'essential', label: t('inc.newsHow'), kind: 'choice', options: [{ code: '', label: t('inc.newsPlain') }, { code: 'yes', label: t('inc.newsEssential', due) }] }],
    send: (v, key) => incidents.change(i.id, key, { elements: { [v.element]: v.value.trim() }, essential: v.essential === 'yes' || undefined }),
    done: (now) => (now.next_due ? t('inc.newsDone', { stage: stageName(now.next_due), time: minute(parse(now.next_due.due_at)) }) : t('inc.done')) }
}
export function movingClock(i: Incident): Deed {
  return { title: t('inc.moveClock'), hint: t('inc.moveClockHint'), go: t('inc.save'), fields: [{ ...when(), name: 'clock_start', label: t('inc.start'), required: true, hint: '8:30' }, reason()],
    send: (v, key) => incidents.change(i.id, key, { clock_start: v.clock_start, clock_reason: v.reason.trim() }) }
}
export function closing(i: Incident): Deed {
  return { title: t('inc.close'), hint: lackingText(i) ? t('inc.closeLacking', { what: lackingText(i) }) : t('inc.closeHint'), go: t('inc.close'), fields: [reason(false)], send: (v, key) => incidents.change(i.id, key, { state: 'closed', reason: filled(v).reason }) }
}
export function reopening(i: Incident): Deed {
  return { title: t('inc.reopen'), go: t('inc.reopen'), fields: [reason()], send: (v, key) => incidents.change(i.id, key, { state: 'open', reason: v.reason.trim() }) }
}
export function merging(i: Incident, others: readonly { id: number; number: string; title: string }[]): Deed {
  return { title: t('inc.merge'), go: t('inc.merge'), fields: [{ name: 'into', label: t('inc.into'), kind: 'choice', required: true, hint: t('inc.empty'), options: others.filter((o) => o.id !== i.id).map((o) => ({ code: String(o.id), label: o.number, note: o.title })) }, reason()],
    send: (v, key) => incidents.change(i.id, key, { merge_into: Number(v.into), reason: v.reason.trim() }) }
}
export function striking(i: Incident, fact: number): Deed {
  const linked = i.facts.some((f) => f.seq === fact && f.kind === 'entry_linked')
  return { title: t('inc.strikeTitle'), hint: linked ? t('inc.strikeEntryHint') : undefined, go: t('inc.strike'), fields: [line('reason', 'inc.strikeWhy', needed)], send: (v, key) => incidents.strike(i.id, key, fact, v.reason.trim()) }
}
/** Who may give a part of an approval, of those whose word can be noted. */
const signersOf = (part: Part, signers: readonly Signer[]): Signer[] => signers.filter((s) => part === 'review' || s.role === 'leader')

export function approvingByPhone(i: Incident, r: Report, part: Part, calls: readonly Call[], signers: readonly Signer[]): Deed {
  const all = signersOf(part, signers)
  const newest = r.versions[r.versions.length - 1]
  const sent = r.deliveries.map((d) => d.call_id)
  const free = calls.filter((c) => sent.indexOf(c.id) < 0)
  const theirs = (login: string) => { const s = all.filter((x) => x.login === login)[0]; return s ? callWith(s.numbers || [], free, newest ? parse(newest.at) : 0) : null }
  const mine = all.map((s) => theirs(s.login)).filter((c, n, list): c is Call => !!c && list.indexOf(c) === n)
  const called = all.map((s) => ({ login: s.login, call: theirs(s.login) })).filter((x) => x.call).sort((a, b) => parse(b.call!.answered_at) - parse(a.call!.answered_at))[0]
  const login = called ? called.login : all.length === 1 ? all[0].login : ''
  const who: DeedField = signers.length
    ? { name: 'login', label: t('inc.who'), kind: 'choice', required: true, options: all.map((s) => ({ code: s.login, label: s.name, note: word('role', s.role) })) }
    : line('login', 'inc.login', needed)
  return { title: t('inc.byPhone', { part: word('inc.part', part) }) + t('punct.colon') + stageName(r), about: incidentName(i), go: t('inc.save'),
    fields: [who, call(calls, 'inc.callUnseen', callOptions(mine)), { name: 'at', label: t('inc.saidAt'), kind: 'time', required: true, hint: t('inc.saidAtHint'), when: (v) => !v.call_id }, insisting()],
    values: { login, call_id: called ? called.call!.id : '' },
    follow: (now, before): Record<string, string> => {
      const [c, others] = [theirs(now.login), theirs(before.login)]
      if (now.login === before.login || !c && !(others && others.id === now.call_id)) return {} // a call that was chosen by hand stays
      return { call_id: c ? c.id : '' }
    },
    send: (v, key) => incidents.approve(i.id, key, r.number, { part, version: r.version, by_phone: v.call_id ? { login: v.login.trim(), call_id: v.call_id, call_reason: reasonFor(v) } : { login: v.login.trim(), at: v.at } }),
    refused: refusedOf,
    done: () => t('inc.approved', { stage: stageName(r), part: word('inc.part', part) }) }
}
/** The calls by which something can have been reported: those that we made, and not with somebody of the own unit. */
function toOthers(i: Incident, calls: readonly Call[]): Call[] {
  const own = i.facts.filter((f) => !f.struck && ['report_reviewed', 'report_signed', 'called_out'].indexOf(f.kind) >= 0).map((f) => f.body.call_id)
  return calls.filter((c) => c.direction === 'out' && own.indexOf(c.id) < 0)
}
/** The call that may have been the report, with what the switch knows of it. */
const offered = (o: CallOffer): Option => ({ code: o.call_id, label: minute(parse(o.at)), note: '→ ' + (o.number ? numberText(o.number) : '') + ' ' + o.who + (talkText(o) ? ' · ' + talkText(o) : '') + ' · ' + t(o.recorded ? 'inc.recorded' : 'inc.recordedNot') })

export function delivering(i: Incident, r: Report, to: Recipient | '', by: Channel | '', offer: CallOffer | null, calls: readonly Call[], files: Files): Deed {
  const fields: DeedField[] = [{ name: 'recipient', label: t('inc.recipient'), kind: 'choice', required: true, options: codes('inc.to', RECIPIENTS) },
    { name: 'channel', label: t('inc.channel'), kind: 'choice', required: true, options: codes('inc.by', CHANNELS) },
    line('receiver', 'inc.receiver', { required: by === 'phone' })]
  if (by === 'phone') fields.push(call(toOthers(i, calls), 'inc.callNo', offer ? [offered(offer)] : []))
  else fields.push(file('inc.fileProof', files))
  if (by === 'phone') fields.push(insisting())
  let told = to
  fields.push(when(), line('evidence', 'inc.evidence', { hint: t('inc.evidenceHint') }))
  return { title: t('inc.deliver') + t('punct.colon') + stageName(r), about: incidentName(i), hint: offer && !to ? t('inc.recipientOpen') : undefined, go: t('inc.save'), fields, values: { recipient: to, channel: by, call_id: offer ? offer.call_id : '', at: offer ? offer.at : '', receiver: (offer && offer.receiver) || '', refused: offer && offer.too_short ? offer.call_id : '' },
    send: (v, key) => {
      told = v.recipient as Recipient
      return incidents.deliver(i.id, key, r.number, { ...withFile(v), call_reason: reasonFor(v), refused: undefined })
    },
    refused: refusedOf,
    done: () => t('inc.delivered', { to: told ? word('inc.to', told) : '', by: by ? word('inc.by', by) : '' }) }
}
export function callingOut(i: Incident, calls: readonly Call[]): Deed {
  return { title: t('inc.addCallout'), go: t('inc.save'), values: { result: 'reached' },
    fields: [{ name: 'part', label: t('inc.part'), kind: 'choice', required: true, options: codes('inc.role', ['head', 'deputy', 'section', 'other']) }, line('whom', 'inc.whom', needed), line('number', 'inc.phone'),
      { name: 'result', label: t('inc.result'), kind: 'choice', required: true, options: codes('inc.result', ['reached', 'passed_on', 'no_answer']) }, ...callOrTime(calls)],
    send: (v, key) => incidents.callOut(i.id, key, filled(v)) }
}
export function hearing(i: Incident, calls: readonly Call[]): Deed {
  return { title: t('inc.addScene'), go: t('inc.save'), values: { kind: 'feedback' },
    fields: [{ name: 'kind', label: t('inc.kind'), kind: 'choice', required: true, options: codes('inc.scene', ['on_scene', 'feedback', 'back']) }, line('whom', 'inc.whom', needed), line('text', 'inc.words', { kind: 'area' }), ...callOrTime(calls)],
    send: (v, key) => incidents.scene(i.id, key, filled(v)) }
}
export function instructing(i: Incident, files: Files): Deed {
  return { title: t('inc.addInstruction'), go: t('inc.save'), fields: [line('whom', 'inc.whomLeader', needed), line('text', 'inc.words', { kind: 'area', required: true, or: 'attachment' }), file('inc.filePhoto', files), { name: 'due', label: t('inc.due'), kind: 'ahead', hint: t('inc.dueHint') }, when()],
    send: (v, key) => incidents.instruct(i.id, key, withFile(v)) }
}
export function following(i: Incident, x: Instruction, kind: 'conveyed' | 'fed_back' | 'closed'): Deed {
  const title = (kind === 'closed' ? t('inc.instrClosed') : word('inc', kind)) + t('punct.colon') + (x.text.slice(0, 30) || t('inc.filePhoto'))
  const fields = [line('whom', kind === 'conveyed' ? 'inc.whomTo' : 'inc.whom', { required: kind === 'conveyed' }), line('text', 'inc.words', { kind: 'area', required: kind === 'fed_back' }), when()]
  return { title, go: t('inc.save'), fields: kind === 'closed' ? fields.slice(1) : fields, send: (v, key) => incidents.step(i.id, key, x.number, { kind, ...filled(v) }) }
}
