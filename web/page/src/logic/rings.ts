// Ring arithmetic of Art. 12: burst 1 starts at 0 s, 2 at one cycle, and so on. Answered in
// time means: before burst limit+1 begins. The same rule as the daemon's, so that the page can
// count on its own between two frames.
import type { Rule } from '@/api/types'

export type Stage = 'early' | 'last' | 'over'

export interface RingView {
  ring: number
  limit: number
  elapsedMs: number
  /** Length of the time allowed. */
  limitMs: number
  /** 0…1 of the time allowed. */
  progress: number
  stage: Stage
  /** Whether a burst is sounding now. */
  bell: boolean
}

export function cycleMs(rule: Rule): number {
  const cycle = rule.on_ms + rule.off_ms
  return cycle > 0 ? cycle : 5000
}

/** Milliseconds on the rule's own scale: offset is how long the bell rang before the switch saw it. */
function scaled(elapsedMs: number, rule: Rule): number {
  return Math.max(0, elapsedMs + rule.offset_ms)
}

export function ringNumber(elapsedMs: number, rule: Rule): number {
  return Math.floor(scaled(elapsedMs, rule) / cycleMs(rule)) + 1
}

export function stageOf(ring: number, limit: number): Stage {
  if (ring > limit) return 'over'
  return ring === limit ? 'last' : 'early'
}

export function ringView(rangAtMs: number, nowMs: number, rule: Rule): RingView {
  const elapsedMs = Math.max(0, nowMs - rangAtMs)
  const t = scaled(elapsedMs, rule)
  const cycle = cycleMs(rule)
  const ring = Math.floor(t / cycle) + 1
  const whole = cycle * rule.limit
  return {
    ring,
    limit: rule.limit,
    elapsedMs,
    limitMs: Math.max(0, whole - rule.offset_ms),
    progress: whole > 0 ? Math.min(1, t / whole) : 1,
    stage: stageOf(ring, rule.limit),
    bell: t % cycle < rule.on_ms,
  }
}
