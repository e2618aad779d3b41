import { beforeEach, describe, expect, it } from 'vitest'
import type { Answering, ClosedMonth, Correction, DutyShare, Figure, FigureGroup } from '@/api/figures'
import { figuresEn, figuresZh } from '@/i18n/figures'
import { lang, word } from '@/i18n'
import { heatOption, officerOption, ringOption, trendOption } from '@/logic/chartoptions'
import { behindPath, behindText, dutyBad, dutyRate, dutyRule, dutyTable, noRoster, tooLong } from '@/logic/dutyfigures'
import { allFigures, beforeLog, beside, both, cards, comparable, counts, definition, heat, heatTable, leftOut, limits, minutes, monthTable, notCompared, notInTime, officerTable, percent, period, rate, ringBars, ringTable, shift, timesTable, verdicts, yearBack } from '@/logic/figures'
import { changedText, changeTable, closedSides } from '@/logic/corrections'
import { groupings, groupName, groupTable, lastDays, tooLongFor } from '@/logic/figuregroups'
import { chartBook, correctionSheet, dutyBook, figureSheet } from '@/logic/sheets'

const figure = (numerator: number, denominator: number): Figure => ({ numerator, denominator, rate: denominator < 20 ? null : numerator / denominator, blind_seconds: 0, rule: [] })
const times = (p50: number, calls = 1) => ({ calls, mean: p50, p50, p90: p50, p95: p50, max: p50 })
const FIGURES = Object.keys(figuresZh).filter((k) => /^fig\.(on_time|answer_rate|within_15s|missed|called_back|abandoned_early|engaged|rejected|unreachable|forwarded|answered_elsewhere|answered_by_machine|recorded|entry_complete|value_not_given|value_refused)$/.test(k)).map((k) => k.slice(4))

function group(key: string, inTime: number, reached: number, more: Partial<FigureGroup> = {}): FigureGroup {
  const measured: Record<string, Figure> = {}
  FIGURES.forEach((f) => { measured[f] = figure(0, reached) })
  measured.on_time = figure(inTime, reached)
  measured.answer_rate = figure(inTime, reached)
  return { key, from: '', to: '', calls: reached, outcomes: { answered_in_time: inTime, missed: reached - inTime }, unknown: 0, undecided: 0, blind_seconds: 0, rule: ['r1'],
    measured, after_review: { ...measured, on_time: figure(Math.min(inTime + 1, reached), reached) }, ring_seconds: times(6), entry_seconds: times(60), call_back_seconds: times(0, 0), ...more }
}

beforeEach(() => { lang.value = 'zh' })

describe('a figure', () => {
  it('is shown as counts below twenty, for a rate would say too much', () => {
    expect(rate(figure(17, 19))).toBe('17/19')
    expect(rate(figure(19, 20))).toBe('95.0%')
    expect(rate(figure(0, 0))).toBe('—')
    expect(rate(undefined)).toBe('—')
  })
  it('never stands without its counts in a table', () => {
    expect(both(figure(19, 20))).toBe('19/20（95.0%）')
    expect(both(figure(17, 19))).toBe('17/19')
    expect(both(figure(0, 0))).toBe('—')
    expect(counts(figure(3, 4))).toBe('3/4')
  })
  it('is rounded once, and as people do', () => {
    expect(percent(1999 / 2000)).toBe('99.9%') // never up to all, nor down to none
    expect(percent(0.99999)).toBe('99.9%')
    expect(percent(0.00001)).toBe('0.1%')
    expect([percent(1), percent(0)]).toEqual(['100.0%', '0.0%'])
    expect(percent(2 / 3)).toBe('66.7%')
    expect(minutes(90)).toBe('1.5')
    expect(minutes(600)).toBe('10')
  })
})

