import { beforeEach, describe, expect, it } from 'vitest'
import type { Call } from '@/api/types'
import type { MissedCall } from '@/api/quick'
import { ApiError } from '@/api/client'
import { lang, word } from '@/i18n'
import { problemText } from '@/i18n/problems'
import { quickEn, quickZh } from '@/i18n/quick'
import { callable, likelyWhy, needsWords, timesOf } from '@/logic/missed'
import rules from '../../../dutylog/missed.go?raw'
import refusals from '../../../telephony/callback.go?raw'

/** What a pattern finds in a source, group by group. */
function found(source: string, pattern: RegExp): string[][] {
  const all: string[][] = []
  source.replace(new RegExp(pattern.source, 'g'), (...m) => {
    all.push(m.filter((x): x is string => typeof x === 'string'))
    return ''
  })
  return all
}

const missedCall = (caller: string, e164 = ''): MissedCall => ({
  call: { id: caller, caller, caller_e164: e164, caller_name: '', outcome: 'missed', line: 'duty', entry_id: 'e-' + caller } as unknown as Call,
  settled_at: null, why: '', by_call: '', text: '', by: null,
})

describe('missed calls', () => {
  beforeEach(() => { lang.value = 'zh' })

  it('asks for words exactly where the daemon does', () => {
    const table = /settledByHand = \[\]struct \{[^}]*\}\{(.*)\}\n/.exec(rules)![1]
    const rows = found(table, /\{(\w+), (true|false)\}/)
    expect(rows).toHaveLength(6)
    for (const [, name, text] of rows) {
      const why = new RegExp(`\\b${name}\\s+SettledWhy = "(\\w+)"`).exec(rules)![1]
      expect(needsWords(why), why).toBe(text === 'true')
    }
    expect(needsWords('')).toBe(false)
  })

  it('has a word for every reason and every refusal of the daemon, in both languages', () => {
    const whys = found(rules, /SettledWhy = "(\w+)"/).map((m) => m[1])
    expect(whys).toHaveLength(10)
    for (const why of whys) expect(word('settled', why), why).not.toBe(why)
    const all = found(refusals, /CallBackRefusal = "(\w+)"/).map((m) => m[1]).filter((r) => r !== 'no_such_line')
    expect(all).toHaveLength(9)
    for (const r of all) {
      const said = problemText(new ApiError(409, 'x', 'x', { type: '/problems/call-back-' + r }))
      expect(said, r).toBe((quickZh as Record<string, string>)['back.' + r])
    }
    expect(Object.keys(quickEn).sort()).toEqual(Object.keys(quickZh).sort())
  })

  it('offers what is likely', () => {
    expect(likelyWhy(missedCall('13800001111'))).toBe('other_phone')
    for (const none of ['', 'anonymous', 'Restricted']) expect(likelyWhy(missedCall(none)), none).toBe('no_number')
  })

  it('counts who tried again', () => {
    const items = [missedCall('02422730001', '+862422730001'), missedCall('22730001', '+862422730001'), missedCall('8021'), missedCall('anonymous'), missedCall('anonymous')]
    expect(timesOf(items)).toEqual({ '+862422730001': 2, '8021': 1 })
    expect(timesOf([])).toEqual({})
  })

  it('offers a call back for numbers only', () => {
    for (const yes of ['13800001111', '024-2273 0001', '+8613800001111', '8021', '110']) expect(callable(yes), yes).toBe(true)
    for (const no of ['', 'anonymous', '*57*13900001111#', '**21*1#', '#57#', '未显示']) expect(callable(no), no).toBe(false)
  })
})
