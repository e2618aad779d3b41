import { describe, expect, it } from 'vitest'
import { backoffMs, SseParser } from '@/logic/sse'

const stream = ': hello\n\nid: 7\nevent: call\ndata: {"id":"1.0"}\n\n: beat\n\nid: 8\r\nevent: line\r\ndata: a\r\ndata: b\r\n\r\ndata:x\n\n'
const frames = [
  { event: 'call', data: '{"id":"1.0"}', id: '7' },
  { event: 'line', data: 'a\nb', id: '8' },
  { event: 'message', data: 'x', id: '8' },
]

describe('event stream', () => {
  it('reads frames and skips heartbeats', () => {
    expect(new SseParser().feed(stream)).toEqual(frames)
  })

  it('gives the same however the bytes are cut', () => {
    for (let size = 1; size < stream.length; size++) {
      const parser = new SseParser()
      const got = []
      for (let i = 0; i < stream.length; i += size) got.push(...parser.feed(stream.slice(i, i + size)))
      expect(got, `cut every ${size}`).toEqual(frames)
    }
  })

  it('keeps an unfinished frame to itself', () => {
    const parser = new SseParser()
    expect(parser.feed('event: call\ndata: 1')).toEqual([])
    expect(parser.feed('\n')).toEqual([])
    expect(parser.feed('\n')).toEqual([{ event: 'call', data: '1', id: '' }])
  })

  it('waits longer after each failure, never above 20 s', () => {
    expect([0, 1, 2, 3].map((n) => backoffMs(n, () => 0))).toEqual([500, 1000, 2000, 4000])
    expect(backoffMs(50, () => 0)).toBe(15_000)
    expect(backoffMs(50, () => 1)).toBe(19_500)
  })
})
