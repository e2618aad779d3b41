import { describe, expect, it } from 'vitest'
import type { Entry, Interval } from '@/api/types'
import { ApiError } from '@/api/client'
import { problemText } from '@/i18n/problems'
import dialog from '../src/components/LateDialog.vue?raw'
import { lateEn, lateZh } from '@/i18n/late'
import { notesOf } from '@/i18n/unseen'
import { sightOf, stretches } from '@/logic/intervals'
import { blindOf, draftOf, fitting, LATE_KINDS, newKey, ready, type LateForm } from '@/logic/late'
import { blankSheet } from '@/logic/sheets'
import { draftOf as draftFor } from '@/logic/draft'
import { fieldNames, gapWordOf, quickReasons } from '@/i18n/spell'
import { detailFields, KIND_ORDER, kinds, lacksScan, missingFields } from '@/state/kinds'

const START = Date.parse('2026-11-23T19:00:00.000Z')
const iso = (minute: number) => new Date(START + minute * 60_000).toISOString()
const blind = (from: number, to: number | null, late: string[] = []): Interval =>
  ({ kind: 'blind', from: iso(from), to: to === null ? null : iso(to), cause: 'x', seconds: 0, late: late.map((n) => ({ entry_id: 'w-' + n, entry_number: n })) })
const form = (over: Partial<LateForm> = {}): LateForm => ({ kind: 'duty', at: iso(5), blind: '', reason: '停电', sheet: '', ...over })

Object.defineProperty(globalThis, 'document', { value: { documentElement: {} } })

