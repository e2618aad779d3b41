import { describe, expect, it } from 'vitest'
import { ITEMS, MARKS, type Listened, type ListeningFact } from '@/api/listening'
import { listeningEn, listeningZh } from '@/i18n/listening'
import { freshMarks, lacksOf, lastSeen, monthBefore, newest, standing, toMarks } from '@/logic/listening'
import { partsOf } from '@/state/route'
import core from '../../../dutylog/listening.go?raw'

const fact = (id: number, says: ListeningFact['says']): ListeningFact => ({ id, says, marks: null, text: 'x' + id, by: { login: 'li', name: '李娜', at: null } })
const listened = (...facts: ListeningFact[]) => ({ facts }) as Listened
const good = { greeting: 'good', tone: 'good', precision: 'good', elements: 'good', read_back: 'none' } as const

describe('the short form', () => {
  it('wants a mark for every item, in their order', () => {
    const d = freshMarks()
    for (const i of ITEMS) {
      expect(lacksOf(d, '')).toBe(i)
      d[i] = 'good'
    }
    expect(lacksOf(d, '')).toBe('')
    expect(toMarks(d)).toEqual({ ...good, read_back: 'good' })
  })
  it('wants words where something is poor', () => {
    expect(lacksOf({ ...good, elements: 'poor' }, ' ')).toBe('text')
    expect(lacksOf({ ...good, elements: 'poor' }, '没有问清伤亡')).toBe('')
    expect(lacksOf({ ...good, elements: 'partly' }, '')).toBe('')
  })
  it('has the items and marks of the core, each with its word in both languages', () => {
    const marks = (core.match(/^\s+\w+\s+Mark = "\w+"/gm) || []).map((l) => l.replace(/^.*"(\w+)"$/s, '$1'))
    expect(marks).toEqual(MARKS.slice())
    for (const i of ITEMS) expect(core).toContain('`json:"' + i + '"`')
    for (const k of [...ITEMS.map((i) => 'listenItem.' + i), ...MARKS.map((m) => 'listenMark.' + m)]) expect(Object.keys(listeningZh)).toContain(k)
    const holes = (s: string) => (s.match(/\{\w+\}/g) || []).sort().join()
    for (const k of Object.keys(listeningZh) as (keyof typeof listeningZh)[]) expect(holes(listeningEn[k]), k).toBe(holes(listeningZh[k]))
  })
})

describe('a recording that was drawn', () => {
  it('stands where the newest words leave it', () => {
    expect(standing(listened())).toBe('open')
    expect(standing(listened(fact(1, 'reviewed')))).toBe('done')
    expect(standing(listened(fact(1, 'reviewed'), fact(2, 'answered')))).toBe('answered')
    expect(newest(listened(fact(1, 'reviewed'), fact(2, 'answered'), fact(3, 'reviewed')), 'reviewed')?.id).toBe(3)
    expect(newest(listened(), 'answered')).toBeNull()
  })
  it('is answered against what was seen', () => {
    expect(lastSeen(listened())).toBe(0)
    expect(lastSeen(listened(fact(4, 'reviewed'), fact(9, 'answered')))).toBe(9)
  })
  it('is of the month before this one at first', () => {
    expect(monthBefore('2026-11-27')).toBe('2026-10')
    expect(monthBefore('2026-10-01')).toBe('2026-09')
    expect(monthBefore('2026-12-31')).toBe('2026-11')
    expect(monthBefore('2027-01-15')).toBe('2026-12')
    expect(partsOf('#/listening')).toEqual(['listening'])
  })
})
