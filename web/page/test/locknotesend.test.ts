// The note of the locked screen on its way to the daemon: no typed character is lost, and a refusal that stays one is
// said and not asked for again.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as vue from 'vue'

const kept: Record<string, string> = {}
const store = { getItem: (k: string) => (k in kept ? kept[k] : null), setItem: (k: string, v: string) => { kept[k] = v }, removeItem: (k: string) => { delete kept[k] } }
vi.useFakeTimers()
vi.stubGlobal('window', { addEventListener: () => undefined, setTimeout: (f: () => void, ms: number) => setTimeout(f, ms) })
vi.stubGlobal('sessionStorage', store)
vi.stubGlobal('localStorage', store)
const watched = vi.fn()
vi.mock('vue', async (original) => {
  const real = await original<typeof vue>()
  return { ...real, watch: (...args: unknown[]) => { watched(); return (real.watch as (...a: unknown[]) => unknown)(...args) } }
})

const { api, ApiError } = await import('@/api/client')
const { session } = await import('@/state/session')
const { hide, lockNotes, note, takeNotes, write } = await import('@/state/locknote')

type Sent = { key: string; text: string; edit: number }
let sent: Sent[]
let taken: Sent[]
let answer: (n: Sent) => unknown
const refusal = (status: number, type: string, more: Record<string, unknown> = {}) => new ApiError(status, 'x', 'no', { type: '/problems/' + type, ...more })
const soon = () => vi.advanceTimersByTimeAsync(5000)
const stored = () => JSON.parse(kept['dutyline.notes']) as { key: string; text: string }[]

beforeEach(() => {
  lockNotes.value = []
  hide()
  sent = []
  taken = []
  answer = () => undefined
  session.user = { username: 'li', name: '李娜', role: 'officer', must_change_password: false } as typeof session.user
  vi.spyOn(api, 'keepNote').mockImplementation((key, n) => {
    sent.push({ key, text: n.text, edit: n.edit })
    const a = answer({ key, text: n.text, edit: n.edit })
    return a ? Promise.reject(a) : Promise.resolve({ edit: n.edit })
  })
  vi.spyOn(api, 'takeNote').mockImplementation((key, n) => {
    const a = answer({ key, text: n.text, edit: n.edit })
    if (a) return Promise.reject(a)
    taken.push({ key, text: n.text, edit: n.edit })
    return Promise.resolve({ id: 'e-1', entry_number: '2026-000001' } as never)
  })
  vi.spyOn(api, 'notes').mockResolvedValue({ items: [] })
})

describe('a note of the locked screen', () => {
  it('is sent with one watcher for all', async () => {
    watched.mockClear()
    for (const text of ['沈', '沈阳', '沈阳路']) {
      write(text)
      await soon()
    }
    expect(sent.map((n) => n.text)).toEqual(['沈', '沈阳', '沈阳路'])
    expect(watched).not.toHaveBeenCalled()
  })

  it('goes on under a key of its own when another window put it into the entry, with every character', async () => {
    write('沈阳路起火\n一人')
    await soon()
    const first = sent[0].key
    answer = (n) => (n.key === first ? refusal(409, 'note-taken', { edit: 1 }) : undefined)
    write('沈阳路起火\n一人被困')
    await soon()
    const second = sent[sent.length - 1]
    expect(second.key).not.toBe(first)
    expect(second.text).toBe('一人被困') // the line before is in the entry
    expect(note.key).toBe(second.key)
    expect(note.text).toBe('沈阳路起火\n一人被困') // nothing moves under the hands
    write('沈阳路起火\n一人被困\n消防已到')
    await soon()
    expect(sent[sent.length - 1]).toMatchObject({ key: second.key, text: '一人被困\n消防已到' })
    await takeNotes()
    expect(taken.map((n) => n.text)).toEqual(['一人被困\n消防已到'])
    expect(lockNotes.value).toEqual([])
  })

  it('is taken as far as it is new, and whole where it is not known what the entry has', async () => {
    write('沈阳路起火')
    const first = note.key
    answer = (n) => (n.key === first ? refusal(409, 'note-taken', { edit: 7 }) : undefined)
    await takeNotes()
    expect(taken.map((n) => n.text)).toEqual(['沈阳路起火'])
    expect(taken[0].key).not.toBe(first)
    expect(lockNotes.value).toEqual([])
  })

  it('is not sent again while that would change nothing, which is said, and stays in this browser', async () => {
    answer = () => refusal(403, 'unknown-computer')
    write('沈阳路起火')
    await vi.advanceTimersByTimeAsync(600_000)
    expect(sent).toHaveLength(1)
    expect(note.refused).toContain('本机')
    expect(stored()).toMatchObject([{ text: '沈阳路起火' }])
    hide() // another caller, whose note the daemon takes
    answer = (n) => (n.text === '沈阳路起火' ? refusal(403, 'unknown-computer') : undefined)
    write('又来电')
    await vi.advanceTimersByTimeAsync(600_000)
    expect(sent.map((n) => n.text)).toEqual(['沈阳路起火', '又来电'])
    expect(note.refused).toBe('')
    answer = () => undefined
    await takeNotes()
    expect(taken.map((n) => n.text)).toEqual(['沈阳路起火', '又来电'])
  })

  it('is sent again while the daemon does not answer', async () => {
    answer = () => new ApiError(0, 'offline', 'x')
    write('沈阳路起火')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent.length).toBeGreaterThan(4)
    expect(note.failed).toBe(true)
    answer = () => undefined
    await vi.advanceTimersByTimeAsync(20_000)
    expect(lockNotes.value[0].kept).toBe(1)
    expect(note.failed).toBe(false)
  })

  it('leaves this browser when its call was erased from', async () => {
    answer = () => refusal(409, 'note-erased')
    write('绝密行动')
    await takeNotes()
    expect(lockNotes.value).toEqual([])
    expect(kept['dutyline.notes']).toBe('[]')
  })
})
