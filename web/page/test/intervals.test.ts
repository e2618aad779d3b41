import { afterEach, describe, expect, it } from 'vitest'
import type { Call, Interval, IntervalKind } from '@/api/types'
import { setLang } from '@/i18n'
import { intervalCause, lasting, notesOf, whenText } from '@/i18n/unseen'
import { minus, rowsOf, settledHow, sightOf, stretches, total, within, type Stretch } from '@/logic/intervals'

// Minutes after three in the morning in Shenyang.
const START = Date.parse('2026-11-23T19:00:00.000Z')
const at = (minute: number) => START + minute * 60_000
const iso = (minute: number) => new Date(at(minute)).toISOString()
const period = { from: at(0), to: at(600) }

function interval(kind: IntervalKind, from: number, to: number | null, cause = 'x'): Interval {
  return { kind, from: iso(from), to: to === null ? null : iso(to), cause, seconds: to === null ? 0 : (to - from) * 60 }
}
const bounds = (all: Stretch[]) => all.map((s) => [(s.from - START) / 60_000, (s.to - START) / 60_000].join('-') + (s.open ? '…' : ''))

Object.defineProperty(globalThis, 'document', { value: { documentElement: {} } })
afterEach(() => setLang('zh'))

describe('stretches of time', () => {
  const blind = (...spans: [number, number | null][]) => spans.map(([from, to]) => interval('blind', from, to))

  it.each([
    [blind([5, 7], [1, 2]), ['1-2', '5-7']],
    [blind([1, 5], [3, 8], [8, 9]), ['1-9']],
    [blind([1, 9], [3, 5]), ['1-9']],
    [blind([1, null]), ['1-30…']],
    [blind([1, null], [2, 40]), ['1-40…']],
    [blind([40, null]), ['40-40…']], // the switch's clock is a little ahead
    [[interval('live_down', 1, 2)], []],
    [[], []],
  ])('%#', (items, want) => expect(bounds(stretches(items, 'blind', at(30)))).toEqual(want))

  it('keep every cause', () => {
    const s = stretches([interval('blind', 1, 5, 'a'), interval('blind', 2, 6, 'b'), interval('blind', 3, 7, 'a')], 'blind', 0)
    expect(s.map((x) => x.cause)).toEqual(['a; b'])
  })

  it('are cut to a period', () => {
    const s = stretches(blind([-10, 5], [20, 21], [590, null]), 'blind', at(700))
    expect(bounds(within(s, period))).toEqual(['0-5', '20-21', '590-600'])
    expect(total(within(s, period))).toBe(16 * 60_000)
    expect(bounds(within(s, { from: at(30), to: at(40) }))).toEqual([])
  })

  it('lack what another one covers', () => {
    const of = (kind: IntervalKind, ...spans: [number, number][]) => stretches(spans.map(([a, b]) => interval(kind, a, b)), kind, 0)
    const whole = of('live_down', [0, 10], [20, 30])
    expect(bounds(minus(whole, of('switch_down', [3, 5], [8, 25])))).toEqual(['0-3', '5-8', '25-30'])
    expect(bounds(minus(whole, of('switch_down', [0, 40])))).toEqual([])
    expect(bounds(minus(whole, []))).toEqual(['0-10', '20-30'])
  })
})

