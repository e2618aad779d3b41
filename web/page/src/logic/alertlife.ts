// What the page 告警 says of the life of an alert: whom it was told, that it came back, that it is muted.
import type { Alert } from '@/api/types'
import { t, word } from '@/i18n'
import { dateMinute, dayStart, minute, parse } from './time'

/** For how many hours an alert is muted; the last one is the longest that the daemon takes. */
export const MUTE_HOURS = [1, 2, 8, 24, 72, 168]

export function muteWords(hours: number): string {
  return hours < 24 ? t('mute.hours', { n: hours }) : t('mute.days', { n: hours / 24 })
}

/** A time of today without its date. */
function when(at: string | null | undefined, now: number): string {
  const ms = parse(at)
  return dayStart(ms) === dayStart(now) ? minute(ms) : dateMinute(ms).slice(5)
}

/** Whether an alert is muted at a time of the server. */
export function isMuted(a: Alert, now: number): boolean {
  return !!a.muted_until && parse(a.muted_until) > now
}

/** A call that rings at this moment is never muted, and what is over needs it only for its kind. */
export function mayMute(a: Alert): boolean {
  return a.state !== 'resolved' && a.reason !== 'ring_3' && a.reason !== 'limit_passed'
}

/** The lines below an alert's state, the most urgent first. */
export function lifeOf(a: Alert, now: number): string[] {
  const lines: string[] = []
  if (isMuted(a, now)) {
    lines.push(t(a.muted_rule ? 'alerts.life.mutedRule' : 'alerts.life.muted', { time: when(a.muted_until, now), who: a.muted_by || '', reason: a.muted_reason || '' }))
  }
  if (a.reopened) lines.push(t('alerts.life.back', { n: a.reopened, time: when(a.reopened_at, now) }))
  if (a.told_post) lines.push(t('alerts.life.told', { post: word('post', a.told_post), who: a.told_person || '', time: when(a.told_at, now) }).replace(/ {2,}/g, ' '))
  if (a.state === 'open' && a.next_post) lines.push(t('alerts.life.next', { post: word('post', a.next_post), time: when(a.next_at, now) }))
  return lines
}
