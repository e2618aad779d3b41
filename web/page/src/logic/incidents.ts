// What the page of incidents decides by itself: how much time is left, what an unwritten report begins
// with, what differs, and who may approve. All of it is pure.
import { SHORT_TALK } from '@/i18n/reportwords'
import { ELEMENTS, type Approval, type CallOffer, type Delivery, type Element, type Elements, type Fact, type Incident, type IncidentRow, type Part, type Recipient, type Report, type ReportRow, type ReportState, type SentElsewhere, type Stage, type Waiting } from '@/api/incidents'
import { goingOn, sentences, undated } from '@/i18n/reportwords'
import { minute, parse } from './time'

/** How long before a deadline it is told, by the rule that the incident was opened with, in ms. */
export const soonOf = (i: { schedule?: { soon_minutes: number } }): number => (i.schedule ? i.schedule.soon_minutes : 5) * 60_000
export type Tone = 'late' | 'soon' | 'good'

/** 7:30 until a deadline, +3:05 after it; hours when there are some. */
export function countdown(leftMs: number): string {
  const s = Math.floor(Math.abs(leftMs) / 1000)
  const two = (n: number) => (n < 10 ? '0' + n : String(n))
  const h = Math.floor(s / 3600)
  return (leftMs < 0 ? '+' : '') + (h ? h + ':' + two(Math.floor((s % 3600) / 60)) : String(Math.floor(s / 60))) + ':' + two(s % 60)
}
export const toneOf = (leftMs: number, soonMs: number): Tone => (leftMs <= 0 ? 'late' : leftMs <= soonMs ? 'soon' : 'good')
export const leftOf = (due: { due_at: string | null } | null, now: number): number => (due ? parse(due.due_at) - now : NaN)

/** By when the next report is due if something essential changes NOW: the earlier of that and what stands already. */
export function dueWhenEssential(i: IncidentRow, now: number): number {
  const within = now + essentialMinutes(i) * 60_000
  return i.next_due ? Math.min(within, parse(i.next_due.due_at)) : within
}
export const essentialMinutes = (i: IncidentRow): number => (i.schedule ? i.schedule.essential_minutes : 10)

/** Where a report stands now: a deadline passes while nobody asks the daemon again. */
export const stateOf = (r: Pick<Report, 'state' | 'due_at'>, now: number): ReportState =>
  (r.state === 'coming' || r.state === 'draft') && r.due_at && now >= parse(r.due_at) ? 'late' : r.state

/** The codes of why an incident is reported whatever its extent: none, one or several. */
export const triggersOf = (trigger: string): string[] => trigger.split(',').filter((code) => code)

/** The incidents by what is due first; those of which nothing is due come last. */
export function byDue<T extends IncidentRow>(rows: readonly T[]): T[] {
  const due = (r: T) => (r.next_due ? parse(r.next_due.due_at) : Infinity)
  return rows.slice().sort((a, b) => (due(a) === due(b) ? b.id - a.id : due(a) - due(b)))
}

/** The report that is next in hand: the one that is due first, else the first that was not sent. */
export function inHand(i: Incident): number {
  if (i.next_due) return i.next_due.number
  const open = i.reports.filter((r) => !r.sent_at)[0]
  return open ? open.number : i.reports.length ? i.reports[i.reports.length - 1].number : 0
}

export const blank = (text: string | undefined) => !text || !text.trim()

/** The report that went out last before this one. */
export function sentBefore(i: Incident, r: Report): Report | null {
  const sent = i.reports.filter((o) => o.number !== r.number && o.version > 0 && o.sent_at && (!r.sent_at || parse(o.sent_at) <= parse(r.sent_at)))
  return sent.sort((a, b) => parse(b.sent_at) - parse(a.sent_at))[0] || null
}

/** The elements that are said otherwise than before. */
export function changedFrom(before: Elements, after: Elements): Element[] {
  return ELEMENTS.filter((e) => (before[e] || '').trim() !== (after[e] || '').trim())
}

