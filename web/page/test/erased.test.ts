import { beforeEach, describe, expect, it } from 'vitest'
import type { Entry } from '@/api/types'
import { dropErased } from '@/state/drafts'

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