describe('what is said of a day', () => {
  const said = (items: Interval[], now = at(30)) => notesOf(sightOf(items, period, now)).map((n) => n.text)

  it.each([
    ['nothing', [], []],
    ['an interruption that the journal covered', [interval('live_down', 12, 15)], ['系统曾中断 03:12–03:15（3 分钟），期间通话已由交换机流水补全']],
    ['a short one', [interval('live_down', 12, 12.5)], ['系统曾中断 03:12:00–03:12:30（30 秒），期间通话已由交换机流水补全']],
    ['one of no account', [interval('live_down', 12, 12.01)], []],
    ['one that goes on', [interval('live_down', 12, null)], ['系统中断 03:12 起至今（18 分钟），期间通话由交换机流水记录，恢复后补全']],
    ['several', [interval('live_down', 12, 15), interval('live_down', 20, 21.5)], ['系统曾中断 2 次，共 4 分 30 秒，期间通话已由交换机流水补全']],
    ['a journal that is down alone', [interval('journal_down', 0, null)], []],
    ['neither', [interval('live_down', 12, 15), interval('journal_down', 0, null), interval('blind', 12, 15)],
      ['盲区 03:12–03:15（3 分钟）：两套记录都没有看到，期间若有来电无从得知']],
    ['neither, twice', [interval('blind', 1, 2), interval('blind', 4, 5)], ['盲区 2 段，共 2 分钟：两套记录都没有看到，期间若有来电无从得知']],
    ['a blind moment', [interval('blind', 1, 1.01)], ['盲区 03:01:00（不足 1 秒）：两套记录都没有看到，期间若有来电无从得知']],
    ['the switch, and the daemon around it', [interval('live_down', 10, 14), interval('switch_down', 11, 13)],
      ['交换机停机 03:11–03:13（2 分钟），期间电话打不进来', '系统曾中断 2 次，共 2 分钟，期间通话已由交换机流水补全']],
    ['yesterday', [interval('blind', -20, -10)], []],
    ['since yesterday', [interval('blind', -20, 10)], ['盲区 03:00–03:10（10 分钟）：两套记录都没有看到，期间若有来电无从得知']],
  ] as [string, Interval[], string[]][])('%s', (_, items, want) => expect(said(items)).toEqual(want))

  it('names every stretch and its cause in the tooltip', () => {
    const notes = notesOf(sightOf([interval('blind', 1, 2, 'the daemon was not running or did not see the switch; rows of the switch\'s journal are lost: deleted'), interval('blind', 4, 5, 'odd')], period, 0))
    expect(notes[0].title).toBe('03:01–03:02（1 分钟）：值班系统停机或看不到交换机、交换机流水缺失部分记录\n03:04–03:05（1 分钟）：odd')
  })

  it.each([
    ["the folder of the switch's journal does not exist, so Asterisk loses every record: /x", '交换机流水的目录不存在'],
    ["the switch's journal does not exist: /x", '交换机流水文件不存在'],
    ["the link to the switch was lost: EOF; the switch's journal may not be read: denied", '与交换机的连接中断、无权读取交换机流水'],
    ["the switch's journal has nothing of a call that the live view saw: it is not written", '交换机流水没有写入'],
    ['no journal of the switch is configured (journal.file)', '没有配置交换机流水'],
    ['the duty log did not exist yet', '值班日志尚未启用'],
    ['something new', 'something new'],
  ])('the cause %j is %j', (cause, want) => expect(intervalCause(cause)).toBe(want))

  it('is said in English too', () => {
    setLang('en')
    expect(said([interval('live_down', 12, 15)])).toEqual(["The system was interrupted 03:12–03:15 (3 min); the calls of that time were filled in from the switch's journal"])
    expect(intervalCause('rows of the switch’s journal')).toBe('rows of the switch’s journal')
  })
})

describe('times of an interval', () => {
  const s = (from: number, to: number, open = false): Stretch => ({ from: at(from), to: at(to), open, cause: '' })
  it.each([
    [s(12, 15), '11-24 03:12–03:15（3 分钟）'],
    [s(12, 12.2), '11-24 03:12:00–03:12:12（12 秒）'],
    [s(-240, 15), '11-23 23:00–11-24 03:15（4 小时 15 分）'],
    [s(12, 42.5, true), '11-24 03:12 起至今（30 分 30 秒）'],
  ])('%#', (stretch, want) => expect(whenText(stretch, true)).toBe(want))
  it('never last 0 seconds', () => expect(lasting(1)).toBe('不足 1 秒'))
})

describe('the list of calls', () => {
  const call = (id: string, minute: number) => ({ id, offered_at: iso(minute) }) as Call
  const calls = [call('c', 30), call('b', 20), call('a', 10)]
  const keys = (items: Interval[], more = false, of = calls) =>
    rowsOf(of, items, period, more, at(60)).map((r) => (r.call ? r.call.id : r.kind + ' ' + (r.gap!.from - START) / 60_000))

  it('has what was not seen at its time', () => {
    expect(keys([interval('blind', 15, 18), interval('switch_down', 25, 26), interval('blind', 40, null), interval('live_down', 1, 2)]))
      .toEqual(['blind 40', 'c', 'switch_down', 'b', 'blind 15', 'a'].map((k) => k.replace('switch_down', 'down 25')))
  })
  it('holds back what is older than the calls that were loaded', () => {
    const items = [interval('blind', 5, 6), interval('blind', 12, 13)]
    expect(keys(items, true)).toEqual(['c', 'b', 'blind 12', 'a'])
    expect(keys(items, false)).toEqual(['c', 'b', 'blind 12', 'a', 'blind 5'])
  })
  it('has them also where there was no call', () => {
    expect(keys([interval('blind', 5, 6)], false, [])).toEqual(['blind 5'])
    expect(keys([interval('blind', -50, -40)], false, [])).toEqual([])
  })
})

describe('whose word a call is', () => {
  const call = (settled_by: Call['settled_by'], findings: string[] = [], ended_at: string | null = iso(1)) => ({ settled_by, findings, ended_at }) as Call
  it.each([
    [call('', [], null), null, ''],
    [call(''), null, 'waiting'],
    [call(undefined), null, 'waiting'],
    [call('ari', ['not_in_journal']), null, 'live'],
    [call('journal'), null, 'switch'],
    [call('journal'), false, 'both'],
    [call('journal'), true, 'journal'],
    [call('journal', ['borderline']), false, 'both'],
    [call('journal', ['journal_differs_ring']), false, 'differ'],
    [call('journal', ['only_in_journal']), null, 'journal'],
    [call('journal', ['end_missed_by_live', 'journal_differs_end']), null, 'journal'],
  ] as [Call, boolean | null, string][])('%#', (c, partly, want) => expect(settledHow(c, partly)).toBe(want))
})
