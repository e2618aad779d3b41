// What the page 告警 says of a call that the daemon placed to somebody about an alert.
import type { AlertCall } from '@/api/types'
import { t, word } from '@/i18n'
import { dateMinute, parse } from './time'

/** One call in one line: when it was placed, or has begun to wait, whom, and what came of it. */
export function callLine(c: AlertCall): string {
  const when = dateMinute(parse(c.at || c.waited_at || c.ended_at)).slice(5)
  const line = t('calls.alert.line', { time: when, who: c.person, outcome: word('callOutcome', c.outcome) })
  return c.detail ? line + ' (' + c.detail + ')' : line
}
