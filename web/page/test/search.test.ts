import { describe, expect, it } from 'vitest'
import { excerpt, marked, wordsOf } from '@/logic/search'

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
    ['a.b*c', '.*', 'a.b[*]c'],
  ])('%s / %s', (text, query, want) => expect(shown(text, query)).toBe(want))
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
