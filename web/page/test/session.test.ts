// One entry being written, against a stand-in for the daemon's PATCH.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FIELDS, type Entry, type EntryPatch } from '@/api/types'

function storage(): Storage {
  const methods = {
    getItem(this: Record<string, string>, k: string) { return k in this ? this[k] : null },
    setItem(this: Record<string, string>, k: string, v: string) { this[k] = v },
    removeItem(this: Record<string, string>, k: string) { delete this[k] },
  }
  return Object.create(methods) as Storage
}
vi.stubGlobal('window', globalThis)
vi.stubGlobal('localStorage', storage())
vi.stubGlobal('sessionStorage', storage())

const { api, ApiError } = await import('@/api/client')
const { EntrySession } = await import('@/state/entry-session')
const { kinds } = await import('@/state/kinds')
const { kept, take } = await import('@/state/drafts')

let stands: Entry
let offline = false
const patches: EntryPatch[] = []
const needsReason = () => new ApiError(422, 'invalid', 'body.reason: the entry is complete', { errors: [{ location: 'body.reason', message: '' }] })

function blank(): Entry {
  const e = {} as Entry
  for (const f of FIELDS) e[f] = ''
  return {
    ...e, id: 'e-1', call_id: '1', line: 'duty', kind: 'duty', state: 'open', revision: 1, call_at: null, number: '', number_e164: '',
    rostered: '', responsible: '', written_by: '', read_back_by: '', read_back_at: null, opened_at: null, completed_at: null,
    gaps: {}, candidates: [], missing: [],
  }
}

/** Changes the entry as the daemon would. */
function amend(patch: EntryPatch): Entry {
  const { revision, gaps, reason, ...values } = patch
  if (revision !== stands.revision) throw new ApiError(409, 'stale', '', { entry: stands })
  if (stands.state === 'complete' && !reason) throw needsReason()
  stands = { ...stands, correction: reason, ...values, gaps: { ...stands.gaps, ...gaps } as Entry['gaps'], revision: revision + 1 }
  return stands
}

