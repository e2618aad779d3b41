import { describe, expect, it } from 'vitest'
import type { Entry } from '@/api/types'
import { partsOf } from '@/i18n/found'
import { elsewhere, excerpt, marked, SIGNS_APART, wordsOf } from '@/logic/search'
import { askOf, filterOf, kept } from '@/state/search'
import mask from '../../../dutylog/mask.go?raw'

const shown = (text: string, query: string) => marked(text, wordsOf(query)).map((p) => (p.hit ? '[' + p.text + ']' : p.text)).join('')

describe('what was looked for is marked', () => {
  it.each([
    ['沈河区火灾', '火灾', '沈河区[火灾]'],
    ['火灾，又是火灾', '火灾', '[火灾]，又是[火灾]'],
    ['沈河区火灾', '河区 区火', '沈[河区火]灾'],
    ['型号ＡＢ１２', 'ab12', '型号[ＡＢ１２]'],
    ['aaa', 'aa', '[aaa]'],
    ['没有', '火', '没有'],
    ['', '火', ''],
    ['a.b*c', '.*', 'a.b*c'],
    ['暴雪红色预警', '《暴雪》', '[暴雪]红色预警'],
    ['暴雪红色预警', '【暴雪】', '[暴雪]红色预警'],
    ['暴雪红色预警', '暴雪/红色', '[暴雪红色]预警'],
    ['暴雪红色预警', '暴雪—红色', '[暴雪红色]预警'],
    ['南塔街燃气泄漏', '南塔街·燃气', '[南塔街燃气]泄漏'],
    ['《暴雪》一事', '<暴雪>', '《[暴雪]》一事'],
    ['回电131.2345.6701', '13123456701', '回电[131.2345.6701]'],
    ['回电132–2345–6702。', '132-2345-6702', '回电[132–2345–6702]。'],
    ['回电135/2345/6706', '135.2345', '回电[135/2345]/6706'],
    ['𠮷野家', '𠮷野', '[𠮷野]家'],
    ['2026-000002', '2026-000002', '[2026-000002]'],
    ['138 0000 2222', '13800002222', '[138 0000 2222]'],
    ['024-22730001', '02422', '[024-22]730001'],
    ['电话（024）2273-0001。', '(024)22730001', '电话（[024）2273-0001]。'],
    ['139****1111', '13900001111', '139****1111'],
    ['１３８　００００', '+138 0000', '[１３８]　[００００]'],
    ['3 - 5 人', '5 人', '3 - [5] [人]'],
    ['定于14:35开会', '14:35', '定于[14:35]开会'],
    ['定于１４：３５开会', '14:35', '定于[１４：３５]开会'],
    ['时间:14', '时间:14', '[时间]:[14]'],
    ['比分1:2', ':1:2:', '比分[1:2]'],
    ['2026-11-23 14:35', '2026-11-23 14:35', '[2026-11-23] [14:35]'],
  ])('%s / %s', (text, query, want) => expect(shown(text, query)).toBe(want))
})

it('the signs between the digits of a number are those of the daemon', () => {
  const said = /signsApart\s*= ("[^"]+")/.exec(mask)
  expect(said && JSON.parse(said[1])).toBe(SIGNS_APART)
})

it('a search goes on as it was asked, whatever stands in the box by then', () => {
  const asked = { ...kept, words: '起火' }
  const first = askOf(asked, null)
  expect(first && first.filter).toMatchObject({ q: '起火', order: 'newest' })
  asked.words = '停电'
  asked.unit = '沈河'
  expect(askOf(asked, first)).toBe(first) // more of the same
  expect(first && first.words).toBe('起火')
  const anew = askOf(asked, null)
  expect(anew && anew.filter).toMatchObject({ q: '停电', unit: '沈河' })
  expect(anew && anew.words).toBe('停电')
  expect(askOf({ ...kept, words: '' }, null)).toBeNull()
})

it('a long text is cut around the first word', () => {
  const text = '前'.repeat(200) + '火灾' + '后'.repeat(200)
  const part = excerpt(text, ['火灾'], 80)
  expect(part).toContain('火灾')
  expect(part.length).toBe(82)
  expect(part.startsWith('…前') && part.endsWith('后…')).toBe(true)
  expect(excerpt('短', ['火灾'], 80)).toBe('短')
  expect(excerpt('文'.repeat(100), ['火灾'], 80)).toBe('文'.repeat(80) + '…')
})

it('no character is cut in two', () => {
  const text = '𠮷'.repeat(100) + '火' + '𠮷'.repeat(100)
  for (const length of [40, 41, 42, 43]) {
    const part = excerpt(text, ['火'], length).replace(/…/g, '')
    expect(part.replace(/𠮷|火/g, '')).toBe('')
  }
})

const entry = (more: Partial<Entry>) =>
  ({ id: 'e-1', entry_number: '2026-000002', kind: 'duty', number: '02422730001', number_e164: '+862422730001', rostered: '李娜', responsible: '王强', gaps: {}, content: '前'.repeat(200) + '停电', ...more }) as Entry
