import { describe, expect, it } from 'vitest'
import { FIELDS, type Call, type Entry, type Line } from '@/api/types'
import type { Attachment } from '@/api/types'
import { changesBetween, filesBetween, textDiff } from '@/logic/diff'
import { numberText, partyNumber } from '@/i18n/spell'
import { columns } from '@/logic/peaks'
import { clock, dateMinute, dayOf, dayStart, near, nearDay, nearMinute, position, precise, seconds } from '@/logic/time'
import { listOrder, partyName, pickLine, readRule, severity, showNumber, talkMs } from '@/logic/words'

const entry = (over: Partial<Entry>): Entry => {
  const blank = {} as Entry
  for (const f of FIELDS) blank[f] = ''
  return { ...blank, id: 'e', call_id: '', kind: 'duty', state: 'open', gaps: {}, candidates: [], ...over }
}

describe('differences of revisions', () => {
  it('names each changed field', () => {
    const a = entry({ content: '火灾', revision: 1 })
    const b = entry({ content: '火灾已扑灭', state: 'complete', gaps: { caller_title: { why: 'refused', reason: '不愿' } } })
    expect(changesBetween(a, b).map((c) => c.field)).toEqual(['caller_title', 'content', 'state'])
    expect(changesBetween(undefined, a).map((c) => [c.field, c.after])).toEqual([['content', '火灾']])
    expect(changesBetween(b, b)).toEqual([])
  })

  it('names the corrected time of a late entry, and the interval that follows from it', () => {
    const late = (call_at: string, blind: string | null) => entry({ call_at, late: { blind, scanned: true } })
    const a = late('2026-11-27T06:05:00.000Z', null)
    expect(changesBetween(a, late('2026-11-27T07:04:00.000Z', '2026-11-27T07:00:00.000Z')).map((c) => [c.field, c.before, c.after])).toEqual([
      ['late_at', '2026-11-27T06:05:00.000Z', '2026-11-27T07:04:00.000Z'], ['late_blind', '', '2026-11-27T07:00:00.000Z'],
    ])
    expect(changesBetween(a, a)).toEqual([])
  })

  it.each([
    ['火灾', '火灾已扑灭', ['=火灾', '+已扑灭']],
    ['三人受伤', '两人受伤', ['-三', '+两', '=人受伤']],
    ['', '新', ['+新']],
    ['旧', '', ['-旧']],
    ['aa', 'aaa', ['=aa', '+a']],
    ['同', '同', ['=同']],
  ])('%s to %s', (a, b, want) => {
    const mark = { same: '=', gone: '-', new: '+' }
    expect(textDiff(a, b).map((p) => mark[p.kind] + p.text)).toEqual(want)
  })
})

describe('times are those of Shenyang on any PC', () => {
  const at = Date.parse('2026-11-23T16:05:09.007Z')
  it('crosses the day at 16:00 UTC', () => {
    expect(dateMinute(at)).toBe('2026-11-24 00:05')
    expect(clock(at)).toBe('00:05:09')
    expect(precise(at)).toBe('2026-11-24 00:05:09.007')
    expect(dayStart(at)).toBe(Date.parse('2026-11-23T16:00:00Z'))
    expect(dayStart(at - 6 * 60_000)).toBe(Date.parse('2026-11-22T16:00:00Z'))
    expect(dayOf('2026-11-24')).toBe(dayStart(at))
    expect(dayOf('24.11.2026')).toBeNaN()
  })
  it('never rounds up across the limit', () => {
    expect(seconds(14_999)).toBe('14.9')
    expect(seconds(7203)).toBe('7.2')
  })
  it('shows positions in a recording', () => {
    expect([0, 65.9, 3725, NaN].map(position)).toEqual(['0:00', '1:05', '1:02:05', '0:00'])
  })
})

