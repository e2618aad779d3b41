// What the page 告警 says about an alert.
import type { Alert, AlertCaller } from '@/api/types'
import { t } from '@/i18n'
import { numberText } from '@/i18n/spell'
import { dateMinute, parse } from './time'

/** Where an alert stands, with who has it and since when. */
export function alertState(a: Alert): string {
  const who = a.acknowledged_by
  const time = (at: string | null) => dateMinute(parse(at)).slice(5)
  if (a.state === 'open') return t('alerts.state.open')
  if (a.state === 'acknowledged') return t('alerts.state.acknowledged', { who, time: time(a.acknowledged_at) })
  if (a.acknowledged_at) return t('alerts.state.taken', { who, time: time(a.acknowledged_at) })
  return t('alerts.state.over', { time: time(a.resolved_at) })
}

/** Of how many calls an alert tells, and whether it was found afterwards. */
export function alertNotes(a: Alert): string[] {
  const time = (at: string | null) => dateMinute(parse(at)).slice(5)
  const notes: string[] = []
  if (a.times && a.times > 1) notes.push(t(a.reason === 'registration_moved' ? 'alerts.moves' : 'alerts.times', { n: a.times, time: time(a.last_at || a.opened_at) }))
  if (a.found_at) notes.push(t('alerts.found', { time: time(a.found_at) }))
  return notes
}

/** How an alert is coloured: what nobody has taken on by how bad it is. */
export function alertTone(a: Alert): 'bad' | 'warn' | 'info' | 'good' {
  if (a.state === 'resolved') return 'good'
  if (a.severity === 'critical') return 'bad'
  return a.severity === 'warning' ? 'warn' : 'info'
}

/** Who called, of an alert about a call: number and name, as far as the switch and this person's rights go. */
export function alertCaller(a: Alert, callers: readonly AlertCaller[]): string {
  const c = a.call_id ? callers.filter((x) => x.call_id === a.call_id)[0] : undefined
  return c ? (numberText(c.number) + ' ' + c.name).trim() : ''
}