describe('a whole number', () => {
  it('marks a number that was written without its area, as the daemon finds it', () => {
    expect(shown('请回电2273-0001', '024-22730001')).toBe('请回电[2273-0001]')
    expect(wordsOf('400-600-1234 13904015678')).not.toContain('6001234')
  })

  it('is marked whatever prefixes were typed before it', () => {
    for (const query of ['0086 139 0401 5678', '013904015678', '+8613904015678', '139-0401-5678']) {
      expect(shown('请回电139 0401 5678，张工', query), query).toBe('请回电[139 0401 5678]，张工')
    }
    for (const query of ['024-2273 0099', '008624 22730099', '＋86 24 2273 0099']) expect(shown('电话(024)2273-0099', query), query).toMatch(/24\)2273-0099\]$/)
    expect(wordsOf('电话02422739110号')).toEqual(['电话02422739110号'])
  })
})

const alsoOf = (e: Entry, query: string) => elsewhere([e.entry_number, e.content.slice(0, 20)], partsOf(e), wordsOf(query), 40).map((p) => p.name + '：' + p.text)

describe('a word that the row does not show is shown where it stands', () => {
  it.each<[string, Partial<Entry>, string, string[]]>([
    ['in a field', { warning_level: '红色' }, '红色', ['预警级别：红色']],
    ['far back in the content', {}, '停电', ['电话内容：…' + '前'.repeat(10) + '停电']],
    ['in the number as it came', {}, '024-2273', ['号码：02422730001']],
    ['in a form of the number', { number: '22730001' }, '0242273', ['号码：024-22730001']],
    ['with the code of the country', {}, '+8624', ['号码：+862422730001']],
    ['a masked number', { number: '024****0001', number_e164: '+8624****0001' }, '02422730001', []],
    ['who was on duty', {}, '王强 李娜', ['当班值班员：王强', '排班值班员：李娜']],
    ['why it was corrected', { correction: '单位写错' }, '写错', ['更正原因：单位写错']],
    ['two words in one field once', { place: '青年大街火锅店' }, '青年 火锅', ['地点：青年大街火锅店']],
    ['what the row shows', {}, '2026-000002', []],
    ['in the name of what is attached', { attached: ['传真.pdf', '现场照片.jpg'] }, '照片', ['附件：现场照片.jpg']],
    ['the time of the call', { call_at: '2026-11-23T06:35:10.000Z' }, '14:35', ['时间：2026-11-23 14:35']],
    ['its day, in words', { call_at: '2026-11-23T06:35:10.000Z' }, '11月23日', ['时间：2026年11月23日 14时35分']],
    ['its day, in digits', { call_at: '2026-11-23T06:35:10.000Z' }, '2026-11-23', ['时间：2026-11-23 14:35']],
    ['when it happened', { happened_at: '2026-03-05T06:07:00.000Z' }, '3月5日', ['事发时间：2026年3月5日 14时07分']],
    ['nowhere', {}, '没有', []],
  ])('%s', (_, more, query, want) => expect(alsoOf(entry(more), query)).toEqual(want))

  it('in a step, in why it was struck, and in the reason of a gap', () => {
    const by = { login: 'wang', name: '王强' }
    const steps = [{ number: 1, kind: 'reported', at: '', whom: '张局长', text: '已报告', call_id: '', by, written_at: '', struck: { reason: '报错人', by, at: '' } }]
    const e = entry({ steps, gaps: { caller_person: { why: 'refused', reason: '不愿透露' } } } as unknown as Partial<Entry>)
    expect(alsoOf(e, '张局长')[0]).toContain('张局长 已报告')
    expect(alsoOf(e, '报错人')[0]).toContain('报错人')
    expect(alsoOf(e, '透露')[0]).toContain('不愿透露')
  })
})

describe('what the daemon is asked', () => {
  const nothing = { ...kept }
  it('is nothing without a word and a filter', () => {
    expect(filterOf(nothing)).toBeNull()
    expect(filterOf({ ...nothing, words: '  ', unit: ' ', officer: ' ' })).toBeNull()
  })
  it.each([
    ['words', '停电', 'q', '停电'],
    ['unit', ' 沈河 ', 'unit', '沈河'],
    ['officer', '王强', 'officer', '王强'],
    ['outcome', 'missed', 'outcome', 'missed'],
    ['category', '突发事件', 'category', '突发事件'],
    ['kind', 'fax', 'kind', 'fax'],
    ['state', 'open', 'state', 'open'],
    ['handling', 'pending', 'handling', 'pending'],
  ])('%s alone lists, the newest first', (field, value, asks, sent) => {
    const f = filterOf({ ...nothing, [field]: value })
    expect(JSON.parse(JSON.stringify(f))).toEqual({ [asks]: sent, order: 'newest' })
  })
  it('days alone, both of them whole', () => {
    const f = filterOf({ ...nothing, days: ['2026-11-27', '2026-11-27'] })!
    expect(Date.parse(f.to!) - Date.parse(f.from!)).toBe(86_400_000)
  })
})
