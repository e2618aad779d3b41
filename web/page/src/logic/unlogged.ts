// What the daemon shows before its duty log has it, because the log cannot be written in time:
// such frames say "logged": false, and those of the log follow.
import type { Alert, Line } from '@/api/types'

/** Alerts that wait for the log. */
export type Waiting = Pick<Alert, 'reason' | 'line' | 'call_id'>[]

/** An alert that was shown too early waits until it comes again from the log. */
export function afterAlert(waiting: Waiting, alert: Alert): Waiting {
  const others = waiting.filter((w) => w.reason !== alert.reason || w.call_id !== alert.call_id)
  return alert.logged === false ? others.concat(alert) : others
}

/**
 * The log is written in order: when it has the line in another state than ringing for that call,
 * it has all that the call's ringing brought.
 */
export function afterLine(waiting: Waiting, line: Line): Waiting {
  if (line.logged === false) return waiting
  return waiting.filter((w) => w.line !== line.line || (line.state === 'ringing' && w.call_id === line.call_id))
}

/** The lines of which something is shown that the log does not have yet. */
export function unloggedLines(lines: Line[], waiting: Waiting): string[] {
  return lines.filter((l) => l.logged === false || waiting.some((w) => w.line === l.line)).map((l) => l.line)
}
