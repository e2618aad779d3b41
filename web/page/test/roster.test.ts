import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/client'
import { rosterApi, type ImportFault, type RosterMonth } from '@/api/roster'
import type { Finding, Person, Shift } from '@/api/roster'
import { base64, cellKey, cellsOf, continuePattern, cutAt, DEFAULT_SLOTS, findingsAt, holidaySpans, nowHas, otherMonth, overNight, partsOf, personNamed, personOf, phoneOf, shiftAt, slotFrom, slotKey, slotOf, slotsOf, slotTo, swappable, weekendAnyway, WHOLE_SLOTS, type Cell } from '@/logic/roster'
import { presses } from '@/state/roster'
import { saveImport } from '@/state/rosterimport'
import type { FilingDuty, RosterDay } from '@/api/roster'
import { lang } from '@/i18n'
import { holidaysEn, holidaysZh } from '@/i18n/holidays'
import { holidayFaultText, importFaultText } from '@/i18n/rosterwords'
import { rosterEn, rosterZh } from '@/i18n/roster'
import tableFaults from '../../../dutylog/rostertable.go?raw'
import holidayYears from '../src/components/HolidayYears.vue?raw'
import lists from '../src/components/RosterLists.vue?raw'
import side from '../src/components/RosterSide.vue?raw'
import onDuty from '../src/components/OnDuty.vue?raw'
import strip from '../src/components/DutyStrip.vue?raw'
import swapDialog from '../src/components/SwapDialog.vue?raw'
import calendar from '../../../dutylog/calendar.go?raw'
import faults from '../../../dutylog/directory_table.go?raw'
import table from '../../../dutylog/table.go?raw'

const shift = (from: string, to: string, name = '张伟', post: Shift['post'] = 'duty_officer'): Shift => ({ from, to, post, name, phone: '139' })
const night = shift('2026-12-31T12:00:00.000Z', '2027-01-01T00:00:00.000Z') // 20:00 to 08:00 in Shanghai

describe('a table that is imported', () => {
  afterEach(() => vi.restoreAllMocks())

  it('has its faults named with what stands in the cell', () => {
    lang.value = 'zh'
    const said = (reason: string, value: string) => importFaultText({ cell: 'B3', reason, value, detail: '' } as ImportFault)
    expect(said('post', 'duty_officer')).toBe('缺少“值班员”列')
    expect(said('twice', 'C4 张伟')).toContain('与 C4 张伟 重复')
    expect(said('weekday', '2026-12-01 星期三')).toBe('星期与日期不符：2026-12-01 星期三')
    expect(said('date', '13月1日')).toContain('“13月1日”')
    expect(said('sheets', '一月、二月')).toContain('“一月、二月”')
    expect(said('date', '')).toBe('日期看不懂')
    expect(said('unread_sheet', '说明')).not.toContain('{value}')
    for (const words of [rosterZh, rosterEn] as Record<string, string>[]) {
      for (const key of Object.keys(words).filter((k) => k.indexOf('imports.of.') === 0)) {
        expect(tableFaults).toContain('CellFault = "' + key.slice(11) + '"')
        expect(words[key]).toContain('{value}')
      }
    }
  })

  it('is saved on the draft that its preview showed, and on no newer one', async () => {
    const month = { month: '2026-12', shifts: [night], draft: { revision: 3, at: '2026-11-27T00:00:00.000Z', by: '李娜' } }
    const save = vi.spyOn(rosterApi, 'saveDraft').mockResolvedValueOnce({} as RosterMonth)
    expect(await saveImport(month)).toBe('saved')
    expect(save.mock.calls[0]).toEqual(['2026-12', 3, [night]])
    save.mockRejectedValueOnce(new ApiError(409, 'Conflict', '', {}, 'roster'))
    expect(await saveImport(month)).toBe('moved')
    save.mockRejectedValueOnce(new ApiError(503, 'Away', '', {}, 'roster'))
    await expect(saveImport(month)).rejects.toBeInstanceOf(ApiError)
  })
})

