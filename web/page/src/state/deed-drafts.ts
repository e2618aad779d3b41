// What was typed into a small form of an incident when a call took the dialog away: per user, as long as the page lives.
import { begun, type Deed } from '@/logic/deeds'
import { session } from './session'

const drafts = new Map<string, Record<string, string>>()
const of = (d: Deed): string => (d.of && session.user ? session.user.username + '/' + d.of : '')

/** Keeps the answers that are not what the form begins with. */
export function keepDeed(d: Deed, values: Record<string, string>): void {
  const fresh = begun(d)
  const typed = Object.keys(values).filter((name) => values[name] !== fresh[name])
  if (of(d) && typed.length) drafts.set(of(d), { ...values })
}
export const keptDeed = (d: Deed): Record<string, string> => drafts.get(of(d)) || {}
export const dropDeed = (d: Deed): void => { drafts.delete(of(d)) }
