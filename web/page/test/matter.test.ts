import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FIELDS } from '@/api/types'
import type { Call, Entry, Step } from '@/api/types'
import { handled, isWritten, offTime, readBackMark, readTime, related, showTime, stepChanges, stepLacks, writtenLater } from '@/logic/matter'
import { listOrder } from '@/logic/words'
import { changesBetween } from '@/logic/diff'
import { accepted, conflictFields, draftOf, fromStored, patchOf, rebase, resolve, toStored } from '@/logic/draft'
import { detailFields, kindsFor, shownFields } from '@/state/kinds'
import { fieldName, gapWordOf, quickReasons } from '@/i18n/spell'
import { setLang } from '@/i18n'

const entry = (over: Partial<Entry>): Entry => {
  const blank = {} as Entry
  for (const f of FIELDS) blank[f] = ''
  return { ...blank, id: 'e', call_id: '', kind: 'duty', state: 'open', revision: 1, gaps: {}, candidates: [], number: '', number_e164: '', entry_number: '2026-000001', ...over }
}
const by = { login: 'zhang', name: '张伟', role: 'officer' }
const step = (number: number, over: Partial<Step> = {}): Step => ({ number, kind: 'reported', at: '2026-11-26T00:00:00.000Z', whom: '市局', text: '', call_id: '', by, written_at: '2026-11-26T00:00:00.000Z', struck: null, ...over })

beforeEach(() => {
  vi.stubGlobal('document', { documentElement: {}, title: '' })
  setLang('zh')
})

describe('a moment as people write it', () => {
  const now = Date.parse('2026-11-26T07:00:00Z') // 15:00 in Shanghai
  it.each([
    ['8:30', '2026-11-26T00:30:00.000Z'], ['0830', '2026-11-26T00:30:00.000Z'], ['8：30', '2026-11-26T00:30:00.000Z'], [' 14:59 ', '2026-11-26T06:59:00.000Z'],
    ['15:04', '2026-11-26T07:04:00.000Z'], ['15:06', '2026-11-25T07:06:00.000Z'], ['23:50', '2026-11-25T15:50:00.000Z'],
    ['昨 22:10', '2026-11-25T14:10:00.000Z'], ['昨天22:10', '2026-11-25T14:10:00.000Z'], ['今 22:10', '2026-11-26T14:10:00.000Z'], ['明天 8:00', '2026-11-27T00:00:00.000Z'],
    ['11-26 8:30', '2026-11-26T00:30:00.000Z'], ['11/26 8:30', '2026-11-26T00:30:00.000Z'], ['11.26 0:00', '2026-11-25T16:00:00.000Z'], ['2026-11-26 8:30', '2026-11-26T00:30:00.000Z'],
    ['12-31 8:00', '2025-12-31T00:00:00.000Z'], ['2024-2-29 12:00', '2024-02-29T04:00:00.000Z'],
  ])('%s', (text, want) => expect(new Date(readTime(text, now)).toISOString()).toBe(want))

  it.each(['', '刚才', '8', '25:00', '8:60', '13-01 8:30', '2-30 8:30', '2025-2-29 8:00', '8:30 左右', '11-26'])('%s is none', (text) => expect(readTime(text, now)).toBeNaN())

  it.each([['14:00', '2026-11-27T06:00:00.000Z'], ['16:00', '2026-11-26T08:00:00.000Z'], ['1-2 8:00', '2027-01-02T00:00:00.000Z'], ['12-31 8:00', '2026-12-31T00:00:00.000Z']])(
    'that lies ahead: %s', (text, want) => expect(new Date(readTime(text, now, true)).toISOString()).toBe(want))

  it.each([
    ['2026-11-26 15:01', '', ''], ['2026-11-26 15:02', 'future', ''], ['2062-11-26 8:30', 'future', 'far'], ['0206-11-26 8:30', 'past', 'past'], ['0026-11-26 8:30', 'past', 'past'],
    ['1989-12-31 8:30', 'past', 'past'], ['1990-1-2 8:30', '', ''], ['2027-11-26 8:30', 'future', ''], ['2031-12-2 8:30', 'future', 'far'], ['明 8:30', 'future', ''],
  ])('of a mistyped year: %s', (text, done, valid) => expect([offTime(readTime(text, now), now), offTime(readTime(text, now, true), now, true)]).toEqual([done, valid]))

  it('is written as it is read', () => {
    const shown = showTime('2026-11-26T00:30:00.000Z')
    expect(shown).toBe('2026-11-26 08:30')
    expect(readTime(shown, now)).toBe(Date.parse('2026-11-26T00:30:00.000Z'))
    expect(showTime('')).toBe('')
  })
})