describe('words', () => {
  it('orders the live call first, then unfinished, then newest', () => {
    const list = [
      entry({ id: 'done', state: 'complete', call_at: '2026-11-23T10:00:00.000Z' }),
      entry({ id: 'old', call_at: '2026-11-22T10:00:00.000Z' }),
      entry({ id: 'new', call_at: '2026-11-23T09:00:00.000Z' }),
      entry({ id: 'live', call_id: '7', call_at: '2026-11-23T08:00:00.000Z' }),
    ]
    expect(list.sort(listOrder('7')).map((e) => e.id)).toEqual(['live', 'new', 'old', 'done'])
  })

  it('shows large the line that asks for attention most', () => {
    const lines = (states: string[]) => states.map((state, i) => ({ line: 'L' + i, state }) as Line)
    expect(pickLine(lines(['idle', 'unreachable', 'ringing']))!.line).toBe('L2')
    expect(pickLine(lines(['idle', 'idle']))!.line).toBe('L0')
    expect(pickLine([])).toBeNull()
  })

  it.each([
    ['02422730001', '024-22730001'], ['13904011234', '139 0401 1234'], ['041122223333', '0411-22223333'],
    ['anonymous', 'anonymous'], ['', ''], ['+8613904011234', '139 0401 1234'], ['008613904011234', '139 0401 1234'],
    ['+862422730001', '024-22730001'], ['+8641122223333', '0411-22223333'], ['+861065550000', '010-65550000'],
    ['+8602422730001', '024-22730001'], ['+4930123456', '+4930123456'], ['12379', '12379'],
  ])('number %s reads %s', (raw, want) => expect(showNumber(raw)).toBe(want))

  it.each(['', 'anonymous', 'Anonymous', 'unavailable'])('a number %j is withheld', (raw) => {
    expect(numberText(raw)).toBe('未显示号码')
    const call = { direction: 'in', caller: raw, called: '', tags: [] as string[] } as Call
    expect(partyNumber(call)).toBe('未显示号码')
    expect(partyNumber({ ...call, caller: '02422730001', tags: ['withheld'] })).toBe('未显示号码')
    expect(partyNumber({ ...call, direction: 'out' })).toBe('未知号码')
  })

  it('names the caller only when the directory is sure', () => {
    const one = { contact_id: 1, unit: '沈河区', person: '王立新', title: '值班员', number: '1', superior: false }
    const call = { caller: '02422730001', caller_name: '线路给的名字' } as Call
    expect(partyName(call, entry({ candidates: [one] }))).toBe('沈河区 王立新 值班员')
    expect(partyName(call, entry({ candidates: [one, one] }))).toBe('线路给的名字')
    expect(partyName(call, entry({ candidates: [one, one], caller_unit: '大东区', caller_person: '张敏' }))).toBe('大东区 张敏')
    expect(partyName(null, null)).toBe('')
  })

  it.each([
    ['anonymous', 'Anonymous', ''], ['', '"Anonymous"', ''], ['', 'Unavailable', ''], ['02422730001', '024-22730001', ''],
    ['anonymous', '沈河区应急局', '沈河区应急局'],
  ])('caller %j named %j by the line is called %j', (caller, caller_name, want) => {
    expect(partyName({ caller, caller_name } as Call, null)).toBe(want)
  })

  it('reads the rule that judged a call', () => {
    expect(readRule('rings-3-on-1s-off-4s-pm-100ms')).toEqual({ limit: '3', on: '1', off: '4', offset: '' })
    expect(readRule('rings-4-on-1.5s-off-4s-offset-500ms')).toEqual({ limit: '4', on: '1.5', off: '4', offset: '0.5' })
    expect(readRule('house-rule-2')).toBeNull()
  })

  it('knows what is bad and how long was talked', () => {
    expect(['missed', 'answered_late', 'answered_in_time', 'never heard of'].map(severity)).toEqual(['bad', 'warn', 'good', 'plain'])
    expect(talkMs({ findings: [] as string[], answered_at: '2026-11-23T10:00:00.000Z', ended_at: '2026-11-23T10:00:20.500Z' } as Call)).toBe(20_500)
    expect(talkMs({ findings: [] as string[], answered_at: null, ended_at: '2026-11-23T10:00:20.500Z' } as Call)).toBeNaN()
    expect(talkMs({ findings: ['end_not_seen'], answered_at: '2026-11-23T10:00:00.000Z', ended_at: '2026-11-23T10:00:20.500Z' } as Call)).toBeNaN()
  })

  it('folds peaks without losing the loudest', () => {
    expect(columns([0, 0.25, 0, 1], 2)).toEqual([0.5, 1])
    expect(columns([0.25], 10)).toEqual([0.5])
    expect(columns([], 10)).toEqual([])
  })
})

describe('a day in a list', () => {
  const now = Date.parse('2027-01-02T04:00:00Z')
  it.each([
    ['2027-01-01T16:30:00Z', '01-02', '01-02 00:30', '00:30'], // today in Shanghai, yesterday in UTC
    ['2026-12-31T16:30:00Z', '01-01', '01-01 00:30', '01-01 00:30'], // this year in Shanghai only
    ['2026-12-31T15:30:00Z', '2026-12-31', '2026-12-31 23:30', '2026-12-31 23:30'],
    ['2024-02-29T04:00:00Z', '2024-02-29', '2024-02-29 12:00', '2024-02-29 12:00'],
    ['2028-01-01T04:00:00Z', '2028-01-01', '2028-01-01 12:00', '2028-01-01 12:00'],
  ])('%s has its year when it is another one', (at, day, minute, close) => {
    const ms = Date.parse(at)
    expect([nearDay(ms, now), nearMinute(ms, now), near(ms, now)]).toEqual([day, minute, close])
  })
  it('of no time it says nothing', () => {
    expect([nearMinute(NaN, now), nearDay(NaN, now)]).toEqual(['', ''])
  })
})

describe('the list of changes', () => {
  it('has each file where it came between the revisions', () => {
    const at = (id: number, time: string) => ({ id, at: time }) as Attachment
    const files = [at(1, '2026-11-27T03:00:00.5Z'), at(2, '2026-11-27T03:10:00Z'), at(3, '2026-11-27T03:20:00.123Z')]
    const ids = (from: string, until: string) => filesBetween(files, from, until).map((a) => a.id)
    expect(ids('', '2026-11-27T03:10:00.000Z')).toEqual([1])
    expect(ids('2026-11-27T03:10:00.000Z', '')).toEqual([3, 2])
    expect(ids('2026-11-27T03:30:00Z', '')).toEqual([])
  })
})
