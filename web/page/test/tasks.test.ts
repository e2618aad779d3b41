import { beforeEach, describe, expect, it } from 'vitest'
import { EVERY, type Task, type TaskRule, type TaskState } from '@/api/duties'
import { lang, word } from '@/i18n'
import { dutiesZh } from '@/i18n/duties'
import { allTicked, dueOf, filed, freshChecks, howDone, inOrder, marked, taskID, taskTone, tooSoon, toChecks, waits, whenOf, keptChecks } from '@/logic/tasks'
import { near } from '@/logic/time'
import rules from '../../../dutylog/taskrule.go?raw'
import states from '../../../dutylog/task.go?raw'

const constants = (source: string, type: string): string[] =>
  (source.match(new RegExp(`^\\s+\\w+\\s+${type}\\s*= "\\w+"`, 'gm')) || []).map((line) => line.replace(/^.*"(\w+)"$/s, '$1'))
const words = (area: string) => Object.keys(dutiesZh).filter((k) => k.indexOf(area + '.') === 0).map((k) => k.slice(area.length + 1)).sort()

const by = { login: 'zhang', name: '张伟', at: '2026-11-27T06:00:00.000Z' }
const task = (change: Partial<Task> = {}): Task => ({
  rule: 1, key: '2026-11-27', title: '报送日报', basis: '', post: 'duty_officer', due_at: '2026-11-27T06:00:00.000Z', opens_at: '2026-11-27T00:00:00.000Z', lapses_at: null,
  not_before: null, state: 'due', checks: [], filing: null, mark: null, ...change,
})
const rule = (change: Partial<TaskRule>): TaskRule => ({ title: 'x', post: 'duty_officer', every: 'day', clock: '14:00', ...change })

