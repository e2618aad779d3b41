import { beforeEach, describe, expect, it } from 'vitest'
import type { Entry, StepKind } from '@/api/types'
import { dropErased } from '@/state/drafts'
import { afterSent, keepStep, keptStep, type StepDraft } from '@/state/step-draft'

const line = (d: Partial<StepDraft>): StepDraft => ({ kind: 'reported' as StepKind, whom: '', text: '', at: '', ...d })

/** As little of localStorage as the page uses: keys are its own properties. */
function storage(refuses = false): Record<string, unknown> {
  const s: Record<string, unknown> = {}
  const hidden = (name: string, value: unknown) => Object.defineProperty(s, name, { value, enumerable: false })
  hidden('getItem', (k: string) => (k in s ? s[k] : null))
  hidden('setItem', (k: string, v: string) => {
    if (refuses) throw new Error('full')
    s[k] = v
  })
  hidden('removeItem', (k: string) => delete s[k])
  return s
}
const use = (s: unknown) => ((globalThis as unknown as { localStorage: unknown }).localStorage = s)

describe('a line of 办理过程 that was not added', () => {
  beforeEach(() => use(storage()))

  it('comes back to who typed it, for that entry only', () => {
    const d = line({ whom: '市应急局', text: '已电话报告，对方王科长', at: '2026-11-27T12:30:00Z', kind: 'fed_back' as StepKind })
    keepStep('wang', 'e-1/2', d)
    expect(keptStep('wang', 'e-1/2')).toEqual(d)
    expect(keptStep('li', 'e-1/2')).toBeNull()
    expect(keptStep('wang', 'e-1')).toBeNull()
  })

  it('is nothing without a word, and goes when it was added', () => {
    keepStep('wang', 'e-1', line({ at: '2026-11-27T12:30:00Z', text: '  ' }))
    expect(keptStep('wang', 'e-1')).toBeNull()
    keepStep('wang', 'e-1', line({ whom: '街道办' }))
    keepStep('wang', 'e-1', line({}))
    expect(Object.keys(localStorage)).toEqual([])
  })

  it('is not read when somebody spoiled it, and costs nothing where nothing can be kept', () => {
    localStorage.setItem('dutyline.step.wang/e-1', '{"whom":')
    expect(keptStep('wang', 'e-1')).toBeNull()
    localStorage.setItem('dutyline.step.wang/e-1', '{"whom":1}')
    expect(keptStep('wang', 'e-1')).toBeNull()
    use(storage(true))
    expect(() => keepStep('wang', 'e-1', line({ text: 'x' }))).not.toThrow()
  })

  it('loses nothing that was typed while it was being added', () => {
    const sent = line({ whom: '市应急局', text: '已电话报告', at: '2026-11-27T12:30:00Z', due: '', channel: 'fax' })
    const next = 'fed_back' as StepKind
    expect(afterSent(sent, sent, next)).toEqual({ kind: next, whom: '', text: '', at: '', due: '', channel: 'phone' })
    expect(afterSent(sent, { ...sent, text: '省厅回电，要求续报' }, next)).toEqual({ kind: 'reported', whom: '', text: '省厅回电，要求续报', at: '', due: '', channel: 'fax' })
    expect(afterSent(sent, { ...sent, kind: 'instructed' as StepKind, whom: '李局长' }, next)).toEqual({ kind: 'instructed', whom: '李局长', text: '', at: '', due: '', channel: 'fax' })
  })

  it('goes with an erasure of its entry, unless it was typed since', () => {
    const erased = Date.parse('2026-11-27T12:00:00Z')
    keepStep('wang', 'e-1', line({ text: '涉密内容' }), erased - 1)
    keepStep('li', 'e-1', line({ text: '之后写的' }), erased + 1)
    keepStep('wang', 'e-2', line({ text: '别的条目' }), erased - 1)
    dropErased({ id: 'e-1', erased: [{ decision: 1, at: '2026-11-27T12:00:00Z', fields: ['content'] }] } as unknown as Entry)
    expect([keptStep('wang', 'e-1'), keptStep('li', 'e-1')?.text, keptStep('wang', 'e-2')?.text]).toEqual([null, '之后写的', '别的条目'])
  })
})
