import { beforeEach, describe, expect, it } from 'vitest'
import type { Entry } from '@/api/types'
import { erasedText } from '@/i18n/spell'
import { erasureOf } from '@/logic/erased'
import { dropErased } from '@/state/drafts'
import { kinds, missingFields } from '@/state/kinds'
import type { Form } from '@/logic/draft'

/** The parts of a browser's storage that drafts use. */
class Storage {
  [key: string]: unknown
  getItem(k: string) { return Object.prototype.hasOwnProperty.call(this, k) ? this[k] : null }
  removeItem(k: string) { delete this[k] }
}

const erasedAt = '2026-11-26T08:00:00.000Z'
const draft = (id: string, at: number) => JSON.stringify({ id, at, fields: { content: { over: 1, mine: { value: '绝密', gap: null } } } })

describe('text on this PC after an erasure', () => {
  const at = Date.parse(erasedAt)
  beforeEach(() => {
    const s = new Storage()
    s['dutyline.draft.wang/e-1/a'] = draft('e-1', at - 1000)
    s['dutyline.draft.li/e-1/b'] = draft('e-1', at - 1)
    s['dutyline.draft.wang/e-1/c'] = draft('e-1', at + 1)
    s['dutyline.draft.wang/e-10/d'] = draft('e-10', at - 1000)
    s['dutyline.other'] = 'x'
    ;(globalThis as unknown as { localStorage: unknown }).localStorage = s
  })
  const left = () => Object.keys(localStorage).sort()

  it('goes when it is older, whoever typed it', () => {
    dropErased({ id: 'e-1', erased: [{ decision: 1, at: erasedAt, fields: ['content'] }] } as unknown as Entry)
    expect(left()).toEqual(['dutyline.draft.wang/e-1/c', 'dutyline.draft.wang/e-10/d', 'dutyline.other'])
  })

  it('stays when nothing was erased', () => {
    dropErased({ id: 'e-1', erased: [] } as unknown as Entry)
    dropErased({ id: 'e-1' } as unknown as Entry)
    expect(left()).toHaveLength(5)
  })
})

describe('an erased field', () => {
  const entry = (over: object) => ({ content: '', caller_unit: '', gaps: {}, erased: [{ decision: 1, at: erasedAt, fields: ['content'] }], ...over }) as unknown as Entry

  it('says by which decision it is empty, and when', () => {
    const x = erasureOf(entry({}), 'content')
    expect(x && erasedText(x)).toBe('（已依第 1 号删除决定抹去，2026-11-26 16:00:00）')
    expect(erasureOf(entry({}), 'caller_unit')).toBeNull()
    expect(erasureOf({ ...entry({}), erased: undefined }, 'content')).toBeNull()
  })

  it('is every field when the decision names none', () =>
    expect(erasureOf(entry({ erased: [{ decision: 2, at: erasedAt, fields: [] }] }), 'caller_unit')).toMatchObject({ decision: 2 }))

  it('is an ordinary one again once it is filled in', () =>
    expect(erasureOf(entry({ content: '已改正' }), 'content')).toBeNull())

  it('is not missing', () => {
    kinds.rules.duty = { kind: 'duty', required: ['caller_unit', 'content'], gaps: {} }
    const form = { caller_unit: { value: '', gap: null }, content: { value: '', gap: null } } as unknown as Form
    expect(missingFields('duty', form, entry({}))).toEqual(['caller_unit'])
    expect(missingFields('duty', form)).toEqual(['caller_unit', 'content'])
  })
})
