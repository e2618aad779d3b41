// Which lamps are told in the row, and how they are coloured.
import type { Lamp, Lamps } from '@/api/types'

/** What was judged longer ago than this says nothing of now. */
const STALE_MS = 30_000

/** The lamps that may be shown: none when they were not judged lately, by the daemon's clock. */
export function lampsNow(l: Lamps | null, nowMs: number): Lamp[] {
  if (!l || !l.at || nowMs - Date.parse(l.at) > STALE_MS) return []
  return l.lamps
}

export function lampTone(l: Lamp): 'good' | 'warn' | 'bad' | 'unknown' {
  if (l.state !== 'bad') return l.state === 'good' ? 'good' : 'unknown'
  return l.severity === 'critical' ? 'bad' : 'warn'
}

/** Bad lamps, the worst first and among those the order in which they stand. */
export function badLamps(lamps: Lamp[]): Lamp[] {
  const bad = lamps.filter((l) => l.state === 'bad')
  return bad.filter((l) => l.severity === 'critical').concat(bad.filter((l) => l.severity !== 'critical'))
}

export function unknownLamps(lamps: Lamp[]): number {
  return lamps.filter((l) => l.state === 'unknown').length
}
