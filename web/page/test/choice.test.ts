// What may be chosen and what a choice fills in: kinds, candidates, addresses, pages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import published from '../../../dutylog/testdata/kinds.golden.json'
import { FIELDS, type Call, type Candidate, type Entry, type Field, type Gap, type GapWhy, type Kind, type KindRule } from '@/api/types'
import { fieldName, fieldNames, quickReasons } from '@/i18n/spell'
import { fillOf, undecided } from '@/logic/candidates'
import { formOf } from '@/logic/draft'
import { everyPage } from '@/logic/pages'
import { practiceCall, type PracticeForm } from '@/logic/practice'
import { gapMeant, gapsOf, kindsFor, kinds, missingFields, requiredOf, shownFields } from '@/state/kinds'
import { partsOf } from '@/state/route'

const sun: Candidate = { contact_id: 7, unit: '和平区应急局', person: '孙国强', title: '科长', number: '02423860012', superior: false }

function entry(over: Partial<Entry> = {}): Entry {
  const blank = {} as Entry
  for (const f of FIELDS) blank[f] = ''
  return { ...blank, id: 'e', call_id: '', kind: 'duty', state: 'open', gaps: {}, candidates: [], ...over }
}
const call = (direction: 'in' | 'out') => ({ direction }) as Call

describe('the kinds that can be chosen', () => {
  it.each<[string, Entry, Call | null, Kind, Kind[]]>([
    ['as the daemon says', entry({ kinds: ['missed', 'nuisance'] }), call('in'), 'missed', ['missed', 'nuisance']],
    ['the present one stays', entry({ kinds: ['missed'] }), call('in'), 'duty', ['duty', 'missed']],
    ['never outgoing for a caller', entry(), call('in'), 'duty', ['duty', 'missed', 'wrong_number', 'nuisance', 'spot_check']],
    ['outgoing alone for a call placed', entry({ kind: 'outgoing' }), call('out'), 'outgoing', ['outgoing']],
    ['before the call is known', entry({ kind: 'outgoing' }), null, 'outgoing', ['outgoing']],
  ])('%s', (_name, e, c, present, want) => expect(kindsFor(e, c, present)).toEqual(want))
})

describe('the gaps of /entry-kinds', () => {
  beforeAll(() => { for (const rule of published.items) kinds.rules[rule.kind as Kind] = rule as unknown as KindRule })
  afterAll(() => { kinds.rules = {} })

  it.each<[Kind, Field, GapWhy | null, GapWhy | null]>([
    ['duty', 'caller_title', 'not_given', 'refused'],
    ['duty', 'read_back', 'not_possible', 'not_possible'],
    ['missed', 'call_back_result', 'not_possible', 'not_possible'],
    ['outgoing', 'called_whom', 'not_given', 'refused'],
    ['outgoing', 'called_why', 'not_given', null],
    ['outgoing', 'category', null, null],
  ])('%s, %s: F8 asks for %s, F9 for %s', (kind, field, f8, f9) =>
    expect([gapMeant(kind, field, 'not_given'), gapMeant(kind, field, 'refused')]).toEqual([f8, f9]))

  it('let an outgoing call that reached nobody be complete', () => {
    const form = formOf(entry({ kind: 'outgoing' }))
    expect(missingFields('outgoing', form)).toEqual(['called_whom', 'called_why'])
    for (const f of requiredOf('outgoing')) form[f] = { value: '', gap: { why: gapsOf('outgoing', f)[0], reason: quickReasons(f, 'not_given')[0] } }
    expect(missingFields('outgoing', form)).toEqual([])
  })

  it('have their quick reasons, which for whom the officer called name no caller', () => {
    for (const rule of published.items) {
      for (const f of rule.required as Field[]) {
        for (const why of gapsOf(rule.kind as Kind, f)) {
          expect(quickReasons(f, why).filter((r) => !r || /gap\./.test(r) || (rule.kind === 'outgoing' && /来电/.test(r))), f + why).toEqual([])
        }
      }
    }
  })
})