describe('the page of dated duties', () => {
  beforeEach(() => { lang.value = 'zh' })

  it('has a word for every state, every recurrence and every state of a check', () => {
    expect(words('taskState')).toEqual(constants(states, 'TaskState').sort())
    expect(words('checkState')).toEqual(constants(states, 'CheckState').sort())
    expect(words('every')).toEqual(constants(rules, 'Every').sort())
    expect(EVERY.slice().sort()).toEqual(words('every'))
  })

  it('colours what waits and what was missed', () => {
    const tones: Record<TaskState, string> = { coming: 'plain', due: 'warn', overdue: 'bad', missed: 'bad', done: 'good', done_late: 'warn', not_needed: 'plain' }
    for (const s of Object.keys(tones) as TaskState[]) expect(taskTone(s), s).toBe(tones[s])
    expect((Object.keys(tones) as TaskState[]).filter(waits)).toEqual(['due', 'overdue'])
  })

  it('puts what waits on top, and shows of each rule only what comes next', () => {
    const list = [task({ key: 'a', state: 'done' }), task({ key: 'b', state: 'overdue' }), task({ key: 'c' }), task({ key: 'd', state: 'coming' }), task({ key: 'e', state: 'coming' }),
      task({ key: 'f', state: 'coming' }), task({ key: 'g', rule: 2, state: 'coming' }), task({ key: 'h', state: 'missed' })]
    expect(inOrder(list).map((x) => x.key).join('')).toBe('bcadegh')
  })

  it('is named with its rule: two rules have duties of one key on the same day', () => {
    const day = [task({ rule: 3, key: '2026-11-27' }), task({ rule: 4, key: '2026-11-27' })]
    expect(day.map(taskID)).toEqual(['3/2026-11-27', '4/2026-11-27'])
  })

  it('tells how it was done, and by whom it was taken back', () => {
    const mark = { id: 1, says: 'done' as const, text: '已报市局', entry: '2026-000012', call_id: '', checks: [], by }
    expect(howDone(task())).toBe('')
    expect(howDone(task({ mark }))).toBe('已报市局 · 2026-000012')
    expect(howDone(task({ mark: { ...mark, entry: '', checks: [{ item: '传真机', state: 'good' }] } }))).toBe('全部正常 · 已报市局')
    expect(howDone(task({ mark: { ...mark, text: '', entry: '', checks: [{ item: '传真机', state: 'faulty', remark: '卡纸' }, { item: '卫星电话', state: 'absent' }, { item: '手台', state: 'good' }] } })))
      .toBe('传真机故障：卡纸、卫星电话未配备')
    const open = { ...mark, says: 'open' as const, text: '点错了' }
    expect(howDone(task({ mark: open }))).toBe('张伟撤销办理：点错了')
    expect([marked(task()), marked(task({ mark })), marked(task({ mark: open }))]).toEqual([false, true, false])
  })

  it('is too soon only before the time before which nobody can have done it', () => {
    const not_before = '2026-11-27T00:00:00.000Z'
    const at = (time: string, change: Partial<Task>) => tooSoon(task(change), Date.parse(time))
    expect([at('2026-11-26T23:59:59Z', { state: 'coming', not_before }), at(not_before, { state: 'coming', not_before }), at('2026-11-26T23:59:59Z', { state: 'coming' }), at('2026-11-26T23:59:59Z', { state: 'due', not_before }), at('2026-11-26T23:59:59Z', { state: 'done', not_before })]).toEqual([true, false, false, true, false])
  })

  it('a filing of the roster ends its duty, a change opens it, and no word does', () => {
    const at = (state: TaskState, filing: Task['filing'], change: Partial<Task> = {}) => task({ state, filing, due_at: '2026-11-29T16:00:00.000Z', ...change })
    const open = at('due', { state: 'open', filing: 0, due_presumed: false })
    const done = at('done', { state: 'filed', filing: 7, due_presumed: false })
    const again = at('due', { state: 'supplement', filing: 7, due_presumed: false })
    const guess = at('coming', { state: 'deadline_unknown', filing: 0, due_presumed: true })
    const mark = { id: 1, says: 'not_needed' as const, text: '免报', entry: '', call_id: '', checks: [], by }
    expect([open, done, again, guess].map(filed)).toEqual([false, true, false, false])
    expect([open, done, again, guess].map(howDone)).toEqual(['', '已按时报备，见值班表页报备记录第 7 号', '第 7 号报备后值班表有变动，需补报', '相关年份的放假安排未录入，期限暂按周末推算'])
    expect([marked({ ...done, mark }), marked({ ...again, mark }), marked({ ...open, mark, state: 'not_needed' })]).toEqual([false, false, true])
    expect([dueOf(open, Date.parse('2026-11-20T00:00:00Z')), dueOf(open, Date.parse('2027-01-20T00:00:00Z')), dueOf(task(), Date.parse('2026-11-20T00:00:00Z'))])
      .toEqual([{ day: '11-29 星期日', clock: '24:00' }, { day: '2026-11-29 星期日', clock: '24:00' }, { day: '11-27 星期五', clock: '14:00' }])
  })

  it('says when a rule asks for something', () => {
    expect([
      whenOf(rule({})), whenOf(rule({ every: 'week', weekday: 1 })), whenOf(rule({ every: 'month', day: 31 })), whenOf(rule({ every: 'once', date: '2028-02-29' })),
      whenOf(rule({ every: 'before_special', day: 3, clock: '17:00' })), whenOf(rule({ every: 'shift', after_minutes: 60 })), whenOf(rule({ every: 'special_day' })), whenOf(rule({ every: 'month_filing', clock: '' })),
    ]).toEqual(['每天 14:00', '每星期一 14:00', '每月 31 日 14:00', '2028-02-29 14:00', '节假日、敏感时期开始前 3 天 17:00', '每班，60 分钟内', '节假日和敏感时期每天 14:00', '每月值班表报备期限（随值班表页）'])
  })

  it('takes nothing for good that nobody looked at, and no fault without a word', () => {
    const checks = freshChecks(['值班电话', '传真机'])
    expect(allTicked(checks)).toBe(false)
    checks[0].state = 'good'
    checks[1].state = 'faulty'
    expect(allTicked(checks)).toBe(false)
    checks[1].remark = ' 卡纸 '
    expect(allTicked(checks)).toBe(true)
    expect(toChecks(checks)).toEqual([{ item: '值班电话', state: 'good', remark: undefined }, { item: '传真机', state: 'faulty', remark: '卡纸' }])
  })

  it('leaves out the day where it is today', () => {
    const noon = Date.parse('2026-11-27T04:00:00.000Z')
    expect(near(Date.parse('2026-11-27T06:00:00.000Z'), noon)).toBe('14:00')
    expect(near(Date.parse('2026-11-28T06:00:00.000Z'), noon)).toBe('11-28 14:00')
    expect(word('every', 'something new')).toBe('something new')
  })
})

describe('a check list that was left half done', () => {
  it('is there again, as far as it is the same list', () => {
    const left = freshChecks(['值班电话', '传真机'])
    left[1] = { item: '传真机', state: 'faulty', remark: '卡纸' }
    const again = keptChecks(freshChecks(['值班电话', '卫星电话', '传真机']), JSON.stringify(left))
    expect(again).toEqual([{ item: '值班电话', state: '', remark: '' }, { item: '卫星电话', state: '', remark: '' }, { item: '传真机', state: 'faulty', remark: '卡纸' }])
  })
  it.each(['', '{', 'null '.trim()])('begins anew where nothing was left: %s', (left) => {
    expect(keptChecks(freshChecks(['值班电话']), left === 'null' ? '[]' : left)).toEqual(freshChecks(['值班电话']))
  })
})