export interface Draft {
  elements: Elements
  text: string
}

/** The sentences that are made of a report's elements, and of what was said before it. */
const made = (i: Incident, r: Report, elements: Elements, before: Report | null): string => sentences(r.stage, elements, before ? before.elements : null, parse(i.clock_natural))

/** What the editor begins with: what was written of it; else what is known, of which what was taken back stays so, and the
 * text of the last report: as somebody wrote it by hand, with what changed behind it, else made anew. */
export function draftOf(i: Incident, r: Report): Draft {
  if (r.version > 0) return { elements: { ...r.elements }, text: r.text }
  const before = sentBefore(i, r)
  const elements: Elements = { ...(before ? before.elements : {}), ...r.elements }
  const byHand = !!before && !blank(before.text) && undated(before.text) !== undated(made(i, before, before.elements, sentBefore(i, before)))
  return { elements, text: byHand ? goingOn(r.stage, before.text, elements, before.elements) : made(i, r, elements, before) }
}

/** What the entries say of the event, side by side: of each element what every entry says. It differs where they do not
 * say the same, and where one says otherwise than what is known, as the daemon or what is shown here tells. */
export function sideBySide(i: Incident): { element: Element; values: string[]; differs: boolean }[] {
  const told = i.differences.map((d) => d.element)
  const bare = (text: string | undefined) => (text || '').replace(/\s/g, '') // blanks make no difference
  return ELEMENTS.filter((e) => i.entries.some((x) => !blank(x.says[e]))).map((element) => {
    const values = i.entries.map((x) => (x.says[element] || '').trim())
    const said = values.concat(i.elements[element] || '').map(bare).filter((v) => v)
    return { element, values, differs: told.indexOf(element) >= 0 || said.some((v) => v !== said[0]) }
  })
}
/** What is known of an element beside what the entries say, as the daemon tells it: what was erased is not known. */
export const knownOf = (i: Incident, e: Element): string => {
  const told = i.differences.filter((d) => d.element === e)[0]
  return told && told.known !== undefined ? told.known : i.elements[e] || ''
}
/** The entry from which an element of an incident was copied when that was opened or the entry linked, where nobody
 * has said anything of it since: what is copied is written with the link, in one moment, and nobody typed it. */
function copiedFrom(i: Incident, e: Element): string {
  const said = i.facts.filter((f) => (f.kind === 'elements' || f.kind === 'report_written') && !f.struck && f.body.elements && f.body.elements[e] !== undefined)
  const last = said[said.length - 1]
  const link = last && i.facts.filter((f) => f.kind === 'entry_linked' && f.seq < last.seq && f.written_at === last.written_at).slice(-1)[0]
  return last && last.kind === 'elements' && link ? link.body.entry || '' : ''
}
/** What a draft still has from an entry, as it came: with the entry's number, and whether others say otherwise. */
export function drawnIn(i: Incident, r: Report, draft: Elements, e: Element): { entry: string; differs: boolean } | null {
  const copied = blank(r.elements[e]) ? '' : copiedFrom(i, e)
  const d = (r.from_entries || []).filter((x) => x.element === e)[0] || (copied && { entry_id: copied, differs: i.differences.some((x) => x.element === e) })
  if (!d || r.version > 0 || (draft[e] || '') !== (r.elements[e] || '')) return null
  return { entry: (i.entries.filter((x) => x.id === d.entry_id)[0] || { entry_number: '' }).entry_number, differs: d.differs }
}
/** What else is said of an element than what stands in a draft: what is known, and what the entries say, each once. */
export function saidElse(i: Incident, draft: Elements, e: Element): { known: string; entries: string[] } {
  const bare = (text: string | undefined) => (text || '').replace(/\s/g, '')
  const told = i.differences.filter((d) => d.element === e)[0]
  const other = (v: string, n: number, all: string[]) => !!bare(v) && bare(v) !== bare(draft[e]) && all.map(bare).indexOf(bare(v)) === n
  const known = told ? knownOf(i, e) : ''
  return { known: other(known, 0, [known]) ? known : '', entries: told ? told.values.map((v) => v.value).filter(other).filter((v) => bare(v) !== bare(known)) : [] }
}
/** Of how many elements not all say the same. */
export const differing = (i: Incident): number => sideBySide(i).filter((r) => r.differs).length

