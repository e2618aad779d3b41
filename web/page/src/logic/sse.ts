// Parser of text/event-stream. Read over fetch rather than EventSource, because the daemon's
// heartbeats are comments: EventSource hides them, and a dead connection would go unseen.

export interface Frame {
  event: string
  data: string
  id: string
}

export class SseParser {
  private rest = ''
  private event = ''
  private data: string[] = []
  private lastId = ''

  /** Takes a piece of the stream and returns the frames that it completes. */
  feed(piece: string): Frame[] {
    const text = this.rest + piece
    // A CR at the end may be half of a CRLF: keep it for the next piece.
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    this.rest = lines.pop() as string
    const frames: Frame[] = []
    for (const line of lines) {
      const frame = this.line(line)
      if (frame) frames.push(frame)
    }
    return frames
  }

  private line(line: string): Frame | null {
    if (line === '') return this.flush()
    if (line[0] === ':') return null
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    let value = colon < 0 ? '' : line.slice(colon + 1)
    if (value[0] === ' ') value = value.slice(1)
    if (name === 'event') this.event = value
    else if (name === 'data') this.data.push(value)
    else if (name === 'id') this.lastId = value
    return null
  }

  private flush(): Frame | null {
    const frame = this.data.length
      ? { event: this.event || 'message', data: this.data.join('\n'), id: this.lastId }
      : null
    this.event = ''
    this.data = []
    return frame
  }
}

/** Waiting time before the n-th attempt (from 0): 0.5 s doubling to 15 s, with up to 30 % spread. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(15_000, 500 * Math.pow(2, Math.min(attempt, 10)))
  return Math.round(base * (1 + 0.3 * random()))
}
