import { describe, expect, it } from 'vitest'
import { lang, word } from '@/i18n'
import type { Access } from '@/api/access'
import { ACTIONS, entryNumber, isHere, objectText } from '@/logic/access'

const access = (change: Partial<Access>): Access => ({
  id: 1, at: '2026-11-27T06:00:00.000Z', by: { login: 'li', name: '李娜', role: 'officer' }, action: 'entry.see', object: 'e-1', address: '10.0.0.7', entry_id: '', entry_number: '', ...change,
})

describe('what was seen or taken', () => {
  it('is the number of its entry, whatever the object is called', () => {
    for (const object of ['e-1795436279.0', '1795436279.0', 'e-1795436279.0/4']) {
      expect(objectText(access({ object, entry_id: 'e-1795436279.0', entry_number: '2026-000123' }))).toBe('2026-000123')
    }
  })
  it('has a word where it is a list, and stays a name where it has none', () => {
    lang.value = 'zh'
    expect(objectText(access({ object: 'entries' }))).toBe('条目列表')
    expect(objectText(access({ object: 'handover sheet' }))).toBe('交接班单（当前）')
    expect(objectText(access({ object: '值班日志-2026-11-27' }))).toBe('值班日志-2026-11-27')
    expect(objectText(access({ action: 'handover.see', object: 'handover 2' }))).toBe('交接单第 2 号')
    expect(objectText(access({ action: 'call.back', object: 'dutyline.back.BZDPP' }))).toBe('')
    expect(objectText(access({ action: 'call.back', object: 'dutyline.back.BZDPP', entry_number: '2026-000123' }))).toBe('2026-000123')
    lang.value = 'en'
    expect(objectText(access({ object: 'calls' }))).toBe('list of calls')
    lang.value = 'zh'
  })
  it('was seen at this machine when there is no other address', () => {
    expect([isHere(access({ address: '' })), isHere(access({ address: '127.0.0.1' })), isHere(access({ address: '::1' })), isHere(access({}))]).toEqual([true, true, true, false])
  })
})

describe('every action', () => {
  for (const l of ['zh', 'en'] as const) {
    it('has a word in ' + l, () => {
      lang.value = l
      for (const a of ACTIONS) expect(word('access.do', a), a).not.toBe(a)
      lang.value = 'zh'
    })
  }
  it('is offered once', () => {
    expect(new Set(ACTIONS).size).toBe(ACTIONS.length)
  })
})

describe('a number of an entry', () => {
  it('is read however it was typed', () => {
    for (const text of ['2026-000123', '2026-123', ' 2026 - 123 ', '２０２６－１２３', '2026—123']) expect(entryNumber(text), text).toBe('2026-000123')
    expect(entryNumber('2026-1234567')).toBe('2026-1234567')
  })
  it('is not taken for what is none', () => {
    for (const text of ['', '123', '2026-', 'e-1.0', '26-1', '2026-12-1']) expect(entryNumber(text), text).toBe('')
  })
})
