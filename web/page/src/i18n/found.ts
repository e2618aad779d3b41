// All of an entry by which the daemon finds it, part by part, each with the name that the page has for it.
import { FIELDS, type Entry } from '@/api/types'
import type { Part } from '@/logic/search'
import { showNumber } from '@/logic/words'
import { dateMinute, parse } from '@/logic/time'
import { t, word } from '.'
import { fieldName } from './spell'

const NO_TEXT = ['read_back', 'happened_at', 'valid_until'] // a mark and moments

export function partsOf(e: Entry): Part[] {
  const parts: Part[] = []
  const add = (name: string, text?: string) => {
    if (text) parts.push({ name, text })
  }
  for (const f of FIELDS) if (NO_TEXT.indexOf(f) < 0) add(fieldName(f, e.kind), e[f])
  for (const f of FIELDS) {
    const gap = e.gaps && e.gaps[f]
    if (gap) add(fieldName(f, e.kind), gap.reason)
  }
  for (const s of e.steps || []) {
    add(word('step', s.kind), [s.channel ? word('inc.by', s.channel) : '', s.whom, s.text].filter((x) => x).join(' '))
    if (s.struck) add(word('step', s.kind), s.struck.reason)
  }
  for (const [name, at] of momentsOf(e)) for (const form of formsOf(at)) add(name, form)
  for (const name of e.attached || []) add(t('search.attached'), name)
  add(t('search.correction'), e.correction)
  add(t('search.rostered'), e.rostered)
  add(t('search.responsible'), e.responsible)
  for (const n of [e.number, showNumber(e.number_e164 || ''), e.number_e164]) add(t('search.phone'), n)
  return parts
}

/** When something of an entry was, as the daemon finds it. */
function momentsOf(e: Entry): [string, string][] {
  const late = !e.call_at || !!e.late
  const all: [string, string | null | undefined][] = [[t('search.at'), e.call_at], [t('search.written'), late ? e.opened_at : null], [t('search.readBack'), e.read_back_at], [t('search.completed'), e.completed_at]]
  for (const f of NO_TEXT.slice(1)) all.push([fieldName(f as 'happened_at', e.kind), e[f as 'happened_at']])
  for (const s of e.steps || []) all.push([word('step', s.kind), s.at], [word('step', s.kind), s.due])
  return all.filter((x): x is [string, string] => !!x[1] && !isNaN(parse(x[1])))
}

/** The ways in which a moment is typed: those of the daemon, two to a text. */
function formsOf(at: string): string[] {
  const [day, clock] = dateMinute(parse(at)).split(' ')
  const [y, m, d] = day.split('-')
  const [h, min] = clock.split(':')
  return [`${day} ${clock}`, `${y}年${Number(m)}月${Number(d)}日 ${h}时${min}分`, `${y}年${m}月${d}日 ${h}点${min}分`, `${y}-${Number(m)}-${Number(d)}`]
}