describe('handling steps', () => {
  it('say what they lack', () => {
    const rule = { kind: 'instructed' as const, whom: true, text: true, moves: true }
    expect(stepLacks(rule, ' ', 'x')).toBe('whom')
    expect(stepLacks(rule, 'x', '')).toBe('text')
    expect(stepLacks(rule, 'x', 'y')).toBe('')
    expect(stepLacks(undefined, '', '')).toBe('')
  })

  it('say when they were written down, where that was later', () => {
    const at = '2026-11-26T01:00:00.000Z'
    expect([writtenLater({ at }), writtenLater({ at, written_at: '2026-11-26T01:01:59.000Z' }), writtenLater({ at, written_at: '2026-11-26T01:02:00.000Z' })]).toEqual(['', '', '2026-11-26T01:02:00.000Z'])
  })

  it('show what a revision added and struck out', () => {
    const struck = { reason: '误录', by, at: '2026-11-26T01:00:00.000Z' }
    const a = [step(1)]
    expect(stepChanges(undefined, a).added.map((s) => s.number)).toEqual([1])
    expect(stepChanges(a, [step(1, { struck }), step(2)])).toEqual({ added: [step(2)], struck: [step(1, { struck })] })
    expect(stepChanges([step(1, { struck })], [step(1, { struck })])).toEqual({ added: [], struck: [] })
    expect(stepChanges(undefined, undefined)).toEqual({ added: [], struck: [] })
  })

  it('keep an entry among what is to be dealt with until it is closed', () => {
    const at = (id: string, minute: number, over: Partial<Entry>) => entry({ id, opened_at: `2026-11-26T00:0${minute}:00Z`, call_at: null, ...over })
    const list = [at('done', 9, { state: 'complete', handling: '' }), at('closed', 8, { state: 'complete', handling: 'closed' }),
      at('going', 1, { state: 'complete', handling: 'reported' }), at('open', 0, {})]
    expect(list.sort(listOrder('')).map((e) => e.id)).toEqual(['open', 'going', 'done', 'closed'])
    expect(handled(entry({ state: 'open', handling: 'reported' }))).toBe(false)
    expect(handled(entry({ state: 'complete' }))).toBe(false)
  })
})

describe('the place of the read-back in the recording', () => {
  const call = (over: Partial<Call> = {}): Call => ({
    ended_at: '2026-11-26T00:01:00.000Z', findings: [], recording: { status: 'sealed', sha256: '', duration_ms: 50_000, reason: '' }, ...over } as Call)
  const marked = entry({ read_back_began_at: '2026-11-26T00:00:45.000Z' })
  it('is counted from the end, whenever the recording began', () => expect(readBackMark(marked, call())).toEqual({ sec: 35, known: true }))
  it('is absent without a mark', () => expect(readBackMark(entry({}), call())).toBeNull())
  it.each([
    ['while the call runs', call({ ended_at: null })], ['before it is sealed', call({ recording: { status: 'pending', sha256: '', duration_ms: null, reason: '' } })],
    ['when the recording is short', call({ findings: ['recording_short'] })], ['when the clock was set', call({ findings: ['switch_clock_stepped'] })],
    ['before its beginning', call({ recording: { status: 'sealed', sha256: '', duration_ms: 10_000, reason: '' } })],
    ['after its end', call({ ended_at: '2026-11-26T00:00:40.000Z' })], ['without a call', null],
  ])('is not known %s', (_name, c) => expect(readBackMark(marked, c)).toEqual({ sec: 0, known: false }))
})

describe('entries that may belong together', () => {
  const at = (id: string, hour: number, over: Partial<Entry> = {}) => entry({ id, call_at: new Date(Date.parse('2026-11-26T00:00:00Z') + hour * 3600_000).toISOString(), ...over })
  const mine = at('mine', 10, { number_e164: '+862422730001' })
  const all = [
    mine, at('same, old', -200, { number_e164: '+862422730001' }), at('same, written', 9, { contact_number: '024-22730001' }), at('today', 8, { number_e164: '+8613800000000' }),
    at('later', 11), at('wrong number', 9, { kind: 'wrong_number' }), at('long ago', -30), at('linked', 9),
  ]
  it('are of the same number first, then of the last day', () => {
    expect(related(mine, all, ['linked']).map((o) => [o.entry.id, o.relation])).toEqual([['same, written', 'same_matter'], ['same, old', 'same_matter'], ['today', 'same_event']])
  })
  it('are few', () => expect(related(mine, all, [], 1)).toHaveLength(1))
  it('are not all of no number', () => expect(related(at('x', 10), [at('y', 9)], []).map((o) => o.relation)).toEqual(['same_event']))
})

