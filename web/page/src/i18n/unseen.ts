// What was not seen, in words that are understood at three in the morning.
import type { Sight, Stretch } from '@/logic/intervals'
import { total } from '@/logic/intervals'
import { clock, date, minute } from '@/logic/time'
import { lang, t, type Key } from './index'
import { span } from './spell'

/** How long something lasted; never 0 seconds. */
export function lasting(ms: number): string {
  if (ms < 1000) return t('sight.moment')
  const s = Math.floor(ms / 1000)
  if (s >= 60 && s < 3600 && s % 60 === 0) return t('time.minutes', { m: s / 60 })
  return span(ms)
}

/** 03:12–03:15（3 分钟）; to the second when it is shorter than a minute. */
export function whenText(s: Stretch, withDay = false): string {
  const length = lasting(s.to - s.from)
  const brief = s.to - s.from < 60_000
  const read = brief ? clock : minute
  const day = withDay ? date(s.from).slice(5) + ' ' : ''
  const from = day + read(s.from)
  if (s.open) return t('sight.open', { from, for: length })
  const other = withDay && date(s.to) !== date(s.from) ? date(s.to).slice(5) + ' ' : ''
  const to = other + read(s.to)
  return read(s.from) === to ? t('sight.at', { from, for: length }) : t('sight.when', { from, to, for: length })
}

/** Known causes by a mark in the daemon's English sentence. */
const CAUSES: [RegExp, Key][] = [
  [/daemon was not running/, 'sight.cause.daemon'],
  [/link to the switch was lost/, 'sight.cause.link'],
  [/switch ended and was started again/, 'sight.cause.switch'],
  [/no journal of the switch is configured/, 'sight.cause.none'],
  [/folder of the switch's journal does not exist/, 'sight.cause.folder'],
  [/(^|; )the switch's journal does not exist/, 'sight.cause.absent'],
  [/journal may not be read/, 'sight.cause.refused'],
  [/it is not written/, 'sight.cause.unwritten'],
  [/rows of the switch's journal are lost/, 'sight.cause.lost'],
  [/journal cannot be read|journal is no file/, 'sight.cause.unread'],
  [/journal says cannot be stored/, 'sight.cause.log'],
  [/duty log did not exist yet/, 'sight.cause.begun'],
]

/** The causes of an interval in the page's language; English stays as it is, so does what is not known. */
export function intervalCause(cause: string): string {
  if (lang.value === 'en') return cause
  const said = CAUSES.filter(([mark]) => mark.test(cause)).map(([, key]) => t(key))
  return said.join(t('list.comma')) || cause
}

export interface Note {
  kind: keyof Sight
  text: string
  /** Every stretch with its cause, for a tooltip. */
  title: string
}

/** Which entries were written afterwards of it. */
const lateWords = (s: Stretch): string => (s.late && s.late.length ? t('late.covered', { numbers: s.late.join(t('list.comma')) }) : '')

/** One line for each sort of what was not seen; none when all was. */
export function notesOf(sight: Sight): Note[] {
  const note = (kind: keyof Sight): Note[] => {
    const all = sight[kind]
    if (!all.length) return []
    const title = all.map((s) => whenText(s) + t('punct.colon') + intervalCause(s.cause) + lateWords(s)).join('\n')
    if (all.length > 1) return [{ kind, title, text: t(('sight.' + kind + '.many') as Key, { n: all.length, for: lasting(total(all)) }) }]
    const key = kind === 'covered' && all[0].open ? 'sight.covered.open' : (('sight.' + kind + '.one') as Key)
    return [{ kind, title, text: t(key, { when: whenText(all[0]) }) + lateWords(all[0]) }]
  }
  return note('blind').concat(note('down'), note('covered'))
}
