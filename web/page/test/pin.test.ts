import { describe, expect, it } from 'vitest'
import { quickEn, quickZh } from '@/i18n/quick'
import { pinFault } from '@/logic/pin'
import rules from '../../../dutylog/device_test.go?raw'

describe('a new short secret', () => {
  it.each([
    ['4711', '4711', ''], ['20261127', '20261127', ''], ['0', '0', 'form'], ['471', '471', 'form'], ['123456789', '123456789', 'form'], ['47a1', '47a1', 'form'], ['４７１１', '４７１１', 'form'],
    ['', '', 'form'], ['1111', '1111', 'simple'], ['1234', '1234', 'simple'], ['8901', '8901', 'simple'], ['4321', '4321', 'simple'], ['1098', '1098', 'simple'], ['4711', '4712', 'differ'], ['4711', '', 'differ'],
  ])('%s typed again as %s: %s', (pin, again, fault) => {
    expect(pinFault(pin, again)).toBe(fault)
  })

  it('is judged as the daemon judges it', () => {
    const lists = (rules.match(/for _, pin := range \[\]string\{[^}]*\}/g) || []).map((l) => (l.match(/"([^"]*)"/g) || []).map((q) => q.slice(1, -1)))
    expect(lists.length).toBe(2)
    expect(lists[0].filter((pin) => !pinFault(pin, pin))).toEqual([])
    expect(lists[1].filter((pin) => pinFault(pin, pin))).toEqual([])
    expect(Math.min(lists[0].length, lists[1].length)).toBeGreaterThan(4)
  })

  it('has a word for each fault, and its rule beside the field', () => {
    for (const words of [quickZh, quickEn] as Record<string, string>[]) {
      for (const key of ['pin.rule', 'pin.again', 'pin.differ', 'pin.form', 'pin.simple']) expect(words[key]).toBeTruthy()
    }
  })
})