describe('slots of the roster', () => {
  it('are times of day in Shanghai, over midnight and over New Year', () => {
    const s = slotOf(night)
    expect(s).toEqual({ post: 'duty_officer', from: 1200, to: 1920 })
    expect([slotFrom(s), slotTo(s), overNight(s)]).toEqual(['20:00', '08:00', true])
    expect(slotTo({ post: 'duty_officer', from: 0, to: 1440 })).toBe('24:00')
  })

  it('stand in the order of the paper, the usual ones where a post has none', () => {
    expect(slotsOf([]).map(slotKey)).toEqual(DEFAULT_SLOTS.map(slotKey))
    expect(slotsOf([night], WHOLE_SLOTS).map(slotKey)).toEqual(['duty_leader/480/1920', 'duty_section_chief/480/1920', 'duty_officer/1200/1920'])
  })

  it('leave half a draft its other half: who is entered by day only can be entered by night', () => {
    const day = shift('2026-12-01T00:00:00.000Z', '2026-12-01T12:00:00.000Z')
    expect(slotsOf([day]).map(slotKey)).toEqual(DEFAULT_SLOTS.map(slotKey))
    expect(slotsOf([day], WHOLE_SLOTS).map(slotKey).slice(2)).toEqual(['duty_officer/480/1200'])
  })

  it('cut a week into days', () => {
    const parts = partsOf(shift('2026-12-28T00:00:00Z', '2027-01-04T00:00:00Z', '赵', 'duty_leader'))
    expect(parts.map((p) => p.from.slice(0, 10))).toEqual(['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02', '2027-01-03'])
    expect(parts[6].to).toBe('2027-01-04T00:00:00.000Z')
  })

  it('come back from a cell as they were', () => {
    const cells = cellsOf([night])
    const key = cellKey('2026-12-31', slotOf(night))
    expect(Object.keys(cells)).toEqual([key])
    expect(shiftAt('2026-12-31', slotOf(night), { name: ' 张伟 ', phone: '139' })).toEqual(night)
  })

  it('keep both where two stand in one cell', () => {
    expect(cellsOf([night, { ...night, name: '李娜' }])[cellKey('2026-12-31', slotOf(night))].map((s) => s.name)).toEqual(['张伟', '李娜'])
  })
})

