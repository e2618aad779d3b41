import { describe, expect, it } from 'vitest'
import type { Contact, TableFault } from '@/api/directory'
import type { Candidate } from '@/api/types'
import { badNumber, base64Of, candidateWhy, changeText, contactName, differs, draftOf, faultPlace, faultText, fieldsOf, lacking, step } from '@/logic/directory'

const card: Contact = {
  id: 7, change: 9, unit: '市水务局', person: '徐文博', title: '', numbers: [{ kind: 'office', number: '22730001' }], superior: false, remark: '',
  last_confirmed: '2026-11-02', confirmed_by: '张伟', stale: false,
}
const fault = (more: Partial<TableFault>): TableFault => ({ row: 12, column: '电话', cell: 'C12', code: 'lost_zero', value: '2422730001', reason: 'in the words of the daemon', ...more })
const candidate = (more: Partial<Candidate>): Candidate => ({ contact_id: 1, unit: '和平区应急局', person: '赵敏', title: '', number: '1', superior: false, ...more })

describe('the form of a contact', () => {
  it('is no change until something is', () => {
    const d = draftOf(card)
    expect(differs(d, card)).toBe(false)
    d.numbers.push({ kind: 'mobile', number: ' ' }) // a line without a number is none
    expect(differs(d, card)).toBe(false)
    d.confirm = false // says nothing of the contact itself
    expect(differs(d, card)).toBe(false)
    d.numbers[1].number = '13804050062'
    expect(differs(d, card)).toBe(true)
    expect(card.numbers).toHaveLength(1)
  })

  it('begins with one empty number, and needs a unit and a number', () => {
    const d = draftOf(null)
    expect(d.numbers).toEqual([{ kind: 'office', number: '' }])
    expect(lacking(d)).toBe('card.needUnit')
    d.unit = '市局'
    expect(lacking(d)).toBe('card.needNumber')
    d.numbers[0].number = '110'
    expect(lacking(d)).toBe('')
  })

  it('names the number that the daemon could not read, among those that were sent', () => {
    const d = draftOf(card)
    d.numbers = [{ kind: 'office', number: '' }, { kind: 'fax', number: '22730001' }, { kind: 'other', number: 'abc' }]
    expect(fieldsOf(d).numbers).toHaveLength(2)
    expect(badNumber('body.numbers[1].number', d)).toBe('abc')
    expect(badNumber('body.numbers[9].number', d)).toBe('')
    expect(badNumber('body.unit', d)).toBe('')
  })
})

describe('the faults of a table', () => {
  it('are told by cell in Chinese, and as the daemon says it where the page does not know them', () => {
    expect(faultPlace(fault({}))).toBe('C12')
    expect(faultPlace(fault({ cell: '' }))).toBe('第 12 行')
    expect(faultText(fault({}))).toContain('“2422730001”丢了区号前面的 0')
    expect(faultText(fault({ code: 'of_a_later_day' }))).toBe('in the words of the daemon')
    expect(faultText(fault({ code: 'same_row', value: '3' }))).toBe('与第 3 行重复')
  })
})

it('a change is told field by field', () => {
  expect(changeText({ field: 'title', before: '科员', after: '科长' })).toBe('职务：科员 → 科长')
  expect(changeText({ field: 'fax', before: '', after: '22730001' })).toBe('传真：22730001')
  expect(changeText({ field: 'remark', before: '旧', after: '' })).toBe('备注：旧 → （空）')
  expect(contactName(card)).toBe('市水务局 徐文博')
})

describe('why a candidate comes first', () => {
  it.each([
    ['taken_last', 2, 3, '上次'],
    ['taken_before', 4, 3, '以前 4 次'],
    ['newest_check', 0, 2, '最近核实'],
    ['listed', 0, 3, ''],
    ['only_one', 0, 1, ''],
    ['taken_last', 5, 1, ''], // nobody else to choose
    [undefined, 0, 3, ''],
  ])('%s, %i times, among %i', (reason, taken, among, want) => {
    expect(candidateWhy(candidate({ reason: reason as Candidate['reason'], taken }), among)).toBe(want)
  })
})

it.each([
  [-1, 'ArrowDown', 3, 0], [0, 'ArrowDown', 3, 1], [2, 'ArrowDown', 3, 2], [0, 'ArrowUp', 3, -1], [-1, 'ArrowUp', 3, -1], [-1, 'ArrowDown', 0, -1], [1, 'Enter', 3, 1],
])('from row %i by %s among %i', (from, key, rows, want) => expect(step(from, key, rows)).toBe(want))

it('a file is sent as its base64', () => expect(base64Of('data:application/octet-stream;base64,UEsD')).toBe('UEsD'))