beforeEach(() => {
  vi.useFakeTimers()
  stands = blank()
  offline = false
  patches.length = 0
  kinds.rules = {
    duty: { kind: 'duty', required: ['content'], gaps: { content: ['not_given'] } },
    nuisance: { kind: 'nuisance', required: [], gaps: {} },
  }
  vi.spyOn(api, 'amend').mockImplementation(async (_id, patch) => {
    if (offline) throw new ApiError(0, 'offline', '')
    patches.push(patch)
    return amend(patch)
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const open = (stored: ReturnType<typeof take> = null) =>
  new EntrySession('officer', stands, stored, () => undefined)

describe('writing an entry', () => {
  it('is saved once the hand rests, as one patch', async () => {
    const s = open()
    s.setValue('content', '火')
    await vi.advanceTimersByTimeAsync(300)
    s.setValue('content', '火灾')
    expect(s.state.save).toBe('dirty')
    expect(patches).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    expect(patches).toEqual([{ revision: 1, content: '火灾' }])
    expect(s.state.save).toBe('saved')
    expect(take('officer', 'e-1')).toBeNull()
  })

  it('is saved at least every three seconds while somebody types on and on', async () => {
    const s = open()
    for (let i = 0; i < 20; i++) {
      s.setValue('content', '字'.repeat(i + 1))
      await vi.advanceTimersByTimeAsync(300)
    }
    expect(patches.length).toBeGreaterThanOrEqual(1)
    await vi.advanceTimersByTimeAsync(5000)
    expect(stands.content).toBe('字'.repeat(20))
  })

  it('loses nothing while the daemon is away, and says so', async () => {
    offline = true
    const s = open()
    s.setValue('content', '断线')
    await vi.advanceTimersByTimeAsync(2000)
    expect(s.state.save).toBe('retry')
    expect(kept['e-1']).toBe(true)
    const stored = take('officer', 'e-1')
    expect(stored!.fields.content!.mine.value).toBe('断线')
    expect(take('somebody else', 'e-1')).toBeNull()
    offline = false
    await vi.advanceTimersByTimeAsync(20_000)
    expect(stands.content).toBe('断线')
    expect(s.state.save).toBe('saved')
    expect(kept['e-1']).toBeUndefined()
  })

  it('keeps on this PC what was typed, and nothing that the daemon holds', async () => {
    stands = { ...stands, content: '服务器上的内容', caller_unit: '沈河区' }
    offline = true
    const s = open()
    s.setValue('content', '新写的')
    await vi.advanceTimersByTimeAsync(1000)
    s.stop()
    const all = Object.keys(localStorage).map((k) => localStorage.getItem(k)).join()
    expect(all).toContain('新写的')
    expect(all).not.toMatch(/服务器上的|沈河区/)
    offline = false
    stands = blank()
    localStorage.removeItem(Object.keys(localStorage)[0])
  })

  it('confirms a read-back anew in two steps that the daemon sees', async () => {
    stands = { ...stands, content: '改过', read_back: 'done', changed_after_read_back: true }
    const s = open()
    await s.toggleReadBack()
    await vi.advanceTimersByTimeAsync(1000)
    expect(patches.map((p) => p.read_back)).toEqual(['', 'done'])
    stands = { ...stands, changed_after_read_back: false }
    s.onServer({ ...stands })
    await s.toggleReadBack()
    await vi.advanceTimersByTimeAsync(1000)
    expect(stands.read_back).toBe('')
  })

  it('leaves the tick away when the daemon cannot be told that it was read back again', async () => {
    stands = { ...stands, read_back: 'done', changed_after_read_back: true }
    offline = true
    const s = open()
    await s.toggleReadBack()
    expect(s.state.draft.form.read_back.value).toBe('')
    s.stop()
    localStorage.removeItem(Object.keys(localStorage)[0])
  })

  it('sends after a reload what was kept', async () => {
    offline = true
    const before = open()
    before.setValue('content', '没来得及')
    await vi.advanceTimersByTimeAsync(1000)
    before.stop()
    offline = false
    const after = open(take('officer', 'e-1'))
    expect(after.state.draft.form.content.value).toBe('没来得及')
    await vi.advanceTimersByTimeAsync(1000)
    expect(stands.content).toBe('没来得及')
  })

  it('merges a stale save silently when other fields were changed', async () => {
    const s = open()
    amend({ revision: 1, category: '其他' })
    s.setValue('content', '我的')
    await vi.advanceTimersByTimeAsync(2000)
    expect([stands.content, stands.category]).toEqual(['我的', '其他'])
    expect(s.state.draft.form.category.value).toBe('其他')
  })

  it('stops at a conflict until a person has chosen', async () => {
    const s = open()
    amend({ revision: 1, content: '他的' })
    s.setValue('content', '我的')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(s.state.save).toBe('conflict')
    expect(stands.content).toBe('他的')
    expect(await s.complete()).toBe('conflict')
    s.choose('content', 'both')
    await vi.advanceTimersByTimeAsync(2000)
    expect(stands.content).toBe('他的\n我的')
    expect(s.state.save).toBe('saved')
  })

  it('writes no kind over that somebody else chose: a person decides', async () => {
    const s = open()
    s.setKind('patrol')
    amend({ revision: 1, kind: 'wechat' }) // stored before this one's save arrived
    await vi.advanceTimersByTimeAsync(10_000)
    expect([stands.kind, s.state.save, s.state.draft.kindConflict]).toEqual(['wechat', 'conflict', 'wechat'])
    s.setValue('content', '其余照常保存')
    await vi.advanceTimersByTimeAsync(2000)
    expect([stands.kind, stands.content, s.state.save]).toEqual(['wechat', '其余照常保存', 'conflict'])
    expect(await s.complete()).toBe('conflict')
    expect(stands.state).toBe('open')
    s.chooseKind('mine')
    await vi.advanceTimersByTimeAsync(2000)
    expect([stands.kind, s.state.save]).toEqual(['patrol', 'saved'])
  })

  it('lets the kind of the other be taken in the picker as well', async () => {
    const s = open()
    s.setKind('patrol')
    amend({ revision: 1, kind: 'wechat' })
    await vi.advanceTimersByTimeAsync(2000)
    s.setKind('wechat')
    await vi.advanceTimersByTimeAsync(2000)
    expect([s.state.draft.kindConflict, s.dirty, stands.kind, stands.revision]).toEqual([null, false, 'wechat', 2])
  })

  it('knows its own kind when the answer to it was lost', async () => {
    const s = open()
    vi.mocked(api.amend).mockImplementationOnce(async (_id, patch) => {
      amend(patch)
      throw new ApiError(0, 'offline', '')
    })
    s.setKind('patrol')
    await vi.advanceTimersByTimeAsync(100)
    expect([stands.kind, s.state.save]).toEqual(['patrol', 'retry'])
    s.setKind('fax')
    await vi.advanceTimersByTimeAsync(20_000)
    expect([stands.kind, s.state.draft.kindConflict, s.state.save]).toEqual(['fax', null, 'saved'])
  })

  it('asks when a one-key close meets another kind, and closes nothing', async () => {
    const s = open()
    amend({ revision: 1, kind: 'missed' })
    expect(await s.closeAs('nuisance')).toBe('conflict')
    expect([stands.kind, stands.state, s.state.draft.kindConflict]).toEqual(['missed', 'open', 'missed'])
  })

  it('does not take its own echo in the stream for somebody else', async () => {
    const s = open()
    s.setValue('content', '一')
    await vi.advanceTimersByTimeAsync(1000)
    s.setValue('content', '一二')
    s.onServer(stands)
    expect(s.state.draft.form.content.value).toBe('一二')
    await vi.advanceTimersByTimeAsync(1000)
    expect(stands.content).toBe('一二')
  })

  it('says when the daemon refuses, and does not try for ever', async () => {
    vi.mocked(api.amend).mockImplementation(async (_id, patch) => {
      patches.push(patch)
      throw new ApiError(422, 'invalid', 'content: has 20001 characters')
    })
    const s = open()
    s.setValue('content', '太长')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(s.state.save).toBe('refused')
    expect(patches.length).toBe(1)
  })
})

describe('completing', () => {
  it('names what is missing and sends nothing', async () => {
    const s = open()
    expect(await s.complete()).toBe('missing')
    expect(s.state.missing).toEqual(['content'])
    expect(patches).toEqual([])
  })

  it('takes a gap with a reason for a value, without a reason not', async () => {
    const s = open()
    s.setGap('content', { why: 'not_given', reason: ' ' })
    expect(await s.complete()).toBe('missing')
    s.setGap('content', { why: 'not_given', reason: '听不清' })
    expect(await s.complete()).toBe('done')
    expect(stands.state).toBe('complete')
  })

  it('sends what was typed together with the completion', async () => {
    const s = open()
    s.setValue('content', '完')
    expect(await s.complete()).toBe('done')
    expect(patches).toEqual([{ revision: 1, content: '完', state: 'complete' }])
  })

  it('closes a nuisance call by one key and takes it back', async () => {
    const s = open()
    expect(await s.closeAs('nuisance')).toBe('done')
    expect([stands.kind, stands.state]).toEqual(['nuisance', 'complete'])
    expect(await s.reopen('误按', s.state.undoKind!)).toBe(true)
    expect([stands.kind, stands.state, stands.correction]).toEqual(['duty', 'open', '误按'])
  })

  it('keeps what was typed while somebody else completed the entry, and sends it with the correction', async () => {
    const s = open()
    s.setValue('content', '还有一人被困')
    stands = { ...stands, state: 'complete', content: '', category: '突发事件', revision: 2 }
    await vi.advanceTimersByTimeAsync(10_000)
    expect([s.state.save, s.state.entry.state, s.state.draft.form.content.value]).toEqual(['held', 'complete', '还有一人被困'])
    expect(take('officer', 'e-1')!.fields.content!.mine.value).toBe('还有一人被困')
    expect(patches.length).toBeLessThan(4) // it is not tried for ever
    expect(await s.reopen('补记被困人员')).toBe(true)
    expect([stands.state, stands.content, stands.category, stands.correction]).toEqual(['open', '还有一人被困', '突发事件', '补记被困人员'])
    expect(s.dirty).toBe(false)
  })

  it('corrects when a late entry came, with what was typed; a time that is refused keeps nothing else back', async () => {
    const s = open()
    s.setValue('content', '火情')
    expect(await s.cameAt('2026-11-27T07:04:00.000Z')).toBe(null)
    expect(patches).toEqual([{ revision: 1, content: '火情', late_at: '2026-11-27T07:04:00.000Z' }])
    expect([s.dirty, s.state.save]).toEqual([false, 'saved'])
    vi.spyOn(api, 'amend').mockImplementation(async (_id, patch) => {
      if (patch.late_at) throw new ApiError(422, 'invalid', '', { errors: [{ location: 'body.late_at', message: '' }] })
      return amend(patch)
    })
    s.setValue('content', '火情，已扑灭')
    expect((await s.cameAt('2030-01-01T00:00:00.000Z'))!.status).toBe(422)
    await vi.advanceTimersByTimeAsync(1000)
    expect([stands.content, s.dirty, s.state.save]).toEqual(['火情，已扑灭', false, 'saved'])
  })

  it('says that a correction was refused', async () => {
    stands = { ...stands, state: 'complete' }
    const s = open()
    expect(await s.reopen('')).toBe(false)
    expect(stands.state).toBe('complete')
  })

  it('says that it cannot be done without the daemon, and keeps the text', async () => {
    offline = true
    const s = open()
    s.setValue('content', '完')
    expect(await s.complete()).toBe('offline')
    expect(s.dirty).toBe(true)
    s.stop()
  })

  it('goes on after a merge that leaves no conflict', async () => {
    const s = open()
    s.setValue('content', '完')
    amend({ revision: 1, category: '其他' })
    expect(await s.complete()).toBe('done')
    expect([stands.content, stands.category, stands.state]).toEqual(['完', '其他', 'complete'])
  })
})

describe('an entry that somebody else completes while it is typed into', () => {
  /** The other officer writes, completes or reopens it. */
  const other = (what: Partial<Entry>) => {
    stands = { ...stands, ...what, revision: stands.revision + 1 }
    return { ...stands }
  }

  it('stays open under the hand: every key is kept, nothing is sent until it is corrected', async () => {
    const s = open()
    s.setValue('content', '现场有三名')
    s.onServer(other({ state: 'complete', caller_unit: '沈河区' }))
    expect([s.state.overtaken, s.state.save]).toEqual([true, 'held'])
    s.setValue('content', '现场有三名群众被困')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(patches).toEqual([])
    expect(take('officer', 'e-1')!.fields.content!.mine.value).toBe('现场有三名群众被困')
    expect(await s.reopen('补充被困人数')).toBe(true)
    expect(stands).toMatchObject({ state: 'open', content: '现场有三名群众被困', caller_unit: '沈河区', correction: '补充被困人数' })
    expect([s.state.overtaken, s.dirty, s.state.save]).toEqual([false, false, 'saved'])
  })

  it('stays open, too, where all was saved but a key came a moment ago', async () => {
    const s = open()
    s.setValue('content', '现场')
    await vi.advanceTimersByTimeAsync(1000)
    s.onServer(other({ state: 'complete' }))
    expect(s.state.overtaken).toBe(true)
    s.setValue('content', '现场平稳')
    expect(s.state.save).toBe('held')
    s.letGo()
    expect([s.state.overtaken, s.dirty, s.state.draft.form.content.value]).toEqual([false, false, '现场'])
    expect(take('officer', 'e-1')).toBeNull()
  })

  it('keeps the kind in whose form it is typed when the other one closed it as something else', () => {
    const s = open()
    s.setValue('content', '现场')
    s.onServer(other({ state: 'complete', kind: 'nuisance' }))
    expect(s.state.draft.kind).toBe('duty')
  })

  it('is told of when the save that was under way is refused for it', async () => {
    const s = open()
    s.setValue('content', '现场')
    other({ state: 'complete' })
    await vi.advanceTimersByTimeAsync(5000)
    expect([s.state.overtaken, s.state.save, s.state.draft.form.content.value, stands.content]).toEqual([true, 'held', '现场', ''])
  })

  it('waits for its correction after the window was loaded anew', async () => {
    const s = open()
    s.setValue('content', '现场')
    s.onServer(other({ state: 'complete' }))
    s.stop()
    const again = open(take('officer', 'e-1'))
    await vi.advanceTimersByTimeAsync(5000)
    expect([again.state.overtaken, again.state.save, again.state.draft.form.content.value]).toEqual([true, 'held', '现场'])
    again.letGo()
  })

  it('is simply complete for who did not type, and for who completed it', async () => {
    const s = open()
    s.onServer(other({ state: 'complete' }))
    expect(s.state.overtaken).toBe(false)
    stands = blank()
    const mine = open()
    mine.setValue('content', '火灾')
    expect(await mine.complete()).toBe('done')
    expect(mine.state.overtaken).toBe(false)
  })
})