describe('the new fields', () => {
  it('are folded where they are not shown', () => {
    expect(detailFields('duty')).toContain('casualties')
    expect(detailFields('patrol')).not.toContain('place')
    for (const k of ['duty', 'missed', 'outgoing', 'fax', 'wechat', 'visit', 'patrol', 'warning', 'non_duty', 'step', 'spot_check'] as const) {
      const both = detailFields(k).filter((f) => shownFields(k).indexOf(f) >= 0)
      expect(both, k).toEqual([])
    }
  })

  it('keep their group of kinds', () => {
    const kinds = ['fax', 'wechat', 'visit', 'patrol', 'warning', 'duty', 'missed', 'outgoing'] as const
    expect(kindsFor(entry({ kind: 'fax', kinds: kinds.slice() }), null, 'fax')).toEqual(['fax', 'wechat', 'visit', 'patrol', 'warning'])
    expect(kindsFor(entry({ kind: 'duty', kinds: kinds.slice() }), null, 'duty')).toEqual(['duty', 'missed', 'outgoing'])
    expect(kindsFor(entry({ kind: 'outgoing', call_id: '1', kinds: ['outgoing', 'non_duty'] }), null, 'outgoing')).toEqual(['outgoing', 'non_duty'])
    expect(isWritten('fax') && !isWritten('duty')).toBe(true)
  })

  it('are called as the kind has it', () => {
    expect(fieldName('caller_unit', 'fax')).toBe('来文单位')
    expect(fieldName('caller_unit', 'duty')).toBe('来电单位')
    expect(fieldName('answered_by', 'outgoing')).toBe('拨打人')
    expect(gapWordOf('passed_to', 'not_possible')).toBe('无需转交')
    expect(gapWordOf('call_back_result', 'not_possible')).toBe('无法回拨')
    expect(gapWordOf('read_back', 'not_possible')).toBe('无法复述')
    expect(quickReasons('passed_to', 'not_possible').length).toBeGreaterThan(1)
  })

  // Two officers in one entry: what only one of them wrote stands, what both wrote is asked about.
  it('merge and conflict like the old ones', () => {
    const base = entry({ place: '南塔街', revision: 3 })
    const mine = draftOf(base)
    mine.form.place = { value: '南塔街 12 号', gap: null }
    mine.form.casualties = { value: '轻伤 2 人', gap: null }
    const theirs = entry({ place: '南塔街 21 号', urgency: '特急', revision: 4 })
    const merged = rebase(mine, theirs)
    expect(conflictFields(merged)).toEqual(['place'])
    expect([merged.form.urgency.value, merged.form.casualties.value, merged.revision]).toEqual(['特急', '轻伤 2 人', 4])
    expect(patchOf(merged)).toEqual({ revision: 4, casualties: '轻伤 2 人' })
    expect(resolve(merged, 'place', 'both').form.place.value).toBe('南塔街 21 号\n南塔街 12 号')
    const kept = fromStored(theirs, toStored(mine, 1)!)
    expect(conflictFields(kept)).toEqual(['place'])
  })

  it('are saved once, whatever a leader appends meanwhile', () => {
    const mine = draftOf(entry({ revision: 3 }))
    mine.form.trend = { value: '趋于稳定', gap: null }
    const commented = rebase(mine, entry({ revision: 4, steps: [step(1)], handling: 'instructed' }))
    expect(conflictFields(commented)).toEqual([])
    const saved = accepted(commented, { trend: { value: '趋于稳定', gap: null } }, 'duty', entry({ revision: 5, trend: '趋于稳定' }))
    expect(patchOf(saved)).toBeNull()
  })

  it('show in the differences of revisions', () => {
    expect(changesBetween(entry({}), entry({ urgency: '特急', result: '已处置' })).map((c) => c.field)).toEqual(['urgency', 'result'])
  })
})
