// All of an entry by which the daemon finds it, part by part, each with the name that the page has for it.
import { FIELDS, type Entry } from '@/api/types'
import type { Part } from '@/logic/search'
import { showNumber } from '@/logic/words'
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
    add(word('step', s.kind), [s.whom, s.text].filter((x) => x).join(' '))
    if (s.struck) add(word('step', s.kind), s.struck.reason)
  }
  add(t('search.correction'), e.correction)
  add(t('search.rostered'), e.rostered)
  add(t('search.responsible'), e.responsible)
  for (const n of [e.number, showNumber(e.number_e164 || ''), e.number_e164]) add(t('search.phone'), n)
  return parts
}
