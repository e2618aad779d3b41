// What the page 核对 says about an item of the ledger.
import type { LedgerItem } from '@/api/types'
import { lang, t, word } from '@/i18n'
import { causeText } from '@/i18n/causes'
import { dateMinute, parse } from './time'

/** Reasons whose sentence goes on with why the recording is not here. */
const GOES_ON = /^the recording (?:is still not here|could not be sealed): /

/** Why it is there and what to do, in the page's language. */
export function ledgerCause(item: LedgerItem): string {
  if (lang.value === 'en') return item.cause
  const why = word('ledger.why', item.why)
  if (!GOES_ON.test(item.cause)) return why
  const detail = causeText(item.cause.replace(GOES_ON, ''))
  return detail ? why + t('punct.colon') + detail : why
}

/** Where an item stands: open, gone by itself, or accepted by a person. */
export function ledgerState(item: LedgerItem): string {
  if (item.state === 'open') return t('ledger.state.open')
  const time = dateMinute(parse(item.resolved_at)).slice(5)
  if (!item.accepted) return t('ledger.state.gone', { time })
  return t('ledger.state.accepted', { who: item.accepted.by.name || item.accepted.by.login, time })
}

/** Items that somebody has to see to before others: what is lost before what is odd. */
export function ledgerTone(item: LedgerItem): 'bad' | 'warn' | 'info' | 'good' {
  if (item.state !== 'open') return 'good'
  if (['call_without_recording', 'header_only', 'call_without_entry', 'entry_without_call'].indexOf(item.kind) >= 0) return 'bad'
  return item.why === 'foreign_name' ? 'info' : 'warn'
}

/** ledgerEmpty is what an empty list means; that all agrees is never said of what could not be looked at. */
export function ledgerEmpty(filter: 'open' | '', problem: string) {
  if (!filter) return 'ledger.emptyAll'
  return problem ? 'ledger.emptyPart' : 'ledger.empty'
}
