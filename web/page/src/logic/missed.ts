// Who is to be called back.
import type { MissedCall, SettledWhy } from '@/api/quick'
import { noNumber } from './words'

/** The reasons that say nothing without words beside them; the daemon has the same. */
const WORDS: SettledWhy[] = ['other_phone', 'other_number', 'other_way', 'nobody_reached', 'not_needed']
export const needsWords = (why: string): boolean => WORDS.indexOf(why as SettledWhy) >= 0

/** What is offered first: without a number nobody can be called. */
export const likelyWhy = (m: MissedCall): SettledWhy => (noNumber(m.call.caller) ? 'no_number' : 'other_phone')

/** How often each number is in the list, so that somebody who tried again and again stands out. */
export function timesOf(items: MissedCall[]): Record<string, number> {
  const times: Record<string, number> = {}
  for (const m of items) {
    const key = m.call.caller_e164 || m.call.caller
    if (key && !noNumber(m.call.caller)) times[key] = (times[key] || 0) + 1
  }
  return times
}

/** Whether a number can be asked to be called back; the daemon decides the rest. */
export const callable = (raw: string): boolean => !noNumber(raw) && !/[*#]/.test(raw)
