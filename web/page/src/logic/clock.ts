// The switch's clock as seen from this PC, whose own clock may be minutes wrong. Samples are
// pairs of the server's "now" and a local monotonic time.

const STALE_MS = 120_000
const JUMP_MS = 250

export class ServerClock {
  private offset = 0
  private rtt = Infinity
  private at = -Infinity

  /** local is a monotonic clock in ms, for instance performance.now; fallback is used before any sample. */
  constructor(
    private readonly local: () => number,
    fallbackNow: () => number,
  ) {
    this.offset = fallbackNow() - local()
  }

  /**
   * Takes a sample of a request that was sent at `sent` and answered at `received` (local ms).
   * The better sample wins until it is old or the clocks have plainly moved apart.
   */
  sample(serverNow: number, sent: number, received: number): void {
    if (!isFinite(serverNow)) return
    const rtt = Math.max(0, received - sent)
    const offset = serverNow - (sent + rtt / 2)
    const old = received - this.at > STALE_MS
    const moved = Math.abs(offset - this.offset) > JUMP_MS + rtt / 2
    if (rtt <= this.rtt || old || moved) {
      this.offset = offset
      this.rtt = rtt
      this.at = received
    }
  }

  now(): number {
    return this.local() + this.offset
  }
}