/** Who may give a part of an approval (Art. 15, 16). */
export const mayApprove = (part: Part, role: string): boolean => role === 'leader' || (part === 'review' && role === 'chief')

/** The approval that stands of the newest version. */
export function standing(r: Report, part: Part): Approval | null {
  const all = r.approvals.filter((a) => a.part === part && a.version === r.version && !a.denied_at)
  return all[all.length - 1] || null
}
/** Said by telephone in somebody's name, who has not said yet whether it was so. */
export const waits = (a: Approval): boolean => a.by_phone && !a.confirmed_at && !a.denied_at
export function waitsFor(i: Incident, login: string): { report: Report; approval: Approval }[] {
  const all: { report: Report; approval: Approval }[] = []
  for (const report of i.reports) for (const approval of report.approvals) if (approval.login.toLowerCase() === login.toLowerCase() && waits(approval)) all.push({ report, approval })
  return all
}

/** The approvals by telephone that wait for somebody's own word, the oldest first; a login is the same in upper and lower case. */
export function waitingOf(rows: readonly IncidentRow[], login: string): { incident: IncidentRow; waiting: Waiting }[] {
  const all: { incident: IncidentRow; waiting: Waiting }[] = []
  const key = (x: { incident: IncidentRow; waiting: Waiting }) => (x.waiting.incident || x.incident.id) + '/' + x.waiting.fact
  for (const incident of rows) {
    for (const waiting of incident.waiting) { // what a merged one noted stands in the other one, too
      const x = { incident, waiting }
      if (waiting.login.toLowerCase() === login.toLowerCase() && !all.some((o) => key(o) === key(x))) all.push(x)
    }
  }
  return all.sort((a, b) => parse(a.waiting.at) - parse(b.waiting.at))
}

/** The approvals that were noted in an incident which was merged into this one, and are confirmed there. */
export const waitsElsewhere = (i: IncidentRow): Waiting[] => i.waiting.filter((w) => !!w.incident && w.incident !== i.id)
/** Stage and number within it of a report's number: see the API. */
export function stageAt(number: number): { stage: Stage; nth: number } {
  if (number <= 3) return { stage: (['first', 'written', 'detailed'] as Stage[])[number - 1] || 'first', nth: 1 }
  return number % 2 ? { stage: 'final', nth: (number - 3) / 2 } : { stage: 'follow_up', nth: (number - 2) / 2 }
}

/** What somebody of this role can still approve; whoever signed need not review. */
export function toApprove(r: Report, role: string): Part[] {
  if (!r.version || r.missing.length || (role === 'leader' && standing(r, 'sign'))) return []
  return (['sign', 'review'] as Part[]).filter((p) => mayApprove(p, role) && !standing(r, p))
}

export const deliveryAt = (r: Report, recipient: string, channel: string): Delivery | null =>
  r.deliveries.filter((d) => d.recipient === recipient && d.channel === channel)[0] || null

/** By which merged incidents it went there by this way. */
export const elsewhereAt = (r: Report, recipient: string, channel: string): SentElsewhere[] =>
  (r.sent_elsewhere || []).filter((d) => d.recipient === recipient && d.channel === channel)

/** Whether a report can go this way now: without a text only a first report or a follow-up goes, by telephone. */
export const canDeliver = (r: Report, channel: string): boolean => r.version > 0 || (channel === 'phone' && (r.stage === 'first' || r.stage === 'follow_up'))

/** Whether a report of an incident that ended still waits for the signature of somebody of this role: it went out unsigned,
 * or is owed. A draft that was given up waits for nobody; what is owed of a merged incident the other one owes. */
