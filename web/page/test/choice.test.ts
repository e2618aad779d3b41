// What may be chosen and what a choice fills in: kinds, candidates, addresses, pages.
import { describe, expect, it } from 'vitest'
import { FIELDS, type Call, type Candidate, type Entry, type Field, type Gap, type Kind } from '@/api/types'
import { fieldName, fieldNames } from '@/i18n/spell'
import { fillOf, undecided } from '@/logic/candidates'
import { formOf } from '@/logic/draft'
import { everyPage } from '@/logic/pages'
import { kindsFor, kinds, shownFields } from '@/state/kinds'
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
