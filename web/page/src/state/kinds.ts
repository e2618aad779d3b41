// What each kind of entry requires. It is data of the daemon; until it is known nothing is
// judged here, for the daemon judges again at completion.
import { reactive } from 'vue'
import { api } from '@/api/client'
import type { Call, Entry, Field, GapWhy, Kind, KindRule, StepRule } from '@/api/types'
import type { Form } from '@/logic/draft'
import { erasureOf } from '@/logic/erased'
import { isWritten } from '@/logic/matter'

export const kinds = reactive({ rules: {} as Partial<Record<Kind, KindRule>>, categories: [] as string[], words: {} as Partial<Record<Field, string[]>>, steps: [] as StepRule[] })

export const KIND_ORDER: Kind[] = ['duty', 'missed', 'wrong_number', 'nuisance', 'spot_check', 'outgoing', 'non_duty', 'step', 'fax', 'wechat', 'visit', 'patrol', 'warning']

/** Fields shown for each kind, in order; what is required among them is the daemon's data. */
export const SHOWN: Record<Kind, Field[]> = {
  duty: ['caller_unit', 'caller_person', 'caller_title', 'contact_number', 'category', 'answered_by', 'content', 'read_back'],
  missed: ['caller_unit', 'caller_person', 'caller_title', 'contact_number', 'category', 'call_back_result', 'content'],
  wrong_number: ['caller_unit', 'contact_number', 'answered_by', 'content'],
  nuisance: ['caller_unit', 'contact_number', 'answered_by', 'content'],
  spot_check: ['caller_unit', 'inspector', 'caller_title', 'contact_number', 'category', 'answered_by', 'check_result', 'content'],
  outgoing: ['called_whom', 'called_why', 'contact_number', 'category', 'answered_by', 'content'],
  non_duty: ['called_whom', 'contact_number', 'answered_by', 'content'],
  step: ['called_whom', 'called_why', 'contact_number', 'content'],
  fax: ['caller_unit', 'caller_person', 'contact_number', 'category', 'answered_by', 'passed_to', 'content'],
  wechat: ['caller_unit', 'caller_person', 'contact_number', 'category', 'answered_by', 'passed_to', 'content'],
  visit: ['caller_unit', 'caller_person', 'contact_number', 'category', 'answered_by', 'passed_to', 'content'],
  patrol: ['place', 'answered_by', 'happened_at', 'check_result', 'content'],
  warning: ['caller_unit', 'warning_level', 'valid_until', 'passed_to', 'answered_by', 'urgency', 'content'],
}

/** What is told of a matter beyond that, folded until somebody asks for it. */
const DETAIL: Field[] = [
  'urgency', 'classification', 'happened_at', 'place', 'cause', 'casualties', 'losses', 'measures', 'trend', 'needs', 'also_told', 'passed_to',
  'proposed_handling', 'result', 'follow_up_number',
]
/** A late entry says besides why it is one, and where it was written first. */
const LATE: Field[] = ['late_reason', 'paper_sheet']
export const detailFields = (kind: Kind, late = false): Field[] => {
  const shown = shownFields(kind)
  return (late ? LATE : []).concat(DETAIL.filter((f) => shown.indexOf(f) < 0))
}

export async function loadKinds(): Promise<void> {
  if (kinds.categories.length) return
  const answer = await api.kinds()
  for (const rule of answer.items) kinds.rules[rule.kind] = rule
  kinds.categories = answer.categories
  kinds.words = { category: answer.categories, urgency: answer.urgencies || [], classification: answer.classifications || [], warning_level: answer.warning_levels || [] }
  kinds.steps = answer.steps || []
}

/** The kinds to choose from: what the daemon says, otherwise by the direction of the call. The present one stays shown. */
export function kindsFor(entry: Entry, call: Call | null, present: Kind): Kind[] {
  const out = call ? call.direction === 'out' : entry.kind === 'outgoing'
  const fits = (k: Kind) => (entry.kinds ? entry.kinds.indexOf(k) >= 0 : KIND_ORDER.indexOf(k) < 6 && (k === 'outgoing') === out)
  const group = entry.call_id ? () => true : (k: Kind) => isWritten(k) === isWritten(present)
  return KIND_ORDER.filter((k) => k === present || (fits(k) && group(k)))
}

export function requiredOf(kind: Kind): Field[] {
  const rule = kinds.rules[kind]
  return rule ? rule.required : []
}

/** Fields of a kind on screen: the fixed order, then anything else the daemon requires. */
export function shownFields(kind: Kind): Field[] {
  const shown = SHOWN[kind] || SHOWN.duty
  return shown.concat(requiredOf(kind).filter((f) => shown.indexOf(f) < 0))
}

export function gapsOf(kind: Kind, f: Field): GapWhy[] {
  const rule = kinds.rules[kind]
  return (rule && rule.gaps && rule.gaps[f]) || []
}

/** The gap that F8 (not given) or F9 (refused) asks for in this field; null when none may stand there. */
export function gapMeant(kind: Kind, f: Field, why: GapWhy): GapWhy | null {
  const gaps = gapsOf(kind, f)
  if (gaps.indexOf(why) >= 0) return why
  // Where neither word is allowed, the field's own one (无法复述, 无法回拨) is meant.
  return gaps.indexOf('not_possible') >= 0 ? 'not_possible' : null
}

/** A late entry lacks the scan of its sheet until a file is attached or it is said why there was none. */
export const lacksScan = (form: Form, entry?: Entry, attached = false): boolean =>
  !!entry && !!entry.late && !entry.late.scanned && !attached && !form.paper_sheet.gap && !erasureOf(entry, 'paper_sheet')

/** Required fields that have neither a value nor a gap with its reason; what was erased by decision is not missing. */
export function missingFields(kind: Kind, form: Form, entry?: Entry, attached = false): Field[] {
  const fields = requiredOf(kind).filter((f) => {
    const s = form[f]
    if (entry && erasureOf(entry, f)) return false
    return !s || (!s.value.trim() && !(s.gap && s.gap.reason.trim()))
  })
  return lacksScan(form, entry, attached) ? fields.concat('paper_scan' as Field) : fields
}
