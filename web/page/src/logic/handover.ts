// What the page 交接班 makes of a sheet: who may do what, and what changed since it was shown.
import type { Handover, HandoverNow, Matter, Part, Sheet, Unseen } from '@/api/duties'
import type { Duty, OnDuty, Session } from '@/api/types'
import { t, type Key } from '@/i18n'
import { numberText } from '@/i18n/spell'
import { WRITTEN } from './matter'
import { personOf } from './roster'
import { noNumber } from './words'

/** What the person at the page can do: the first one takes over alone, the responsible one hands over. */
export type Deed = 'first' | 'give' | 'take' | 'none'

export function deedOf(now: HandoverNow | null, user: Session | null): Deed {
  if (!now || !user || user.role !== 'officer') return 'none'
  if (!now.last) return 'first'
  return now.last.incoming.login.toLowerCase() === user.username.toLowerCase() ? 'give' : 'take'
}

/** Who is on duty by the roster while somebody else is responsible: they do not vanish from the page when
 *  the next one comes early, or another one stands in. */
export function besides(duty: Duty | null, now: HandoverNow | null): OnDuty | null {
  const rostered = duty && duty.duty_officer
  return rostered && now && now.last && personOf(now.last.incoming.name) !== personOf(rostered.name) ? rostered : null
}

export const PARTS: Part[] = ['outgoing', 'incoming', 'chief', 'leader']

export function partOf(h: Handover, part: Part): Handover['confirmations'][number] | undefined {
  return h.confirmations.filter((c) => c.part === part)[0]
}

/** Whether the person at the page confirms this part by themselves. */
export function ownPart(part: Part, user: Session | null): boolean {
  return !!user && user.role === part
}

export type Change = 'new' | 'gone' | 'other'
export interface Changes {
  /** By part of the sheet and key of the row, for instance matters/e-1. */
  rows: Record<string, Change>
  /** Parts of which something is gone or changed. */
  parts: Record<string, Change>
}

type Rows = Record<string, string>
const rowsOf = {
  matters: (s: Sheet): Rows => table(s.matters, (m) => m.entry_id),
  incidents: (s: Sheet): Rows => table(s.incidents || [], (i) => String(i.id)),
  alerts: (s: Sheet): Rows => table(s.alerts, (a) => String(a.id)),
  lamps: (s: Sheet): Rows => table(s.lamps, (l) => l.line + '/' + l.lamp),
  duties: (s: Sheet): Rows => table(s.duties, (d) => d.rule + '/' + d.key),
  blind: (s: Sheet): Rows => table(s.blind, (b) => String(b.from)),
  down: (s: Sheet): Rows => table(s.down || [], (b) => String(b.from)),
}
export type RowPart = keyof typeof rowsOf

function table<T>(list: T[], key: (row: T) => string): Rows {
  const out: Rows = {}
  list.forEach((row) => { out[key(row)] = JSON.stringify(row) })
  return out
}

/** Who it was and the number to call back. What did not come by telephone hides no number. */
export function partyOf(m: Matter): string {
  if (m.who) return noNumber(m.number) ? m.who : m.who + ' ' + numberText(m.number)
  return m.number || (WRITTEN as string[]).indexOf(m.kind) < 0 ? numberText(m.number) : t('handover.noParty')
}

/** How much more there was than the sheet lists. */
export const restOf = (s: Sheet): NonNullable<Sheet['unlisted']> => s.unlisted || { matters: 0, alerts: 0, incidents: 0 }

/** What says so, and where the rest stands. */
export const restWords = (n: number, listed: number, page: Key): string => t('handover.rest', { n, all: n + listed, page: t(page) })

/** When the switch was down; null: the sheet is older than that it would say so. */
export const downOf = (s: Sheet): Unseen[] | null => (s.form === 1 ? null : s.down || [])

/** What is new, gone or other in the second sheet. */
export function changesOf(before: Sheet, after: Sheet): Changes {
  const out: Changes = { rows: {}, parts: {} }
  ;(Object.keys(rowsOf) as RowPart[]).forEach((part) => {
    const a = rowsOf[part](before)
    const b = rowsOf[part](after)
    Object.keys(b).forEach((key) => {
      if (a[key] === b[key]) return
      out.rows[part + '/' + key] = key in a ? 'other' : 'new'
      out.parts[part] = 'other'
    })
    if (Object.keys(a).some((key) => !(key in b))) out.parts[part] = out.parts[part] || 'gone'
  })
  if (JSON.stringify(before.test) !== JSON.stringify(after.test)) out.parts.test = 'other'
  if (JSON.stringify(before.counts) !== JSON.stringify(after.counts)) out.parts.counts = 'other'
  if (JSON.stringify(restOf(before)) !== JSON.stringify(restOf(after))) out.parts.matters = out.parts.matters || 'other'
  if (before.outgoing !== after.outgoing || before.from !== after.from) out.parts.from = 'other'
  return out
}

export function anyChange(c: Changes | null): boolean {
  return !!c && Object.keys(c.parts).length > 0
}
