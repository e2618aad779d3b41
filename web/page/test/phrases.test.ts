import { describe, expect, it } from 'vitest'
import type { Phrase } from '@/api/quick'
import { blankBefore, blanksLeft, codeBefore, fitting, inserted, matching, nextBlank, offered } from '@/logic/phrases'

let n = 0
const phrase = (code: string, more: Partial<Phrase> = {}): Phrase => ({ phrase: ++n, field: 'content', category: '', code, title: code.toUpperCase(), text: code + '文', ended: false, ...more })
const all = [
  phrase('tf', { category: '突发事件' }), phrase('hz', { category: '突发事件' }), phrase('yj', { category: '预警信息' }), phrase('old', { ended: true }),
  phrase('xc'), phrase('sw'), phrase('jt', { field: 'call_back_result' }),
]
const codes = (list: Phrase[]) => list.map((p) => p.code)

describe('phrases', () => {
  it('offers those of the category first, and of every category the first one as long as there is none', () => {
    expect(codes(offered(all, 'content', '突发事件'))).toEqual(['tf', 'hz', 'xc', 'sw'])
    expect(codes(offered(all, 'content', '预警信息'))).toEqual(['yj', 'xc', 'sw'])
    expect(codes(offered(all, 'content', '其他'))).toEqual(['xc', 'sw'])
    expect(codes(offered(all, 'content', ''))).toEqual(['tf', 'yj', 'xc', 'sw'])
    expect(codes(offered(all, 'call_back_result', '突发事件'))).toEqual(['jt'])
    expect(offered(all, 'read_back', '')).toEqual([])
    expect(offered(Array.from({ length: 20 }, (_, i) => phrase('a' + i)), 'content', '')).toHaveLength(9) // one for each digit
  })

  it('draws as many keys as there is room for', () => {
    const list = [phrase('aa', { title: '突发事件' }), phrase('bb', { title: '火灾' }), phrase('cc', { title: 'Traffic' })]
    expect([0, 85, 86, 146, 147, 235, 236, 1000].map((w) => fitting(list, w))).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
    expect(fitting([], 500)).toBe(0)
    expect(fitting(list, -100)).toBe(0)
  })

  it('finds by code, name and text, the code first', () => {
    const list = [phrase('ab', { text: '含有 xy' }), phrase('xyz'), phrase('xy'), phrase('cd', { title: 'xy的' })]
    expect(codes(matching(list, 'content', 'XY '))).toEqual(['xy', 'xyz', 'cd', 'ab'])
    expect(codes(matching(list, 'content', ''))).toEqual(['ab', 'xyz', 'xy', 'cd'])
    expect(matching(list, 'content', '没有')).toEqual([])
    expect(matching([phrase('xy', { ended: true })], 'content', 'xy')).toEqual([])
  })

  it('inserts where the caret is and selects the first blank', () => {
    expect(inserted('', 0, 0, '〔时间〕，〔地点〕起火。')).toEqual({ value: '〔时间〕，〔地点〕起火。', from: 0, to: 4 })
    expect(inserted('接报：', 3, 3, '在〔地点〕')).toEqual({ value: '接报：在〔地点〕', from: 4, to: 8 })
    expect(inserted('甲乙丙', 1, 2, '暂无伤亡。')).toEqual({ value: '甲暂无伤亡。丙', from: 6, to: 6 })
    expect(inserted('已到场。', 4, 4, '暂无伤亡。').value).toBe('已到场。\n暂无伤亡。') // a sentence of its own
    expect(inserted('已到场。', 4, 4, '〔人数〕').from).toBe(5)
    expect(inserted('已到场，', 4, 4, '暂无伤亡。').value).toBe('已到场，暂无伤亡。')
    expect(inserted('hz', 0, 2, '火灾')).toEqual({ value: '火灾', from: 2, to: 2 })
  })

  it('goes from blank to blank, and begins anew behind the last one', () => {
    const text = '〔时间〕，在〔地点〕发生〔〕。'
    expect(nextBlank(text, 0)).toEqual({ from: 0, to: 4 })
    expect(nextBlank(text, 4)).toEqual({ from: 6, to: 10 })
    expect(nextBlank(text, 10)).toEqual({ from: 12, to: 14 })
    expect(nextBlank(text, 14)).toEqual({ from: 0, to: 4 })
    expect(nextBlank('没有空白', 0)).toBeNull()
    expect(nextBlank('只开了〔头', 0)).toBeNull()
    expect(blankBefore(text, 6)).toEqual({ from: 0, to: 4 })
    expect(blankBefore(text, 12)).toEqual({ from: 6, to: 10 })
    expect(blankBefore(text, 0)).toEqual({ from: 12, to: 14 })
    expect(blankBefore('没有', 2)).toBeNull()
    expect(blanksLeft(text)).toBe(3)
    expect(blanksLeft('〔时间')).toBe(0)
    expect(blanksLeft('')).toBe(0)
  })

  it('walks every blank once, whatever is typed into each', () => {
    let text = inserted('', 0, 0, '〔时间〕，〔地点〕发生〔事件〕；伤亡：〔伤亡〕。').value
    let caret = 0
    const words = ['8时许', '沈阳路', '火灾', '无']
    for (const w of words) {
      const b = nextBlank(text, caret)!
      text = text.slice(0, b.from) + w + text.slice(b.to)
      caret = b.from + w.length
    }
    expect(text).toBe('8时许，沈阳路发生火灾；伤亡：无。')
    expect(nextBlank(text, caret)).toBeNull()
  })

  it('knows a code before the caret, and nothing that only looks like one', () => {
    expect(codeBefore(all, 'content', 'hz', 2)).toMatchObject({ start: 0, phrase: { code: 'hz' } })
    expect(codeBefore(all, 'content', '现场HZ', 4)).toMatchObject({ start: 2 })
    expect(codeBefore(all, 'content', 'hz了', 2)).toMatchObject({ start: 0 })
    for (const [text, caret] of [['hz', 1], ['xhz', 3], ['119', 3], ['hz ', 3], ['old', 3], ['jt', 2], ['', 0], ['沈A12345', 7]] as [string, number][]) {
      expect(codeBefore(all, 'content', text, caret), text).toBeNull()
    }
    expect(codeBefore(all, 'call_back_result', 'jt', 2)).not.toBeNull()
  })
})
