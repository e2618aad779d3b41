import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dismissAll, mostUrgent, notices, notify, stay, type Notice } from '@/state/notices'

describe('short messages', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => {
    dismissAll()
    vi.useRealTimers()
  })

  it('that all went well are gone before they are in the way', () => {
    notify('已保存', 'good')
    notify('已收到')
    vi.advanceTimersByTime(3999)
    expect(notices.length).toBe(2)
    vi.advanceTimersByTime(1)
    expect(notices.length).toBe(0)
  })

  it('of which there is room for two are those that need somebody, then the newest, in their order', () => {
    const n = (id: number, tone: Notice['tone'], act?: () => void): Notice => ({ id, text: String(id), tone, act })
    const ids = (all: Notice[], room = 2) => mostUrgent(all, room).map((x) => x.id)
    expect(ids([n(1, 'good'), n(2, 'info'), n(3, 'good')])).toEqual([2, 3])
    expect(ids([n(1, 'bad'), n(2, 'good'), n(3, 'good')])).toEqual([1, 3])
    expect(ids([n(1, 'info', () => undefined), n(2, 'good'), n(3, 'bad'), n(4, 'good')])).toEqual([1, 3])
    expect(ids([n(1, 'bad'), n(2, 'bad'), n(3, 'bad')])).toEqual([2, 3])
    expect(ids([n(1, 'good')])).toEqual([1])
    expect(ids([], 2)).toEqual([])
  })

  it('that something failed stay longer, and what offers something to do longest', () => {
    notify('没有保存', 'bad')
    notify('有新来电', 'info', '打开', () => undefined)
    vi.advanceTimersByTime(7999)
    expect(notices.map((n) => n.text)).toEqual(['没有保存', '有新来电'])
    vi.advanceTimersByTime(1)
    expect(notices.map((n) => n.text)).toEqual(['有新来电'])
    vi.advanceTimersByTime(12_000)
    expect(notices.length).toBe(0)
    expect(stay('bad', true)).toBe(stay('good', true))
  })

  it('that say the same again stay from then on', () => {
    notify('已保存', 'good')
    vi.advanceTimersByTime(2500)
    notify('已保存', 'good')
    vi.advanceTimersByTime(2500)
    expect(notices.length).toBe(1)
  })
})
