import { describe, expect, it } from 'vitest'
import type { Call, Entry } from '@/api/types'
import { word } from '@/i18n'
import { callsBeside, gist, type Dealings } from '@/logic/dealings'
import rules from '../../../dutylog/dealings.go?raw'

const entry = (id: string, more: Partial<Entry> = {}): Entry => ({ id, content: '', ...more } as unknown as Entry)
const call = (id: string): Call => ({ id } as unknown as Call)

describe('what there was with a number', () => {
  it('says what an entry is about in one line', () => {
    expect(gist(null)).toBe('')
    expect(gist(entry('1'))).toBe('')
    expect(gist(entry('1', { content: ' 沈阳路\n起火 ' }))).toBe('沈阳路 起火')
    expect(gist(entry('1', { content: '  ', call_back_result: '已回拨' }))).toBe('已回拨')
    expect(gist(entry('1', { called_why: '核实', check_result: '在岗' }))).toBe('在岗')
    expect(gist(entry('1', { content: '长'.repeat(50) }))).toBe('长'.repeat(40) + '…')
    expect(gist(entry('1', { content: '长'.repeat(40) }))).toBe('长'.repeat(40))
    expect(gist(entry('1', { content: '😀'.repeat(5) }), 4)).toBe('😀😀😀😀…') // no half of a sign
  })

  it('shows an open matter once', () => {
    const d: Dealings = {
      calls: [{ call: call('3'), entry: entry('e-3') }, { call: call('2'), entry: entry('e-2') }, { call: call('1'), entry: null }],
      open: [{ entry: entry('e-2'), why: 'same_number' }, { entry: entry('e-9'), why: 'same_unit' }],
    }
    expect(callsBeside(d).map((c) => c.call.id)).toEqual(['3', '1'])
    expect(callsBeside({ calls: [], open: [] })).toEqual([])
  })

  it('has a word for each reason of the daemon', () => {
    const whys: string[] = []
    rules.replace(/ConcernWhy = "(\w+)"/g, (_, why) => { whys.push(why); return '' })
    expect(whys).toHaveLength(3)
    for (const why of whys) expect(word('concern', why), why).not.toBe(why)
  })
})
