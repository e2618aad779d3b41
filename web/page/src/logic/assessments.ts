// What the pages 考核 and 违规登记 say, and where their evidence leads.
import type { AssessmentItem, AssessmentState, EvidenceLink, ItemChange, Violation, ViolationState } from '@/api/assessments'
import { t, word } from '@/i18n'
import { dateMinute, parse } from './time'

export const assessmentTone = (s: AssessmentState): 'good' | 'warn' | 'plain' | 'info' => (s === 'frozen' ? 'good' : s === 'running' ? 'plain' : s === 'open' ? 'warn' : 'info')
export const violationTone = (s: ViolationState): 'good' | 'warn' | 'bad' | 'plain' | 'info' => (s === 'upheld' ? 'bad' : s === 'open' ? 'warn' : s === 'awaits' ? 'info' : 'plain')

/** Points with at most one decimal, as on paper. */
export const points = (n: number): string => String(Math.round(n * 10) / 10)

/** The share that went well, rounded down so that it never says more than was reached. */
export const percent = (good: number, of: number): string => points(Math.floor((good * 1000) / of) / 10)

export const judged = (i: AssessmentItem): boolean => i.why !== 'nothing' && i.why !== 'unknown'
const cases = (i: AssessmentItem): number => i.denominator - i.numerator
/** What was told or decided is counted as cases; nothing of it goes well. */
const countsCases = (i: AssessmentItem): boolean => i.figure === 'forwarding_told' || i.figure === 'misuse_told' || i.figure === 'violations'

/** How the points of an item came about, in the words of the paper. */
export function whyText(i: AssessmentItem): string {
  if (!judged(i)) return t(i.why === 'nothing' ? 'as.why.nothing' : 'as.why.unknown')
  const share = { good: i.numerator, of: i.denominator, unit: i.minutes ? t('as.minutes') : '' }
  let text = ''
  if (i.why === 'cases') {
    if (countsCases(i)) text = cases(i) ? t('as.why.cases', { n: cases(i), each: points(i.each) }) : t('as.why.none')
    else text = cases(i) ? t('as.why.count', { ...share, n: cases(i), each: points(i.each) }) : t('as.why.allGood', share)
    if (i.bands.length) text += t('as.why.few')
  } else if (i.band) text = t('as.why.band', { ...share, percent: percent(i.numerator, i.denominator), least: points(i.band.least) })
  else text = t('as.why.below', { ...share, percent: percent(i.numerator, i.denominator), least: points(i.bands[i.bands.length - 1].least) })
  if (i.late) text += t('as.why.late', { n: i.late, minutes: i.within_minutes })
  if (i.of_line && !countsCases(i) && (i.measured.numerator !== i.numerator || i.measured.denominator !== i.denominator)) text += t('as.why.measured', { good: i.measured.numerator, of: i.measured.denominator })
  return i.unknown ? text + t('as.why.left', { n: i.unknown }) : text
}

export const scoreText = (i: AssessmentItem | null): string => (!i ? t('as.noItem') : judged(i) ? points(i.gets) + '/' + points(i.points) : t('as.notJudged'))

/** One change in a line: what it is, 10/18 → 15/18. */
export const changeText = (c: ItemChange): string => c.title + ' ' + scoreText(c.then) + ' → ' + scoreText(c.now)

/** The roster of which a filing is: its key has the day with which that begins. */
export function rosterOf(key: string, at: string): string {
  const day = /\d{4}-\d\d-\d\d/.exec(key)
  return '/roster/' + (day ? day[0] : dateMinute(parse(at)).slice(0, 10))
}

/** Where a piece of evidence is shown: itself, not the page on which it stands. */
export function addressOf(e: EvidenceLink): string {
  const id = encodeURIComponent(e.id)
  switch (e.kind) {
    case 'call': return '/calls/' + id
    case 'entry': return '/entry/' + id
    case 'incident': return '/incidents/' + id
    case 'violation': return '/violations/' + id
    case 'handover': return '/handover/' + (id || encodeURIComponent(e.at))
    case 'roster': return '/roster/' + dateMinute(parse(e.at)).slice(0, 10)
    case 'filing': return rosterOf(e.id, e.at)
    case 'task': return '/duties/' + id
    case 'spot_check': return '/spotchecks/' + id
    case 'listening': return '/calls/' + id // what was listened to
    default: return '/alerts/' + id
  }
}

export const evidenceText = (e: EvidenceLink): string => word('asEvidence', e.kind) + ' ' + dateMinute(parse(e.at)).slice(5)

export const itemText = (n: number): string => t('vi.itemN', { n: t('vi.numerals').charAt(n - 1) || n })

/** The month that is chosen when none is: the newest that is over, else the newest. */
export const firstMonth = (rows: { month: string; state: AssessmentState }[]): string => {
  const over = rows.filter((r) => r.state !== 'running')[0] || rows[0]
  return over ? over.month : ''
}

/** Whether words are asked for with what is said. */
export const wantsWords = (says: string): boolean => says !== 'confirmed'

/** What is chosen before anybody chooses: never what would decide something without a word. */
export const firstSays = (v: Violation): string => (v.may.length === 1 && v.may[0] !== 'confirmed' ? v.may[0] : v.may.indexOf('proposed') >= 0 ? 'proposed' : '')