describe('late entries', () => {
  it('say in Chinese why the time cannot be corrected so', () => {
    const refused = (message: string) => problemText(new ApiError(422, '', message, { type: '/problems/invalid-value', errors: [{ location: 'body.late_at', message }] }, 'entries'))
    expect(refused('lies after the entry was written: it came before that, check the date and the time')).toBe('接报时间不能晚于补录的时间：请核对日期和时间')
    expect(refused('lies after handling step 2: check the time, or strike that step out first')).toBe('接报时间晚于第 2 条办理过程：请核对时间，或先划去该条')
    expect(refused('something else')).toContain('接报时间')
  })

  it('that were corrected after the answer was lost name the entry that exists, and keep the form', () => {
    const refused = new ApiError(409, 'Conflict', 'Entry 2026-000012 was opened with the same key before, and its text is another: open it.', { type: '/problems/entry-written' })
    expect(problemText(refused)).toBe('先前提交时已生成记录 2026-000012，这次的改动没有写入：请打开该记录更正')
    const caught = dialog.slice(dialog.indexOf('} catch (e) {'), dialog.indexOf('busy.value = false'))
    expect(caught).toMatch(/'entry-written'.*=> openWritten\(written\)/s)
    expect(dialog).toMatch(/function openWritten\(entry: Entry\): void \{\s*another\(entry\.id\)/) // see typed.test.ts
    expect(caught).not.toMatch(/clear\(\)/)
  })

  const items: Interval[] = [blind(0, 20), { ...blind(0, 60), kind: 'live_down' }, blind(40, 50), blind(100, null)]

  it('are offered the blind intervals only, the newest first', () => {
    expect(blindOf(items).map((i) => i.from)).toEqual([iso(100), iso(40), iso(0)])
  })

  it.each([
    [NaN, [100, 40, 0]], [5, [0]], [-9, [0]], [-11, []], [29, [0]], [30, [40, 0]], [45, [40]], [61, []], [90, [100]], [5000, [100]],
  ] as [number, number[]][])('that came %s minutes on can be of the intervals %j', (minute, starts) => {
    expect(fitting(items, START + minute * 60_000).map((i) => i.from)).toEqual(starts.map(iso))
  })

  it.each([
    [form(), true], [form({ at: '' }), false], [form({ at: 'x' }), false], [form({ reason: ' ' }), false], [form({ at: iso(61) }), false], [form({ at: iso(60) }), true],
  ] as [LateForm, boolean][])('need a time that is over and a reason: %j', (f, is) => {
    expect(ready(f, START + 60 * 60_000)).toBe(is)
  })

  it('say only what was given', () => {
    expect(draftOf(form({ reason: ' 停电 ' }))).toEqual({ late: { at: iso(5) }, late_reason: '停电' })
    expect(draftOf(form({ blind: iso(0), sheet: ' 000012 ' }))).toEqual({ late: { at: iso(5), blind: iso(0) }, late_reason: '停电', paper_sheet: '000012' })
  })

  it('may be of any kind but a step and what is no duty', () => {
    expect(LATE_KINDS.slice().sort()).toEqual(KIND_ORDER.filter((k) => k !== 'step' && k !== 'non_duty').sort())
  })

  it('ask for their reason and their sheet, and no other entry does', () => {
    expect(detailFields('duty', true).slice(0, 2)).toEqual(['late_reason', 'paper_sheet'])
    expect(detailFields('duty')).not.toContain('late_reason')
    expect(detailFields('duty')).not.toContain('paper_sheet')
  })

  it('lack the scan of their sheet until a file is there, or it is said why there is none', () => {
    kinds.rules.nuisance = { kind: 'nuisance', required: [], gaps: {} }
    const late = { id: 'w-1', kind: 'nuisance', revision: 1, gaps: {}, late: { blind: null, scanned: false } } as unknown as Entry
    const typed = draftFor(late).form
    expect(missingFields('nuisance', typed, late)).toEqual(['paper_scan'])
    expect(fieldNames(['paper_scan'])).toBe('纸质单扫描件')
    expect(missingFields('nuisance', typed, late, true)).toEqual([]) // attached just now
    expect(lacksScan(typed, { ...late, late: { blind: null, scanned: true } })).toBe(false)
    expect(lacksScan(typed, { ...late, late: null })).toBe(false)
    expect(lacksScan(typed)).toBe(false)
    const none = draftFor({ ...late, gaps: { paper_sheet: { why: 'not_possible', reason: '凭记忆补录' } } }).form
    expect(missingFields('nuisance', none, late)).toEqual([])
    expect(lacksScan(typed, { ...late, erased: [{ decision: 1, at: '', fields: [] }] } as unknown as Entry)).toBe(false)
    expect([gapWordOf('paper_sheet', 'not_possible'), quickReasons('paper_sheet', 'not_possible').length]).toEqual(['没有纸质单', 2])
  })

  it('have keys that the daemon takes, none twice', () => {
    const keys = Array.from({ length: 50 }, newKey)
    expect(new Set(keys).size).toBe(50)
    keys.forEach((k) => expect(k).toMatch(/^[A-Za-z0-9-]{8,40}$/))
  })

  it('are named beside the interval that they cover', () => {
    const now = START + 200 * 60_000
    expect(stretches([blind(0, 20, ['2026-000007', '2026-000009'])], 'blind', now)[0].late).toEqual(['2026-000007', '2026-000009'])
    expect(stretches([blind(0, 20)], 'blind', now)[0]).not.toHaveProperty('late')
    expect(stretches([blind(0, 20, ['2026-000007']), blind(10, 30, ['2026-000009'])], 'blind', now)[0].late).toEqual(['2026-000007', '2026-000009'])
    const notes = notesOf(sightOf([blind(0, 20, ['2026-000007'])], { from: START, to: now }, now))
    expect(notes[0].text).toContain('已补录：2026-000007')
    expect(notes[0].title).toContain('已补录：2026-000007')
    const two = notesOf(sightOf([blind(0, 20), blind(40, 50, ['2026-000008'])], { from: START, to: now }, now))
    expect(two[0].text).not.toContain('补录')
    expect(two[0].title).toContain('已补录：2026-000008')
  })

  it('are told apart in what the daemon sends', () => {
    const late: Pick<Entry, 'late' | 'call_at' | 'opened_at'> = { late: { blind: null }, call_at: iso(0), opened_at: iso(60) }
    expect(late.late && late.late.blind).toBeNull()
  })

  it('have their words in both languages', () => {
    expect(Object.keys(lateEn)).toEqual(Object.keys(lateZh))
    for (const key of Object.keys(lateZh) as (keyof typeof lateZh)[]) {
      const marks = (text: string) => (text.match(/\{\w+\}/g) || []).sort()
      expect(marks(lateEn[key])).toEqual(marks(lateZh[key]))
    }
  })

  it('have blank sheets at an address of their own', () => {
    expect(blankSheet(7)).toBe('/api/v1/paper-sheets/7/sheet')
  })
})