describe('a swap', () => {
  it('offers the shifts of others that are not over, also over the end of a month, each once', () => {
    const january = shift('2027-01-03T00:00:00.000Z', '2027-01-03T12:00:00.000Z', '王强')
    const over = shift('2026-12-30T00:00:00.000Z', '2026-12-30T12:00:00.000Z', '李娜')
    const own = shift('2027-01-02T00:00:00.000Z', '2027-01-02T12:00:00.000Z', '张伟（代）')
    const week = shift('2026-12-30T00:00:00.000Z', '2027-01-06T00:00:00.000Z', '赵振华', 'duty_leader')
    expect(swappable([january, over, own, week, week], night, Date.parse('2026-12-31T00:00:00Z'))).toEqual([{ month: '2026-12', shifts: [week] }, { month: '2027-01', shifts: [january] }])
    expect(swapDialog).toMatch(/swappable\(props\.shifts\.concat\(near\.value\), give\.value/)
  })
})

describe('who is on duty', () => {
  it('stands with the whole name and with the day on which it ends where that is another one', () => {
    for (const text of [onDuty, strip]) {
      expect(text).toMatch(/<b :title="desk\.duty\[post\]!\.name">/)
      expect(text).not.toMatch(/text-overflow|overflow: hidden/)
      expect(text).not.toMatch(/minute\(/)
    }
    expect(onDuty).toMatch(/t\('duty\.until', \{ time: at\(/)
    expect(strip).toMatch(/t\('duty\.until', \{ time: near\(/)
  })
})

describe('the lists beside the month', () => {
  const person = (name: string): Person => ({ name, phone: '', login: '', standing: 'regular', left: null, version: 3 })

  it('know a name however it is set apart or marked, and open it for correction with its version', () => {
    expect(personNamed([person('王强'), person('李娜')], ' 李 娜（代）')).toEqual(person('李娜'))
    expect(personNamed([person('王强')], '王强生')).toBeNull()
    expect(lists).toMatch(/if \(known\.value\) openKnown\(known\.value\)\s+else if \(person\.name\.trim\(\)\) void keep/)
    expect(lists).toMatch(/keep\(\{ \.\.\.p, phone: correction\.phone, standing: correction\.standing \}\)/) // p has its version
    expect(lists).toMatch(/p\.version \? 'people\.moved' : 'people\.already'/)
  })

  it('say that they could not be read, and never that they are empty then', () => {
    for (const [text, word] of [[lists, 'people.failed'], [holidayYears, 'holiday.failed'], [side, 'change.failed']]) {
      expect(text).toMatch(new RegExp(`=== 'failed'"[^>]*role="alert"[^>]*>\\{\\{ t\\('${word}'\\) \\}\\} <button[^>]*>\\{\\{ t\\('common\\.retry'\\)`))
      expect(text).not.toMatch(/the connection bar tells/)
    }
    expect(lists).toMatch(/v-else-if="!people\.length"/)
  })
})

describe('a pattern', () => {
  const slot = WHOLE_SLOTS[2]
  it('goes on from the days before, over the end of a month and a leap day, and overwrites nothing', () => {
    const cells: Record<string, Cell> = { [cellKey('2028-03-02', slot)]: { name: '王强', phone: '' } }
    const before: Record<string, Cell> = { [cellKey('2028-02-28', slot)]: { name: '张伟', phone: '1' }, [cellKey('2028-02-29', slot)]: { name: '李娜', phone: '2' } }
    const days = ['2028-03-01', '2028-03-02', '2028-03-03', '2028-03-04']
    expect(continuePattern(cells, before, days, [slot], 2)).toBe(3)
    expect(days.map((d) => cells[cellKey(d, slot)].name)).toEqual(['张伟', '王强', '张伟', '王强'])
  })

  it('fills nothing where there is no model', () => {
    expect(continuePattern({}, {}, ['2028-03-01'], [slot], 7)).toBe(0)
  })
})

describe('findings at a cell', () => {
  const slot = slotOf(night)
  const find = (f: Partial<Finding>, name: string) =>
    findingsAt([{ reason: 'gap', weight: 'fault', from: night.from, to: night.to, post: 'duty_officer', name: '', other: '', ...f }], '2026-12-31', slot, name).length
  it('are gaps where nobody stands', () => {
    expect([find({}, ''), find({}, '张伟'), find({ post: 'duty_leader' }, '')]).toEqual([1, 0, 0])
  })
  it('are about the person who stands there, whichever of two posts it is', () => {
    expect([find({ reason: 'two_posts', name: '张伟', post: 'duty_leader' }, '张伟'), find({ reason: 'not_regular', name: '张伟', post: 'duty_leader' }, '张伟'), find({ reason: 'too_long', name: '张伟' }, '李娜')]).toEqual([1, 0, 0])
  })
  it('end where the shift ends', () => {
    expect(find({ from: night.to, to: '2027-01-01T05:00:00.000Z' }, '')).toBe(0)
  })
})

describe('small things', () => {
  it('months go over the end of a year', () => {
    expect([otherMonth('2026-12', 1), otherMonth('2027-01', -1), otherMonth('2026-03', -5)]).toEqual(['2027-01', '2026-12', '2025-10'])
  })
  it('a number is the person’s, else as the roster had it', () => {
    const people = [{ name: '张伟', phone: '1', login: '', standing: 'regular' as const, left: null }, { name: '李娜', phone: '', login: '', standing: 'regular' as const, left: null }]
    expect([phoneOf('张伟', people, [night]), phoneOf('李娜', people, [{ ...night, name: '李娜', phone: '2' }]), phoneOf('王强', people, [])]).toEqual(['1', '2', ''])
  })
  it('a file is sent whole, also a long one', () => {
    const bytes = new Uint8Array(70_000).map((_, i) => i % 256)
    expect(atob(base64(bytes)).length).toBe(70_000)
    expect(atob(base64(bytes)).charCodeAt(69_999)).toBe(69_999 % 256)
  })
  it('only what is pressing is counted for the badge', () => {
    const now = Date.parse('2026-11-27T04:00:00Z')
    const duty = (state: FilingDuty['state'], due: string | null, last = '2026-12-31') => ({ kind: 'month', name: '', first: '2026-12-01', last, due, state, asks: true, filing: 0 }) as FilingDuty
    expect([
      presses(duty('open', '2026-11-29T16:00:00Z'), now), presses(duty('open', '2026-12-20T16:00:00Z'), now), presses(duty('overdue', null), now),
      presses(duty('supplement', null, '2026-11-01'), now), presses(duty('deadline_unknown', '2026-12-30T16:00:00Z'), now), presses(duty('deadline_unknown', '2026-11-30T16:00:00Z'), now), presses(duty('filed', null), now),
    ]).toEqual([true, false, true, false, false, true, false])
  })
})

describe('a swap of a running shift', () => {
  it('says from when it changed hands, and nothing where it did so as a whole', () => {
    const rest = { ...night, from: '2026-12-31T18:37:00.000Z', name: '李娜' }
    expect(cutAt(night, rest)).toBe('2026-12-31T18:37:00.000Z')
    expect(cutAt(night, { ...night, name: '李娜' })).toBe('')
    expect(cutAt(night)).toBe('')
    const others = [{ ...night, post: 'duty_leader' as const, name: '赵振华' }, { ...rest, name: '王强' }]
    expect(nowHas({ kind: 'publish', before: [night], after: others }, 0)!.name).toBe('王强')
    expect(nowHas({ kind: 'publish', before: [night], after: others.slice(0, 1) }, 0)).toBe(undefined)
    expect(nowHas({ kind: 'swap', before: [night], after: others }, 0)!.name).toBe('赵振华')
  })
})

describe('a name and its mark', () => {
  it.each([['王 强（代）', '王强'], ['李　娜(临聘)', '李娜'], ['张伟', '张伟'], ['代小红', '代小红'], ['', '']])('%s is %s', (text, want) => expect(personOf(text)).toBe(want))

  it('finds the number and the findings of who is meant', () => {
    const people = [{ name: '王强', phone: '139', login: '', standing: 'regular' as const, left: null }]
    expect(phoneOf('王 强（代）', people, [])).toBe('139')
  })
})

describe('the holidays of a year', () => {
  it('are shown as stretches of days', () => {
    const day = (date: string, name = '元旦', kind: 'holiday' | 'make_up' = 'holiday') => ({ date, name, kind })
    expect(holidaySpans([day('2026-12-31'), day('2027-01-01'), day('2027-01-03', '元旦', 'make_up'), day('2027-02-06', '春节'), day('2027-02-08', '春节')]).map((s) => [s.name, s.from, s.to, s.days, s.kind].join(' '))).toEqual([
      '元旦 2026-12-31 2027-01-01 2 holiday', '元旦 2027-01-03 2027-01-03 1 make_up', '春节 2027-02-06 2027-02-06 1 holiday', '春节 2027-02-08 2027-02-08 1 holiday'])
    expect(holidaySpans([])).toEqual([])
  })

  it('that have a fault say so in Chinese, by the line as it was typed', () => {
    lang.value = 'zh'
    // The page sends a header of its own before the lines: the daemon's row 3 is the second line.
    expect(holidayFaultText({ row: 3, column: 'from', code: 'no_date', value: '2027-02-30' }, 2027)).toBe('第 2 行“开始”的“2027-02-30”不是日期，请按 2027-01-01 这样填写')
    expect(holidayFaultText({ row: 2, column: 'kind', code: 'no_kind', value: '休' }, 2027)).toBe('第 1 行最后一项是“休”，只能填“放假”或“上班”')
    expect(holidayFaultText({ row: 4, column: 'from', code: 'other_year', value: '2026-12-01' }, 2027)).toBe('第 3 行的 2026-12-01 不是 2027 年的安排：每年分开录入')
    expect(holidayFaultText({ row: 1, column: '', code: '', value: '' }, 2027)).toBe('第 1 行有误，请按“名称，开始，结束，放假或上班”核对')
    const named = ((calendar + table).match(/\bRow[A-Z]\w+/g) || []).filter((n) => !/^Row(Error|Fault)$/.test(n))
    const codes = named.map((n) => (new RegExp('\\b' + n + '\\s+RowFault = "(\\w+)"').exec(faults + calendar) || ['', 'unknown ' + n])[1])
    expect(codes.length).toBeGreaterThan(8)
    expect(codes.filter((code) => !('holiday.fault.' + code in holidaysZh))).toEqual([])
    expect(Object.keys(holidaysEn).sort()).toEqual(Object.keys(holidaysZh).sort())
  })

  it('leave a weekend a weekend where nobody entered them', () => {
    const day = (date: string, kind: RosterDay['kind']): RosterDay => ({ date, kind, name: '', periods: [] })
    expect([day('2027-05-08', 'not_known'), day('2027-05-09', 'not_known'), day('2027-05-10', 'not_known'), day('2026-05-09', 'make_up')].map(weekendAnyway)).toEqual([true, true, false, false])
  })
})
