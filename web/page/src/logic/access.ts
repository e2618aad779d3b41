// How an access is told.
import type { Access } from '@/api/access'
import { t, word } from '@/i18n'

/** What can be asked for, the commonest first. */
export const ACTIONS = ['entry.see', 'entry.shown', 'recording.play', 'recording.see', 'call.see', 'entry.print', 'entry.export', 'log.print', 'log.export', 'attachment.take', 'handover.see', 'handover.print', 'handover.export', 'incident.see', 'incident.print', 'incident.export', 'directory.export',
  'roster.print', 'roster.export', 'figures.print', 'figures.export', 'paper.print', 'call.back', 'test.play', 'access.see', 'evidence.verify', 'exhibit.make', 'backup.make', 'log.restore']

/** What was seen or taken, in words; the name of a sheet stays as it is. */
export function objectText(a: Access): string {
  const name = word('access.on', a.object)
  if (name !== 'access.on.' + a.object && name !== a.object) return name
  const sheet = /^handover (\d+)$/.exec(a.object)
  if (sheet) return t('access.sheet', { n: sheet[1] })
  if (a.entry_number) return a.entry_number
  return a.action === 'call.back' ? '' : a.object // the id of a call that did not come about says nothing
}

/** The commands of the machine have no address. */
export const isHere = (a: Access): boolean => !a.address || a.address === '127.0.0.1' || a.address === '::1'

/** An entry's number as people type it: 2026-000123, 2026-123. Empty when it is none. */
export function entryNumber(text: string): string {
  const m = /^\s*(\d{4})\s*[-－—]\s*(\d{1,9})\s*$/.exec(text.replace(/[０-９]/g, (d) => String.fromCharCode(d.charCodeAt(0) - 0xfee0)))
  return m ? m[1] + '-' + ('000000' + m[2]).slice(-Math.max(6, m[2].length)) : ''
}