export const waitsAfterEnd = (i: Pick<IncidentRow, 'state'>, r: ReportRow, role: string): boolean =>
  mayApprove('sign', role) && r.version > 0 && !r.approved_at && (r.deliveries.length > 0 || (i.state === 'closed' && !!r.due_at && !r.sent_at))
/** What somebody who leads has to look at, at a telephone: written, and not signed or waiting for their word; after the end
 * only what still waits for their signature. */
export const toLookAt = (i: Incident, role: string): Report[] =>
  i.reports.filter((r) => (i.state === 'open' ? r.version > 0 && (!r.approved_at || toApprove(r, role).length > 0) : waitsAfterEnd(i, r, role)))
/** The parts of its approval that are asked for: after the end nobody reviews any more. */
export const asksFor = (i: Incident, r: Report, role: string): Part[] => toApprove(r, role).filter((p) => i.state === 'open' || p === 'sign')
/** Whether something of an incident that ended waits for the signature of somebody of this role. */
export const unsigned = (i: IncidentRow, role: string): boolean => (i.reports || []).some((r) => waitsAfterEnd(i, r, role))

/** Who got a report after its deadline, and who has not although that is over. */
export const lateTo = (r: Report): { got: Recipient[]; not: Recipient[] } => {
  const of = (got: boolean) => (r.late_to || []).filter((l) => !!l.at === got).map((l) => l.recipient)
  return { got: of(true), not: of(false) }
}

/** Whether a report went out and nobody has signed it. */
export const unapproved = (r: Report): boolean => (!!r.sent_at || r.deliveries.length > 0) && r.version > 0 && !r.approved_at

/** How long an offered call lasted, minutes and seconds; empty: it is not over. */
export const talkOf = (o: CallOffer): string => (o.talk_seconds ? countdown(o.talk_seconds * 1000) : '')

/** A version that went out stays as it is. */
export const frozen = (r: Report): boolean => r.deliveries.some((d) => d.version > 0)

/** A follow-up of which nothing was said yet. */
const unbegun = (i: Incident, number: number, nth: number): Report => ({ number, stage: 'follow_up', nth, due_at: null, state: 'not_due', sent_late: false, version: 0, versions: [], elements: { ...i.elements }, changed: [], missing: [],
  text: '', sent_at: null, approved_at: null, approved_by: '', approvals: [], deliveries: [] })
/** Where there is no follow-up that can still be written: the one that comes next, as it begins. Null: there is one, or
 * the incident is over. The address of a follow-up within its incident is 4, 6, 8 … */
export function nextFollowUp(i: Incident): Report | null {
  const all = i.reports.filter((r) => r.stage === 'follow_up')
  if (i.state !== 'open' || all.some((r) => !frozen(r))) return null
  const nth = all.reduce((most, r) => Math.max(most, r.nth), 0) + 1
  return unbegun(i, 2 + 2 * nth, nth)
}
/** The follow-up in which what is new is written: one that did not go out as a text, else the next. */
export const followUpInHand = (i: Incident): Report | null => i.reports.filter((r) => r.stage === 'follow_up' && !frozen(r))[0] || nextFollowUp(i)

/** The report that a call may have been: it need not be the one that is looked at, and a follow-up may not have begun. */
export const offeredReport = (i: Incident, o: CallOffer): Report | null =>
  i.reports.filter((r) => r.number === o.report)[0] || (o.stage === 'follow_up' ? unbegun(i, o.report, o.nth) : null)
/** The offers that a call is a report, for the entry of that call: one for each incident of which it may be one. */
export const offersFor = (offers: readonly CallOffer[], callId: string): CallOffer[] => (callId ? offers.filter((o) => o.call_id === callId) : [])

/** The offer that a digit means: 1 the first, 0 the tenth. Whoever presses none has chosen none. */
export function offerOf(offers: readonly CallOffer[], key: string): CallOffer | null {
  const digit = /^Digit([0-9])$/.exec(key)
  return (digit && offers[(Number(digit[1]) + 9) % 10]) || null
}

