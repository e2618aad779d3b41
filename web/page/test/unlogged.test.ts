// What is shown before the duty log has it, and when that mark goes.
import { describe, expect, it, vi } from 'vitest'
import type { Alert, Line } from '@/api/types'
import { afterAlert, afterLine, unloggedLines, type Waiting } from '@/logic/unlogged'

const line = (over: Partial<Line> = {}) => ({ line: 'duty', state: 'ringing', call_id: '1.0', logged: true, ...over }) as Line
const alert = (over: Partial<Alert> = {}): Alert => ({ key: 'ring_3 1.0', reason: 'ring_3', state: 'open', line: 'duty', call_id: '1.0', opened_at: '', ...over }) as Alert
const early = { logged: false }

describe('a line is marked', () => {
  it.each<[string, Line[], Waiting, string[]]>([
    ['not when all is logged', [line()], [], []],
    ['not by a daemon that does not say', [line({ logged: undefined })], [], []],
    ['when its state is not', [line(early)], [], ['duty']],
    ['when an alert of it is not', [line(), line({ line: 'second' })], [alert(early)], ['duty']],
    ['once for both', [line(early)], [alert(early)], ['duty']],
    ['each by itself', [line(early), line({ line: 'second' }), line({ line: 'third', ...early })], [], ['duty', 'third']],
  ])('%s', (_name, lines, waiting, want) => expect(unloggedLines(lines, waiting)).toEqual(want))
})

describe('an alert waits for the log', () => {
  const waiting = afterAlert([], alert(early))
  it('until it comes again, with its key or, on a locked screen, without', () => {
    expect(waiting).toHaveLength(1)
    expect(afterAlert(waiting, alert(early))).toHaveLength(1)
    expect(afterAlert(waiting, alert())).toEqual([])
    expect(afterAlert(waiting, alert({ key: undefined }))).toEqual([])
  })
  it('while others come', () => {
    expect(afterAlert(waiting, alert({ reason: 'limit_passed' }))).toEqual(waiting)
    expect(afterAlert(waiting, alert({ call_id: '2.0' }))).toEqual(waiting)
    expect(afterAlert(waiting, alert({ reason: 'limit_passed', ...early }))).toHaveLength(2)
  })
  it('at most until the log knows what came after the ringing', () => {
    expect(afterLine(waiting, line(early))).toEqual(waiting)
    expect(afterLine(waiting, line())).toEqual(waiting)
    expect(afterLine(waiting, line({ line: 'second', state: 'idle' }))).toEqual(waiting)
    expect(afterLine(waiting, line({ state: 'talking', ...early }))).toEqual(waiting)
    expect(afterLine(waiting, line({ state: 'talking' }))).toEqual([])
    expect(afterLine(waiting, line({ call_id: '2.0' }))).toEqual([])
  })
})

describe('the stream', () => {
  /** Starts the page's reading of the stream and answers how to send a frame. */
  async function stream() {
    const send: ((text: string) => void)[] = []
    const body = () => new ReadableStream({ start: (c) => void send.push((text) => c.enqueue(new TextEncoder().encode(text))) })
    vi.stubGlobal('window', Object.assign(new EventTarget(), { setTimeout, clearTimeout }))
    const live = await import('@/state/live') // Vue looks for a document only here, and does without
    vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }))
    vi.stubGlobal('fetch', async (url: string) => {
      if (/events/.test(url)) return new Response(body())
      throw new TypeError('nothing but the stream answers')
    })
    live.startLive()
    await vi.waitFor(() => expect(send).not.toHaveLength(0))
    return { live, frame: (event: string, data: object) => send[0](`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`) }
  }

  it('sets the mark and takes it away', async () => {
    const { live, frame } = await stream()
    const now = new Date().toISOString()
    frame('line', { ...line(early), now })
    await vi.waitFor(() => expect(live.unlogged.value).toEqual(['duty']))
    frame('alert', alert(early))
    frame('line', { ...line(), now })
    await vi.waitFor(() => expect(live.line.value!.logged).toBe(true))
    expect(live.unlogged.value).toEqual(['duty'])
    frame('alert', alert())
    await vi.waitFor(() => expect(live.unlogged.value).toEqual([]))
  })
})
