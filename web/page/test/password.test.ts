// A new password is refused by the page for what the daemon would refuse it, and for no more.
import { describe, expect, it } from 'vitest'
import { COMMON, passwordFault } from '@/logic/password'
import words from '../../../dutylog/password/common.txt?raw'
import cases from '../../../dutylog/testdata/passwords.json'

describe('a new password', () => {
  it.each(cases)('$password of $login: $fault', ({ login, password, fault }) => {
    const want = fault === 'login' ? 'simple' : fault // the page says both in one sentence
    expect(passwordFault('old-one-1', password, password, login)).toBe(want)
  })

  it('is compared with the same list of common ones as in the daemon', () => {
    expect(COMMON).toEqual(words.trim().split('\n'))
  })

  it('is another one than before', () => expect(passwordFault('old-one-1', 'old-one-1', 'old-one-1', 'x')).toBe('same'))

  it('is typed twice alike', () => expect(passwordFault('old-one-1', 'kettle-river-9', 'kettle-river', 'x')).toBe('differ'))
})
