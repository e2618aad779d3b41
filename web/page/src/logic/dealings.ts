// What there was with the other side of an entry, in words short enough for one line.
import type { Call, Entry } from '@/api/types'

export interface Dealings {
  calls: { call: Call; entry: Entry | null }[]
  open: { entry: Entry; why: 'same_number' | 'number_named' | 'same_unit' }[]
}

/** What an entry is about, for one line: the first text that says it. */
export function gist(e: Entry | null, most = 40): string {
  if (!e) return ''
  const text = [e.content, e.call_back_result, e.check_result, e.called_why, e.result].map((x) => (x || '').replace(/\s+/g, ' ').trim()).filter((x) => x)[0] || ''
  const chars = Array.from(text)
  return chars.length > most ? chars.slice(0, most).join('') + '…' : text
}

/** An open matter stands once, and not again among the calls. */
export function callsBeside(d: Dealings): Dealings['calls'] {
  const open = d.open.map((o) => o.entry.id)
  return d.calls.filter((c) => !c.entry || open.indexOf(c.entry.id) < 0)
}
