import { afterEach, describe, expect, it } from 'vitest'
import { ApiError } from '@/api/client'
import { lang, word } from '@/i18n'
import { problemText } from '@/i18n/problems'
import { partsOf } from '@/state/route'

afterEach(() => { lang.value = 'zh' })

const refusal = (reason: string) => new ApiError(409, 'Conflict', 'Who asked for it cannot decide it.', { type: '/problems/approval-' + reason })

describe('what takes two persons', () => {
  it('has a Chinese word for each of its kinds and states', () => {
    for (const k of ['erase', 'release_hold']) expect(word('approval.kind', k), k).toMatch(/[一-龥]/)
    for (const s of ['waiting', 'approved', 'declined', 'expired', 'done']) expect(word('approval.state', s), s).toMatch(/[一-龥]/)
  })
  it('has English words', () => {
    lang.value = 'en'
    expect([word('approval.kind', 'release_hold'), word('approval.state', 'approved')]).toEqual(['release the hold', 'approved, to be carried out'])
  })
  it('says in Chinese why it is not decided', () => {
    expect(problemText(refusal('same_person'))).toMatch(/^申请人本人不能审批/)
    expect(problemText(refusal('already_decided'))).toMatch(/已经有人审批/)
    expect(problemText(refusal('already_asked'))).toMatch(/正在等待/)
    expect(problemText(refusal('too_late'))).toMatch(/已过期/)
  })
  it('says it in the words of the daemon in English', () => {
    lang.value = 'en'
    expect(problemText(refusal('same_person'))).toBe('Who asked for it cannot decide it.')
  })
  it('has an address of its own, as the access log has', () => {
    expect(partsOf('#/approvals')).toEqual(['approvals'])
    expect(partsOf('#/access')).toEqual(['access'])
  })
})

describe('the three answers of a verification', () => {
  it('are told in both languages', () => {
    for (const answer of ['intact', 'altered', 'cannot tell']) expect(word('verify.verdict', answer)).toMatch(/[一-龥]/)
    lang.value = 'en'
    expect(word('verify.verdict', 'cannot tell')).toBe('cannot tell')
  })
  it('name what was looked at, and an unknown kind stays as it came', () => {
    for (const of of ['structure', 'file', 'numbers', 'revision', 'call', 'recording', 'access', 'approval', 'approval_step', 'recording files', 'attached files']) expect(word('verify.of', of), of).toMatch(/[一-龥]/)
    expect(word('verify.of', 'something new')).toBe('something new')
  })
})
