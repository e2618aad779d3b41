// What the page 拨测 says about a test call.
import type { TestCall } from '@/api/types'
import { t, word } from '@/i18n'

/** What a test proved, or that it runs. */
export function testVerdict(c: TestCall): string {
  return word('testVerdict', c.ended_at ? c.verdict : 'running')
}

/** How a verdict is coloured. A line that rings while its ring-back is not known is well so far. */
export function testTone(c: TestCall): 'good' | 'warn' | 'bad' | 'plain' {
  if (!c.ended_at) return 'plain'
  if (c.verdict === 'reachable') return 'good'
  return c.verdict === 'cannot_tell' ? (c.reason === 'real_call' || c.reason === 'stopped' ? 'plain' : 'warn') : 'bad'
}

/** Who or what began it. */
export function testCause(c: TestCall): string {
  return c.by || word('testCause', c.cause)
}

/** A number of seconds with one decimal; empty when it is not known. */
export function testSeconds(s: number | null): string {
  return s === null ? '' : t('tests.seconds', { s: s.toFixed(1) })
}