/** How long after the intake the clock was started, in whole minutes; 0: it was not moved. */
export function clockGap(i: { clock_start: string; clock_natural: string }): number {
  return Math.max(0, Math.round((parse(i.clock_start) - parse(i.clock_natural)) / 60_000))
}

/** The incidents that answer to what was typed: number, title or category, in any order of the words. */
export function matching<T extends { number: string; title: string }>(rows: readonly T[], typed: string, category: (row: T) => string): T[] {
  const words = typed.toLowerCase().split(/\s+/).filter((w) => w)
  return rows.filter((r) => words.every((w) => (r.number + ' ' + r.title + ' ' + category(r)).toLowerCase().indexOf(w) >= 0))
}

/** The course by what happened, not by when it was written. */
export function inCourse<T extends { at: string; seq: number }>(facts: readonly T[]): T[] {
  return facts.slice().sort((a, b) => parse(a.at) - parse(b.at) || a.seq - b.seq)
}
/** A fact, and of which incident it is. */
export type Happening = Fact & { of: Incident }

/** What happened in an incident and in those that were merged into it. An entry that came over with them stands once: with the link that counts now. */
export function happenings(i: Incident, merged: readonly Incident[]): Happening[] {
  const has = (entry: string | undefined) => i.entries.some((e) => e.id === entry)
  const all: Happening[] = []
  for (const of of [i, ...merged]) {
    for (const f of of.facts) {
      if (of !== i && f.kind === 'entry_linked' && !f.struck && has(f.body.entry)) continue
      all.push({ ...f, of, at: (f.kind === 'entry_linked' && f.body.intake) || f.at })
    }
  }
  return inCourse(all)
}
/** Who of those that always have to be told (Art. 15, 16) was not told by anybody yet. */
export const untold = (i: Incident): string[] => ['head', 'deputy', 'section'].filter((part) => !i.callouts.some((c) => c.part === part && c.result !== 'no_answer'))
/** The call of an entry that a fact linked; empty: it came by another way, or the fact is another one. */
export const callOf = (i: Incident, f: Fact): string => (f.body.call_id || (f.kind === 'entry_linked' && (i.entries.filter((e) => e.id === f.body.entry)[0] || { call_id: '' }).call_id)) || ''

/** Whether a call proves something though it was over at once: so begins what the daemon says of its length. */
export const wasShort = (x: { call_with?: string }): boolean => (x.call_with || '').indexOf(SHORT_TALK) === 0

export type ProofMark = 'unseen' | 'other' | 'short' | 'late' | 'unproved'
/** What is lacking of the proof of something that was said or sent: no recorded call, written down much later, or, as
 * the daemon says, nothing that proves it. FACT is its number within the incident. */
export function proofMarks(i: Incident, x: { fact: number; call_id: string; call_with?: string; call_reason?: string; unproved?: boolean }, spoken: boolean): ProofMark[] {
  const f = i.facts.filter((o) => o.seq === x.fact)[0]
  const marks: ProofMark[] = []
  if (spoken && !x.call_id) marks.push('unseen')
  if (x.call_reason) marks.push(wasShort(x) ? 'short' : 'other')
  if (f && noted(f)) marks.push('late')
  if (x.unproved) marks.push('unproved')
  return marks
}
/** Whether a report is said to have gone out by something that nothing proves. */
export const unprovedSent = (i: Incident, r: Report): boolean => r.deliveries.some((d) => proofMarks(i, d, d.channel === 'phone').some((m) => m === 'unseen' || m === 'unproved'))
/** The newest approval of a version that its person denied, where none stands. */
export const denied = (r: Report, part: Part): Approval | null =>
  (standing(r, part) ? null : r.approvals.filter((a) => a.part === part && a.version === r.version && a.denied_at).slice(-1)[0] || null)

/** Written so much later than it happened that it is told. */
export const noted = (f: { at: string; written_at: string }): string => (parse(f.written_at) - parse(f.at) >= 120_000 ? minute(parse(f.written_at)) : '')
