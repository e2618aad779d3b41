// The lists of the desk: one that did not come is asked for again, though the stream goes on.
import { expect, it, vi } from 'vitest'
import type { EntryPage, Page, Call, EntryKinds, Duty, Session } from '@/api/types'

const store = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined, length: 0, key: () => null }
vi.useFakeTimers()
vi.stubGlobal('window', { addEventListener: () => undefined, location: { hash: '' } })
vi.stubGlobal('location', { hash: '' })
vi.stubGlobal('sessionStorage', store)
vi.stubGlobal('localStorage', store)

const { api, ApiError } = await import('@/api/client')
const { desk, reload } = await import('@/state/desk')
const { session } = await import('@/state/session')

it('a list that did not come is asked for again until it is there', async () => {
  session.user = { username: 'li', role: 'officer', must_change_password: false } as Session
  vi.spyOn(api, 'kinds').mockResolvedValue({ items: [], categories: ['其他'] } as EntryKinds)
  vi.spyOn(api, 'duty').mockResolvedValue({} as Duty)
  vi.spyOn(api, 'calls').mockResolvedValue({ items: [] } as unknown as Page<Call>)
  const entries = vi.spyOn(api, 'entries').mockRejectedValue(new ApiError(500, 'internal', ''))
  await reload()
  expect(desk.loaded).toBe(false)
  await vi.advanceTimersByTimeAsync(5000)
  expect(desk.loaded).toBe(false)
  entries.mockResolvedValue({ items: [] } as unknown as EntryPage)
  await vi.advanceTimersByTimeAsync(5000)
  expect(desk.loaded).toBe(true)
  entries.mockClear()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(entries).not.toHaveBeenCalled()
})