describe('today', () => {
  const card = (g: FigureGroup, name: string) => cards(g).filter((c) => c.name === name)[0]
  it('shows no rate without numerator and denominator, and below twenty the counts alone', () => {
    const busy = group('', 1999, 2000)
    expect([card(busy, 'on_time').value, card(busy, 'on_time').of, card(busy, 'on_time').bad]).toEqual(['99.9%', '1999/2000，复核后 2000/2000（100.0%）', true])
    expect([card(busy, 'answer_rate').value, card(busy, 'answer_rate').of]).toEqual(['99.9%', '1999/2000'])
    const few = group('', 17, 19, { after_review: group('', 17, 19).measured })
    expect([card(few, 'on_time').value, card(few, 'on_time').of]).toEqual(['17/19', ''])
    expect([card(few, 'missed').value, card(few, 'missed').of]).toEqual(['0', '0/19'])
  })
})

describe('ring times', () => {
  const bars = ringBars([{ seconds: 0.1, calls: 2 }, { seconds: 4.9, calls: 1 }, { seconds: 14.9, calls: 1 }, { seconds: 15, calls: 1 }, { seconds: 61, calls: 1 }], [15])
  it('are counted by rings, and the fourth begins at fifteen seconds', () => {
    expect(bars.map((b) => b.calls)).toEqual([3, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    expect(bars.filter((b) => b.late)[0].from).toBe(15)
    expect(bars[12].label).toBe('≥60')
  })
  it('always show the limit, however quickly everybody answered', () => {
    expect(ringBars([{ seconds: 2, calls: 9 }], [15]).length).toBe(4)
    expect(ringBars([], [15]).length).toBe(4)
  })
  it('have a table that adds up', () => {
    const table = ringTable(bars)
    expect(table.rows[0]).toEqual(['0–5', '1', '3', '3/6'])
    expect(table.rows[12]).toEqual(['≥60', '≥13', '1', '6/6'])
    expect(ringTable(ringBars([], [15])).rows[0][3]).toBe('—')
  })
  it('draw the limit where the fourth ring begins, and late bars with a pattern beside the colour', () => {
    const option = ringOption(bars, [15]) as { xAxis: { max?: number }[]; series: { data: { value: number; itemStyle: { decal?: unknown } }[]; markLine?: { data: { xAxis: number }[] } }[] }
    expect(option.series[1].markLine!.data[0].xAxis / option.xAxis[1].max!).toBe(3 / 13)
    expect(option.series[0].data[2].itemStyle.decal).toBeUndefined()
    expect(option.series[0].data[3].itemStyle.decal).toBeTruthy()
  })
})

describe('the limit', () => {
  it('is that of the rules that judged the calls, and fifteen seconds where there is none', () => {
    expect(limits([])).toEqual([15])
    expect(limits(['older'])).toEqual([15])
    expect(limits(['rings-3-on-1s-off-4s-pm-100ms', 'rings-3-on-1s-off-4s-offset-3s', 'rings-3-on-1s-off-4s'])).toEqual([12, 15])
    expect(limits(['rings-4-on-500ms-off-2.5s'])).toEqual([12])
  })
  it('is drawn for each of them, and late is what was late by all', () => {
    const bars = ringBars([{ seconds: 2, calls: 9 }], [12, 15])
    expect(bars.map((b) => b.late)).toEqual([false, false, false, true])
    const option = ringOption(bars, [12, 15]) as { series: { markLine?: { data: { xAxis: number; label: { formatter: string } }[] } }[] }
    expect(option.series[1].markLine!.data.map((d) => [d.xAxis, d.label.formatter])).toEqual([[2.4, '时限 12 秒'], [3, '时限 15 秒']])
  })
  it('stays in the picture when it is later than any call', () => {
    const bars = ringBars([], [25])
    expect(bars.length).toBe(6)
    expect(bars.map((b) => b.late)).toEqual([false, false, false, false, false, true])
  })
})

describe('how long things took', () => {
  it('stands with median, 90 and 95 of a hundred, and how many they were', () => {
    const g = group('2026-11', 1, 1, { blind_seconds: 90, ring_seconds: { calls: 3, mean: 6.24, p50: 6, p90: 11.9, p95: 12.6, max: 13 }, entry_seconds: { calls: 2, mean: 30.5, p50: 59, p90: 60, p95: 4000, max: 7200 } })
    const table = timesTable(g)
    expect(table.head).toEqual(['事项', '件数', '平均', '中位', '90% 不超过', '95% 不超过', '最长', '盲区（分钟）'])
    expect(table.rows).toEqual([
      ['接听前响铃', '3', '6.2 秒', '6.0 秒', '11.9 秒', '12.6 秒', '13.0 秒', '1.5'],
      ['通话结束到日志条目填完', '2', '30 秒', '59 秒', '1 分 0 秒', '1 小时 6 分', '2 小时 0 分', '1.5'],
      ['未接来电挂断到联系上对方', '0', '—', '—', '—', '—', '—', '1.5'],
    ])
  })
})

describe('the time before the log', () => {
  it('is said to be blind, and only where a time reaches before it', () => {
    expect(beforeLog('2026-11-01T00:00:00+08:00', '2026-11-23T04:00:00Z')).toBe('值班日志自 2026-11-23 12:00 起才有记录；在此之前有没有来电，系统不知道，这段时间全部计入盲区。')
    expect(beforeLog('2026-11-23T12:00:00+08:00', '2026-11-23T04:00:00Z')).toBe('')
    expect(beforeLog('2026-11-01T00:00:00+08:00', null)).toBe('')
  })
})

describe('the other work', () => {
  const share = (figure: string, of: string, numerator: number, denominator: number, more: Partial<DutyShare> = {}): DutyShare =>
    ({ figure, of, numerator, denominator, rate: denominator < 20 ? null : numerator / denominator, blind_seconds: 90, rule: [], behind: [], ...more })
  const call = { kind: 'call' as const, id: 'duty-1.1', name: '', at: '2026-11-23T04:00:00Z', until: null }
  it('stands with counts, rate, blind minutes and rule', () => {
    const rows = dutyTable([
      share('reports_on_time', 'first', 19, 20, { rule: ['first-10m-written-50m-detailed-100m-follow-up-120m-essential-10m'] }),
      share('handovers_late', '', 1, 3, { rule: ['handover-allowance-15m'] }),
      share('filings_late', '', 0, 0, { rule: ['filing-deadline'] }),
    ]).rows
    expect(rows).toEqual([
      ['报告按时', '初报', '19/20', '95.0%', '1.5', '初报 10 分、书面 50 分、详细 100 分、续报间隔 120 分'],
      ['交接班超时', '', '1/3', '', '1.5', '班次结束后 15 分钟内办理交接'],
      ['报备超时或未报', '', '0/0', '—', '1.5', '按报备截止时间'],
    ])
    expect(dutyRate(share('x', '', 1, 19))).toBe('')
    expect(dutyRule('something-new')).toBe('something-new')
  })
  it('leads to what is behind it', () => {
    expect(dutyBad(share('x', '', 0, 3))).toBe(false)
    expect(dutyBad(share('x', '', 1, 3, { behind: [call] }))).toBe(true)
    // Who did not get through otherwise counts against nobody, and is named by how the call ended.
    expect(dutyBad(share('others_not_called_back', 'engaged', 1, 3, { behind: [call] }))).toBe(false)
    expect(dutyTable([share('others_not_called_back', 'engaged', 1, 3)]).rows[0].slice(0, 3)).toEqual(['其他未接通来电待回拨（不计考核）', '占线', '1/3'])
    expect(behindPath(call)).toBe('/calls/duty-1.1')
    expect(behindText(call)).toBe('来电 2026-11-23 12:00')
    const incident = { ...call, kind: 'incident' as const, id: '7', name: 'T2026-003' }
    expect([behindPath(incident), behindText(incident)]).toEqual(['/incidents/7', '突发事件 T2026-003 2026-11-23 12:00'])
    const gap = { ...call, kind: 'shift' as const, id: 'duty_leader', until: '2026-11-23T05:00:00Z' }
    expect([behindPath(gap), behindText(gap)]).toEqual(['/roster/2026-11-23', '班次 带班领导 2026-11-23 12:00 — 11-23 13:00'])
    expect(behindPath({ ...gap, until: null, handover: 0 })).toBe('/handover/' + encodeURIComponent(call.at))
    expect(behindPath({ ...gap, until: null, handover: 12 })).toBe('/handover/12') // the very one that settled it, whenever that was
    expect(behindPath({ ...gap, kind: 'filing', id: 'month/2026-12-01', until: null })).toBe('/roster/2026-12-01')
  })
  it('says for how long there was no roster, and that this is no gap', () => {
    expect(noRoster([share('roster_uncovered', 'duty_leader', 0, 0)])).toBe('')
    expect(noRoster([share('roster_uncovered', 'duty_leader', 0, 0, { unknown_seconds: 5400 })])).toBe('1 小时 30 分')
    expect(noRoster([share('roster_uncovered', 'duty_leader', 0, 0, { unknown_seconds: 86400 * 3 + 7200 })])).toBe('3 天 2 小时')
  })
  it('is asked for 400 days at most', () => {
    expect(tooLong('2026-01-01', '2026-12-31')).toBe(false)
    expect(tooLong('2026-01-01', '2027-02-05')).toBe(false)
    expect(tooLong('2026-01-01', '2027-02-06')).toBe(true)
  })
  it('and every chart is taken as a workbook of its own', () => {
    expect(chartBook('heat', '2026-11-01', '2026-11-27')).toBe('/api/v1/metrics/answering/charts/heat/workbook?from=2026-11-01&to=2026-11-27')
    expect(dutyBook('2026-11-01', '2026-11-27')).toBe('/api/v1/metrics/duty/workbook?from=2026-11-01&to=2026-11-27')
    expect(dutyBook('2026-11-01', '2026-11-27', 'a&b')).toBe('/api/v1/metrics/duty/workbook?from=2026-11-01&to=2026-11-27&line=a%26b')
  })
})

describe('weekday and hour', () => {
  const groups = [group('1 00', 1, 1), group('7 23', 0, 3, { calls: 5, outcomes: { answered_in_time: 0, missed: 1, answered_late: 3, rejected: 1 }, undecided: 1, reviewed: { set_aside: 1 } })]
  it('are places of the map, Monday first', () => {
    expect(heat(groups, (g) => g.calls)).toEqual([[0, 0, 1], [23, 6, 5]])
  })
  it('are not called late before anybody decided: what is undecided and set aside stands apart', () => {
    expect(heat(groups, notInTime)).toEqual([[0, 0, 0], [23, 6, 2]]) // of three that count after review, one was in time
    expect(heatTable(groups, notInTime).rows[23][7]).toBe('2（另临界 1）')
    expect(leftOut(groups[1])).toBe('按复核后计；临界待裁定 1 个、因技术原因不予计入 1 个不在其中')
    expect(leftOut(groups[0])).toBe('按复核后计')
  })
  it('have a call for each verdict, and say what became of it', () => {
    const said = (outcome: string, findings: string[], reviewed?: string) => verdicts({ outcome, findings }, reviewed).map((v) => v.text).join('|')
    expect(said('answered_late', ['borderline'], '')).toBe('临界待裁定')
    expect(said('answered_late', ['borderline'])).toBe('临界')
    expect(said('answered_late', ['borderline'], 'counts_late')).toBe('超时接听|临界：计为超时')
    expect(said('answered_late', ['borderline'], 'counts_in_time')).toBe('临界：计为按时')
    expect(said('answered_late', ['borderline'], 'set_aside')).toBe('临界：不予计入（技术原因）')
    expect(said('answered_late', [], 'set_aside')).toBe('超时接听|不予计入（技术原因）')
    expect(said('missed', [], '')).toBe('未接')
  })
  it('have a table with every hour and day', () => {
    const table = heatTable(groups, (g) => g.calls)
    expect(table.head).toEqual(['时', '周一', '周二', '周三', '周四', '周五', '周六', '周日'])
    expect(table.rows.length).toBe(24)
    expect(table.rows[23]).toEqual(['23:00', '0', '0', '0', '0', '0', '0', '5'])
  })
  it('are drawn also when nobody called', () => {
    const option = heatOption([]) as { visualMap: { max: number } }
    expect(option.visualMap.max).toBe(1)
  })
})

describe('months', () => {
  const groups = [group('2026-10', 19, 20), group('2026-11', 5, 6, { blind_seconds: 90 })]
  it('have no point where there are too few calls, and yet their counts in the table', () => {
    const option = trendOption(groups) as { series: { data: (number | null)[] }[] }
    expect(option.series[1].data).toEqual([95, null])
    expect(monthTable(groups, ['2026-10']).rows).toEqual([
      ['2026-10', '20', '19/20（95.0%）', '20/20（100.0%）', '19/20（95.0%）', '0/20', '0', '0', 'r1', '是'],
      ['2026-11', '6', '5/6', '6/6', '5/6', '0/6', '0', '1.5', 'r1', ''],
    ])
  })
  it('never stand without blind time, rules, and what reviews made of them', () => {
    expect(beside(group('', 24, 26, { blind_seconds: 90, rule: ['r1', 'r2'] }), groups)).toBe('盲区共 1.5 分钟；响铃规则版本：r1、r2。复核后按时接听率不同的月份：2026-10 20/20（100.0%）、2026-11 6/6。')
    const same = group('2026-10', 20, 20)
    expect(monthTable([same], []).rows[0][3]).toBe('同实测')
    expect(beside(same, [same])).toBe('盲区共 0 分钟；响铃规则版本：r1。')
  })
  it('are told apart by sign and line, not by colour alone', () => {
    const option = trendOption(groups) as { series: { symbol?: string; lineStyle?: { type: string } }[] }
    expect(option.series[1].symbol).not.toBe(option.series[2].symbol)
    expect(option.series[1].lineStyle!.type).not.toBe(option.series[2].lineStyle!.type)
  })
})

describe('officers', () => {
  const groups = [group('张伟', 18, 20), group('李娜', 19, 19), group('', 30, 40)]
  it('are compared only where numbers allow it, and nobody is not an officer', () => {
    expect(comparable(groups).map((g) => g.key)).toEqual(['张伟'])
  })
  it('stand in the table all the same, with their counts', () => {
    const rows = officerTable(groups).rows
    expect(rows[0].slice(0, 3)).toEqual(['张伟', '18/20（90.0%）', '19/20（95.0%）'])
    expect(rows[0].slice(-2)).toEqual(['0', 'r1'])
    expect(rows[1][1]).toBe('19/19')
    expect(rows[2][0]).toBe('不知是谁')
  })
  it('have no bar for a rate that is not given, and stand below the chart with their counts', () => {
    const reviewed = (key: string, n: number, d: number, rn: number, rd: number) => group(key, n, d, { after_review: { ...group(key, n, d).measured, on_time: figure(rn, rd) } })
    const all = [reviewed('张伟', 19, 20, 19, 19), reviewed('李娜', 30, 40, 30, 40), reviewed('王芳', 17, 19, 18, 20), reviewed('赵强', 3, 4, 3, 3), reviewed('', 30, 40, 30, 40), reviewed('孙丽', 0, 0, 0, 0)]
    const option = officerOption(comparable(all)) as { series: { data: (number | null)[] }[] }
    expect(comparable(all).map((g) => g.key)).toEqual(['张伟', '李娜', '王芳'])
    expect(option.series.map((s) => s.data)).toEqual([[95, 75, null], [null, 75, 90]])
    expect(notCompared(all)).toBe('不足 20 个、不作比较：张伟 复核后 19/19、王芳 实测 17/19、赵强 3/4（复核后 3/3）、不知是谁 30/40')
    expect(notCompared(all.slice(1, 2))).toBe('')
  })
  it('are drawn with patterns, measured and after review', () => {
    const option = officerOption(comparable(groups)) as { aria: { decal: { show: boolean } }; series: { data: number[] }[] }
    expect(option.aria.decal.show).toBe(true)
    expect(option.series.map((s) => s.data[0])).toEqual([90, 95])
  })
})

describe('definitions', () => {
  const d = (of: string, withTrait: string, numerator: string[], denominator: string[]) => ({ figure: 'x', judges_officer: false, of, with: withTrait, numerator, denominator })
  it('say where each outcome stands', () => {
    expect(definition(d('', '', ['missed'], ['missed', 'rejected']))).toBe('未接 ÷ 未接、拒接')
    expect(definition(d('', 'called_back', ['missed'], ['missed']))).toBe('事后已联系上来电人 ÷ 未接')
    const all = Array.from({ length: 10 }, (_, i) => 'o' + i)
    expect(definition(d('entry_complete', 'value_refused', all, all))).toBe('有必填项“拒绝提供” ÷ 全部来电（情况不明、拨测除外），且条目已填完')
  })
  it('of figures that judge an officer say where a borderline answer and what is set aside stand', () => {
    expect(definition({ ...d('', '', ['missed'], ['missed', 'rejected']), judges_officer: true })).toMatch(/÷ 未接、拒接。临界来电.*待裁定，分子分母都不计；复核后按裁定计入，因技术原因不予计入的分子分母都不计$/)
  })
  it('make a row for every figure', () => {
    const a = { total: group('', 19, 20), definitions: FIGURES.map((f) => ({ ...d('', '', ['missed'], ['missed', 'rejected']), figure: f })) } as unknown as Answering
    const rows = allFigures(a).rows
    expect(rows.length).toBe(16)
    expect(rows[0]).toEqual(['按时接听率（三声内）', '19/20（95.0%）', '20/20（100.0%）', '未接 ÷ 未接、拒接'])
  })
  it('have the same words on the page as on paper', () => {
    lang.value = 'en'
    FIGURES.forEach((f) => expect(word('fig', f)).not.toBe(f))
    expect(Object.keys(figuresEn)).toEqual(Object.keys(figuresZh))
  })
})

describe('a time that is too long for a grouping', () => {
  it('is said with what is allowed and what to do', () => {
    expect(tooLongFor('hour', '2026-11-01', '2026-11-30')).toBe('“按小时”一次最多看 8 天，现在选的是 30 天。请缩短起止日期，或改为“按日”。')
    expect(tooLongFor('day', '2025-01-01', '2026-11-30')).toContain('或改为“按月”')
    expect(tooLongFor('hour', '2026-11-23', '2026-11-30')).toBe('')
    expect(tooLongFor('officer', '2020-01-01', '2026-11-30')).toBe('')
    expect(lastDays('hour', '2026-11-30')).toBe('2026-11-23')
  })
})

describe('groups', () => {
  const lines = [{ line: 'duty', number: '02422739110' }, { line: 'fire' }]
  it('are chosen as far as the role may, and lines where there is more than one', () => {
    expect(groupings(true, 2)).toEqual(['hour', 'day', 'shift', 'officer', 'month', 'line'])
    expect(groupings(false, 1)).toEqual(['hour', 'day', 'officer', 'month'])
  })
  it('have names as people use them', () => {
    const at = (key: string) => ({ key, from: '2026-11-23T00:00:00Z', to: '2026-11-23T12:00:00Z' })
    expect(groupName('hour', at('2026-11-23T08:00:00+08:00'), lines)).toBe('2026-11-23 08:00')
    expect(groupName('shift', at('2026-11-23T00:00:00Z/2026-11-23T12:00:00Z'), lines)).toBe('2026-11-23 08:00 — 11-23 20:00')
    expect([groupName('shift', at(''), lines), groupName('officer', at(''), lines)]).toEqual(['值班表无班次', '不知是谁'])
    expect([groupName('line', at('duty'), lines), groupName('line', at('fire'), lines), groupName('line', at('gone'), lines)]).toEqual(['02422739110', 'fire', 'gone'])
    expect(groupName('day', at('2026-11-23'), lines)).toBe('2026-11-23')
  })
  it('stand with all that must be beside a rate', () => {
    expect(groupTable('line', [group('duty', 19, 20, { blind_seconds: 90, undecided: 2, unknown: 1 })], lines).rows).toEqual([['02422739110', '20', '19/20（95.0%）', '20/20（100.0%）', '19/20（95.0%）', '0/20', '6.0', '2', '1', '1.5', 'r1']])
  })
  it('and the line are carried into print and export', () => {
    expect(figureSheet('2026-11-01', '2026-11-27', 'shift', 'duty').page).toBe('/api/v1/metrics/answering/sheet?from=2026-11-01&to=2026-11-27&by=shift&line=duty')
    expect(chartBook('heat', '2026-11-01', '2026-11-27', 'a&b')).toMatch(/&line=a%26b$/)
  })
})

describe('a correction', () => {
  const change = (figure: string, set: 'measured' | 'after_review', n: number, d: number, nn: number, nd: number): Correction => ({ figure, set, frozen: { numerator: n, denominator: d }, now: { numerator: nn, denominator: nd } })
  const month: ClosedMonth = {
    closed: { month: '2026-10', calls: 22, by: { name: 'system', at: '2026-11-05T00:00:00+08:00' }, changed_days: ['2026-10-03', '2026-10-04'], blind_changed: true },
    figures: group('2026-10', 20, 22), now: group('2026-10', 22, 23, { blind_seconds: 90 }),
    corrections: [change('on_time', 'measured', 20, 22, 22, 23), change('on_time', 'after_review', 20, 22, 22, 23), change('missed', 'measured', 2, 22, 1, 23), change('missed', 'after_review', 2, 22, 0, 22)],
    days: [{ day: '2026-10-03', corrections: [change('on_time', 'after_review', 0, 2, 2, 3)] }, { day: '2026-10-04', corrections: [] }],
  }
  it('has a link whatever came later, be it the blind time alone', () => {
    const told = (changed_days: string[], blind_changed: boolean) => changedText({ ...month.closed, changed_days, blind_changed })
    expect([told([], false), told(['2026-10-03'], false), told([], true), told(['2026-10-03'], true)]).toEqual(['', '此后有 1 天发生变化，见更正', '此后盲区时间有变化，见更正', '此后有 1 天和盲区时间发生变化，见更正'])
  })
  it('has the month, then each day that changed: as frozen, and as it is now', () => {
    expect(changeTable(month).rows).toEqual([
      ['全月', '按时接听率（三声内）', '实测、复核后', '20/22（90.9%）', '22/23（95.7%）'],
      ['全月', '未接', '实测', '2/22（9.1%）', '1/23（4.3%）'],
      ['全月', '未接', '复核后', '2/22（9.1%）', '0/22（0.0%）'],
      ['2026-10-03', '按时接听率（三声内）', '复核后', '0/2', '2/3'],
      ['2026-10-04', '分子、分母未变，值班员、班次、时长等有变', '', '', ''],
    ])
    expect(closedSides(month)).toBe('定稿：来电 22 个，盲区 0 分钟，规则版本 r1。现在：来电 23 个，盲区 1.5 分钟，规则版本 r1')
    expect(correctionSheet('2026-10').page).toBe('/api/v1/metrics/answering/months/2026-10/sheet')
  })
})

describe('the time that is shown', () => {
  it('begins where people say', () => {
    expect(period('today', '2026-03-01')).toEqual(['2026-03-01', '2026-03-01'])
    expect(period('month', '2026-03-05')).toEqual(['2026-03-01', '2026-03-05'])
    expect(period('lastMonth', '2028-03-05')).toEqual(['2028-02-01', '2028-02-29'])
    expect(period('lastMonth', '2026-01-31')).toEqual(['2025-12-01', '2025-12-31'])
    expect(period('quarter', '2026-03-31')).toEqual(['2026-01-01', '2026-03-31'])
  })
  it('is a year of months', () => {
    expect(yearBack('2026-12-31')).toBe('2026-01-01')
    expect(yearBack('2026-11-30')).toBe('2025-12-01')
    expect(yearBack('2026-01-01')).toBe('2025-02-01')
    expect(shift('2027-01-01', -1)).toBe('2026-12-31')
  })
  it('is what is printed', () => {
    expect(figureSheet('2026-11-01', '2026-11-27', 'officer').workbook).toBe('/api/v1/metrics/answering/workbook?from=2026-11-01&to=2026-11-27&by=officer')
  })
})