describe('a practice call', () => {
  it.each<[string, PracticeForm, string]>([
    ['answered after a while', { from: '110', name: '局', after: 7, talk: 20 }, '{"from":"110","name":"局","answer_after_ms":7000,"talk_ms":20000}'],
    ['at once, and hung up at once', { from: '110', name: '', after: 0, talk: 0 }, '{"from":"110","name":"","answer_after_ms":0,"talk_ms":0}'],
    ['never, as both are left empty', { from: '', name: '', after: null, talk: undefined }, '{"from":"","name":""}'],
  ])('%s', (_name, form, want) => expect(JSON.stringify(practiceCall(form))).toBe(want))
})

describe('a person of the directory', () => {
  it.each<[Kind, Partial<Record<Field, string>>]>([
    ['duty', { caller_unit: '和平区应急局', caller_person: '孙国强', caller_title: '科长' }],
    ['missed', { caller_unit: '和平区应急局', caller_person: '孙国强', caller_title: '科长' }],
    ['wrong_number', { caller_unit: '和平区应急局' }],
    ['spot_check', { caller_unit: '和平区应急局', inspector: '孙国强', caller_title: '科长' }],
    ['outgoing', { called_whom: '和平区应急局 孙国强 科长' }],
  ])('fills in what an entry of kind %s shows, nothing hidden', (kind, want) => {
    const shown = shownFields(kind)
    const filled = fillOf(sun, kind, shown)
    expect(filled).toEqual(want)
    expect(Object.keys(filled).filter((f) => shown.indexOf(f as Field) < 0)).toEqual([])
  })

  it('does not wipe a field with a part that the directory does not know', () => {
    expect(fillOf({ ...sun, title: '' }, 'duty', shownFields('duty'))).toEqual({ caller_unit: '和平区应急局', caller_person: '孙国强' })
  })

  const gap: Gap = { why: 'refused', reason: '不愿' }
  it.each<[Kind, Partial<Entry>, boolean]>([
    ['duty', {}, true],
    ['duty', { caller_unit: '沈河区' }, false],
    ['duty', { gaps: { caller_unit: gap } }, false],
    ['outgoing', { caller_unit: '沈河区' }, true],
    ['outgoing', { called_whom: '沈河区' }, false],
    ['spot_check', { caller_unit: '沈河区', caller_person: '王' }, true],
    ['spot_check', { gaps: { inspector: gap } }, false],
  ])('is offered in %s with %o: %s', (kind, over, want) => expect(undecided(kind, formOf(entry(over)))).toBe(want))
})

describe('addresses', () => {
  it.each<[string, string[] | null]>([
    ['', ['']], ['#/', ['']], ['#/entry/e-1', ['entry', 'e-1']], ['#/calls', ['calls']], ['#/calls/a%2Fb', ['calls', 'a/b']],
    ['#/nonsense', null], ['#/entry/a/b', null], ['#/entry/%E0%A4%A', null],
  ])('%s', (hash, want) => expect(partsOf(hash)).toEqual(want))
})

describe('lists in pages', () => {
  it('are read to the end', async () => {
    const pages: Record<string, { items: number[]; next_cursor: string }> = {
      '': { items: [1, 2], next_cursor: 'b' }, b: { items: [3], next_cursor: 'c' }, c: { items: [4], next_cursor: '' },
    }
    expect(await everyPage(async (cursor) => pages[cursor])).toEqual([1, 2, 3, 4])
  })

  it('end even when the cursor does not move', async () => {
    let asked = 0
    await everyPage(async () => ({ items: [++asked], next_cursor: 'same' }))
    expect(asked).toBe(2)
  })
})

describe('names of fields', () => {
  it('say who dialled in an entry of an outgoing call', () => {
    expect(fieldName('answered_by', 'outgoing')).toBe('拨打人')
    expect(fieldName('answered_by', 'duty')).toBe('接听人')
    expect(fieldNames(['called_whom', 'answered_by'], 'outgoing')).toBe('去电对象、拨打人')
  })
})

describe('before the daemon has said what is required', () => {
  it('nothing is asked for', () => {
    expect(Object.keys(kinds.rules)).toEqual([])
    expect(shownFields('outgoing')).toContain('called_whom')
  })
})
