// What one fact of an incident says, in a sentence of the page's language.
import { ELEMENTS, type Fact, type Incident } from '@/api/incidents'
import { triggersOf, waits, wasShort } from '@/logic/incidents'
import { dateMinute, parse } from '@/logic/time'
import { stageName } from '@/state/incidents'
import { t, word } from './index'

const joined = (...parts: (string | undefined)[]) => parts.filter((p) => p).join(t('inc.f.sep'))

/** otherCall says why a call proves something though its number is not theirs, or it was over at once; else nothing. */
export function otherCall(x: { call_with?: string; call_reason?: string }): string {
  if (!x.call_reason) return ''
  return t(wasShort(x) ? 'inc.shortCall' : 'inc.otherNumber', { with: x.call_with || '', why: x.call_reason })
}

/** PLACES are the numbers of the facts in the list that is shown, by their seq. */
export function factText(i: Incident, f: Fact, places: Record<number, number> = {}): string {
  const b = f.body
  const report = i.reports.filter((r) => r.number === b.report)[0]
  const stage = report ? stageName(report) : ''
  const other = otherCall(b)
  const at = (instant?: string) => dateMinute(parse(instant || null)).slice(5)
  switch (f.kind) {
    case 'opened': return i.number
    case 'entry_linked': return entryText(i, f) + (b.was && b.intake && parse(b.intake) < parse(b.was) ? '\n' + t('inc.f.back', { was: at(b.was), now: at(b.intake) }) : '')
    case 'classified': return joined(word('inc.cat', b.category || ''), triggerText(b.trigger || ''))
    case 'elements': case 'entry_differs': return (b.from ? b.from + '\n' : '') + ELEMENTS.filter((e) => b.elements && b.elements[e] !== undefined).map((e) => word('inc.el', e) + t('punct.colon') + ((b.elements || {})[e] || '—')).join('\n')
    case 'clock_moved': return t('inc.f.clock', { was: at(b.was), now: at(b.start), reason: b.reason || '' })
    case 'report_written': return joined(stage, t('inc.version', { n: b.version || 0 }))
    case 'report_reviewed': case 'report_signed': return joined(stage, t('inc.version', { n: b.version || 0 }), b.name || f.by.name, b.login ? t(b.call_id ? 'inc.f.phone' : 'inc.f.phoneUnseen') : '', b.unproved ? word('inc.proof', 'unproved') : '', other, unconfirmed(i, f))
    case 'delivered': return joined(stage, word('inc.to', b.recipient || ''), b.channel === 'phone' && !b.call_id ? t('inc.f.phoneUnseen') : word('inc.by', b.channel || ''), b.unproved ? word('inc.proof', 'unproved') : '', lately(i, f), b.receiver, b.evidence, other, b.attachment ? t('inc.fileProof') : '')
    case 'called_out': return joined(word('inc.role', b.part || ''), b.whom, b.phone, word('inc.result', b.result || ''))
    case 'scene': return joined(word('inc.scene', b.part || ''), b.whom, b.text)
    case 'instructed': return joined(b.whom, b.text, b.attachment ? t('inc.filePhoto') : '', b.due && t('inc.instrDue', { time: at(b.due) }))
    case 'struck': return t('inc.f.struck', { n: places[b.fact || 0] || b.fact || 0, reason: b.reason || '' })
    case 'merged': case 'absorbed': return joined(numberOf(i, b.incident || 0), b.reason)
    default: return joined(stage, b.whom, b.text, b.reason)
  }
}

/** Of a delivery by which its recipient got the report after the deadline, that; else nothing. */
const lately = (i: Incident, f: Fact): string => (i.reports.some((r) => r.deliveries.some((d) => d.fact === f.seq && d.late)) ? t('inc.lateDelivery') : '')

/** Of an approval by telephone that its person has not confirmed, that; empty: they have, or it is none. */
function unconfirmed(i: Incident, f: Fact): string {
  const waiting = i.reports.some((r) => r.approvals.some((a) => a.fact === f.seq && waits(a)))
  return waiting ? t('inc.unconfirmed') : ''
}

/** Why it is reported whatever its extent; empty: for no such reason. */
export const triggerText = (trigger: string): string => triggersOf(trigger).map((code) => word('inc.trig', code)).join(t('list.comma'))

/** How people call another incident that this one names. */
export const numberOf = (i: Incident, id: number): string => ((i.others || []).filter((o) => o.id === id)[0] || { number: '' }).number

function entryText(i: Incident, f: Fact): string {
  const e = i.entries.filter((x) => x.id === f.body.entry)[0]
  return e ? joined(e.entry_number, e.who, e.content) : f.body.entry || ''
}
