import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import type { Call } from '@/api/types'

vi.stubGlobal('window', globalThis)
vi.stubGlobal('document', { documentElement: {}, addEventListener: () => undefined, querySelectorAll: () => [], activeElement: null })
vi.stubGlobal('history', { pushState: () => undefined, replaceState: () => undefined, state: null })
vi.stubGlobal('location', { hash: '', pathname: '/', search: '' })
/** As little of localStorage as the page uses. */
const stored: Record<string, string> = {}
vi.stubGlobal('localStorage', {
  getItem: (k: string) => (k in stored ? stored[k] : null),
  setItem: (k: string, v: string) => { stored[k] = v },
  removeItem: (k: string) => { delete stored[k] },
})

const { useLateForm, useRemarks } = await import('@/state/form-drafts')
const { session } = await import('@/state/session')
const { wentToCall } = await import('@/state/aside')
const { desk, switchToWaiting } = await import('@/state/desk')

type User = NonNullable<typeof session.user>
const signIn = (username: string) => { session.user = username ? ({ username, name: username, roles: [] } as unknown as User) : null }

/** A page that is shown until it is left. */
function page<T>(setup: () => T): { got: T; leave: () => void } {
  const scope: EffectScope = effectScope()
  return { got: scope.run(setup) as T, leave: () => scope.stop() }
}

beforeEach(() => {
  Object.keys(stored).forEach((k) => delete stored[k])
  signIn('wang')
})

describe('交班备注', () => {
  it('is there again after another page was looked at', () => {
    const first = page(useRemarks)
    first.got.text = '2 号线路维修至 14:00，' // and half a sentence
    first.leave()
    expect(page(useRemarks).got.text).toBe('2 号线路维修至 14:00，')
  })

  it('is not shown to who signs in next, and comes back to who wrote it', () => {
    const p = page(useRemarks)
    p.got.text = '王值班写的'
    signIn('') // the idle lock
    expect(p.got.text).toBe('')
    signIn('li')
    expect(p.got.text).toBe('')
    p.got.text = '李娜写的'
    signIn('wang')
    expect(p.got.text).toBe('王值班写的')
    signIn('li')
    expect(p.got.text).toBe('李娜写的')
  })

  it('is gone when it was handed over', () => {
    const p = page(useRemarks)
    p.got.text = '交接清楚'
    p.got.text = ''
    expect(page(useRemarks).got.text).toBe('')
    expect(Object.keys(stored)).toEqual([])
  })

  it('that cannot be read is none', () => {
    stored['dutyline.remarks.wang/'] = '{"text":'
    expect(page(useRemarks).got.text).toBe('')
    stored['dutyline.remarks.wang/'] = '{"text":7}'
    expect(page(useRemarks).got.text).toBe('')
  })
})

describe('补录', () => {
  const shown = ref(true)
  const dialog = () => page(() => useLateForm(shown))
  const fill = { kind: 'fax' as const, at: '2026-11-27T03:10:00Z', blind: '2026-11-27T03:00:00Z', reason: '值班系统停机', sheet: '000012' }

  it('keeps its fields when it is shut and opened again', () => {
    shown.value = true
    const { got } = dialog()
    Object.assign(got.form, fill)
    shown.value = false // Esc
    shown.value = true
    expect(got.form).toMatchObject(fill)
  })

  it('keeps its fields over a reload, and the key with them: what was sent and not answered is not opened twice', () => {
    const before = dialog()
    Object.assign(before.got.form, fill)
    const key = before.got.form.key
    before.leave()
    expect(key).toMatch(/^[0-9a-f]{24}$/)
    expect(dialog().got.form).toEqual({ ...fill, key })
  })

  it('begins afresh with a key of its own once it was sent or thrown away', () => {
    const { got } = dialog()
    Object.assign(got.form, fill)
    const key = got.form.key
    got.clear()
    expect(got.form).toMatchObject({ kind: 'duty', at: '', blind: '', reason: '', sheet: '' })
    expect(got.form.key).not.toBe(key)
    expect(Object.keys(stored)).toEqual([])
  })

  it('is nobody else\'s', () => {
    const { got } = dialog()
    Object.assign(got.form, fill)
    signIn('li')
    expect(got.form.reason).toBe('')
  })

  it('steps aside when F2 brings a ringing call up, and loses nothing', () => {
    shown.value = true
    const { got } = dialog()
    Object.assign(got.form, fill)
    desk.calls.c1 = { id: 'c1', entry_id: 'e-1', direction: 'in', offered_at: '2026-11-27T04:00:00Z', ended_at: null, answered_at: null } as unknown as Call
    desk.waiting = ['c1']
    const before = wentToCall.value
    switchToWaiting()
    expect([wentToCall.value, shown.value]).toEqual([before + 1, false])
    shown.value = true
    expect(got.form).toMatchObject(fill)
  })

  it('stays where it is while no call waits', () => {
    shown.value = true
    dialog()
    desk.waiting = []
    switchToWaiting()
    expect(shown.value).toBe(true)
  })
})
