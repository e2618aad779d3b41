// What one fact of an incident says, in a sentence of the page's language.
import { ELEMENTS, type Fact, type Incident } from '@/api/incidents'
import { dateMinute, parse } from '@/logic/time'
import { stageName } from '@/state/incidents'
import { t, word } from './index'

const joined = (...parts: (string | undefined)[]) => parts.filter((p) => p).join(t('inc.f.sep'))

export function factText(i: Incident, f: Fact): string {
  const b = f.body
  const report = i.reports.filter((r) => r.number === b.report)[0]
  const stage = report ? stageName(report) : ''
  const at = (instant?: string) => dateMinute(parse(instant || null)).slice(5)
  switch (f.kind) {
    case 'opened': return i.number
    case 'entry_linked': return entryText(i, f) + (b.was && b.intake && parse(b.intake) < parse(b.was) ? '\n' + t('inc.f.back', { was: at(b.was), now: at(b.intake) }) : '')
    case 'classified': return joined(word('inc.cat', b.category || ''), b.trigger && word('inc.trig', b.trigger))
    case 'elements': return ELEMENTS.filter((e) => b.elements && b.elements[e] !== undefined).map((e) => word('inc.el', e) + t('punct.colon') + ((b.elements || {})[e] || '—')).join('\n')
    case 'clock_moved': return t('inc.f.clock', { was: at(b.was), now: at(b.start), reason: b.reason || '' })
    case 'report_written': return joined(stage, t('inc.version', { n: b.version || 0 }))
    case 'report_reviewed': case 'report_signed': return joined(stage, t('inc.version', { n: b.version || 0 }), b.name || f.by.name, b.login ? t('inc.f.phone') : '')
    case 'delivered': return joined(stage, word('inc.to', b.recipient || ''), word('inc.by', b.channel || ''), b.receiver, b.evidence, b.attachment ? t('inc.fileProof') : '')
    case 'called_out': return joined(word('inc.role', b.part || ''), b.whom, b.phone, word('inc.result', b.result || ''))
    case 'scene': return joined(word('inc.scene', b.part || ''), b.whom, b.text)
    case 'instructed': return joined(b.whom, b.text, b.attachment ? t('inc.filePhoto') : '', b.due && t('inc.instrDue', { time: at(b.due) }))
    case 'struck': return t('inc.f.struck', { n: b.fact || 0, reason: b.reason || '' })
    default: return joined(stage, b.whom, b.text, b.reason)
  }
}

function entryText(i: Incident, f: Fact): string {
  const e = i.entries.filter((x) => x.id === f.body.entry)[0]
  return e ? joined(e.entry_number, e.who, e.content) : f.body.entry || ''
}
