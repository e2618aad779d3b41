// Spans and lists in the language of the page.
import type { Call, Field, GapWhy } from '@/api/types'
import type { Erasure } from '@/logic/erased'
import { clock, date, parse } from '@/logic/time'
import { noNumber, otherParty, showNumber } from '@/logic/words'
import { lang, t, word, type Key } from './index'

/** 1 分 05 秒, 2 小时 3 分: for spans that nobody needs to the tenth. */
export function span(ms: number): string {
  if (!isFinite(ms) || ms < 0) return '—'
  const s = Math.floor(ms / 1000)
  if (s < 60) return t('common.sec', { s })
  if (s < 3600) return t('common.minSec', { m: Math.floor(s / 60), s: s % 60 })
  if (s < 48 * 3600) return t('common.hourMin', { h: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60) })
  return t('common.days', { d: Math.floor(s / 86400) })
}

/** A field's name; in some kinds of entries it is another one: who answered an outgoing call is whoever dialled it. */
export function fieldName(field: string, kind = ''): string {
  const own = word('field', field + '.' + kind)
  return own === field + '.' + kind ? word('field', field) : own
}

/** The word of a gap, which is another one in some fields. */
export function gapWordOf(field: string, why: string): string {
  const own = word('gap', why + '.' + field)
  return own === why + '.' + field ? word('gap', why) : own
}

export function fieldNames(fields: readonly string[], kind = ''): string {
  return fields.map((f) => fieldName(f, kind)).join(t('list.comma'))
}

/** Reasons for a gap that one key gives; those of a caller do not fit whom the officer called. */
export function quickReasons(field: Field, why: GapWhy): string[] {
  const called = field === 'called_whom' || field === 'called_why'
  const of = field === 'call_back_result' ? 'call_back' : field === 'passed_to' || field === 'place' || field === 'paper_sheet' ? field : called ? 'called.' + why : why
  return t(('gap.quick.' + of) as Key).split('|')
}

/** By which decision something was erased, and when. */
export function erasedText(x: Erasure, key: 'erased.field' | 'erased.rev' = 'erased.field'): string {
  const at = parse(x.at)
  return t(key, { n: x.decision, time: `${date(at)} ${clock(at)}` })
}

const DIGITS = ['零', '一', '两', '三', '四', '五', '六', '七', '八', '九', '十']

/** 三 for 3 in Chinese running text; plain digits otherwise. */
export function count(n: number): string {
  return lang.value === 'zh' && n >= 0 && n <= 10 ? DIGITS[n] : String(n)
}

/** A number as people read it, or that there is none. */
export function numberText(raw: string): string {
  return noNumber(raw) ? t('caller.withheld') : showNumber(raw)
}

/** The other side's number of a call; an outgoing call without one is unknown, not withheld. */
export function partyNumber(call: Call): string {
  const raw = otherParty(call)
  if (call.direction === 'out') return raw ? showNumber(raw) : t('caller.unknown')
  return call.tags.indexOf('withheld') >= 0 ? t('caller.withheld') : numberText(raw)
}
