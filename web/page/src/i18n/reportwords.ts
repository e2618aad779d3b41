// The sentences that a report begins with. A report is Chinese, whatever the language of the page.
import { ELEMENTS, type Element, type Elements, type Stage } from '@/api/incidents'
import { dateMinute } from '@/logic/time'

/** As the elements stand in a report. */
export const NAMES: Record<Element, string> = {
  unit: '发生单位', time: '发生时间', place: '发生地点', cause: '起因', nature: '事件性质', losses: '物资损失情况', casualties: '人员伤亡情况', measures: '已采取的措施', trend: '事件发展态势',
}
/** How it begins what the daemon says of a call that was over at once. */
export const SHORT_TALK = '通话仅 '
const ENDS = /[。！？；]$/
const whole = (text: string) => (ENDS.test(text) ? text : text + '。')

/** 11月27日22时10分 */
function moment(ms: number): string {
  const m = /^\d+-0?(\d+)-0?(\d+) 0?(\d+):(\d+)$/.exec(dateMinute(ms))
  return m ? `${m[1]}月${m[2]}日${m[3]}时${m[4]}分` : ''
}

/** Two texts as one, where the second does not repeat how the first ends: as the title of an incident. */
export function chained(a: string, b: string, between: string): string {
  if (a.indexOf(b) >= 0) return a
  if (b.indexOf(a) >= 0) return b
  for (let n = b.length - 1; n >= 2; n--) if (a.slice(-n) === b.slice(0, n)) return a + b.slice(n)
  return a + between + b
}

/** A text without when the event was reported first, which an older entry may move. */
export const undated = (text: string): string => text.replace(/\d+月\d+日\d+时\d+分接报：/, '')

const CLOSING = /\s*(?:后续情况续报|特此终报)。\s*$/
const closing = (stage: Stage): string => (stage === 'final' ? '特此终报。' : '后续情况续报。')
const named = (e: Element, said: string): string => (said ? NAMES[e] + '：' + whole(said) : '')

/** The text of the last report as somebody wrote it, with what is said otherwise since behind it. */
export function goingOn(stage: Stage, text: string, now: Elements, before: Elements): string {
  const news = ELEMENTS.filter((e) => (now[e] || '').trim() !== (before[e] || '').trim()).map((e) => named(e, (now[e] || '').trim())).join('')
  return text.replace(CLOSING, '') + (news ? '\n　　' + news : '') + (CLOSING.test(text) ? '\n　　' + closing(stage) : '')
}

/** The report in the sentences that are usual; whoever writes it goes on from there. */
export function sentences(stage: Stage, now: Elements, before: Elements | null, intake: number): string {
  const said = (e: Element) => (now[e] || '').trim()
  const of = (e: Element) => named(e, said(e))
  const paragraphs: string[] = []
  if (stage === 'follow_up' && before) {
    const changed = ELEMENTS.filter((e) => said(e) && said(e) !== (before[e] || '').trim())
    paragraphs.push(`现将${said('place')}${said('nature') || '突发事件'}有关情况续报如下。`, changed.map(of).join(''))
  } else {
    const bare = (e: Element) => said(e).replace(/[，。；]$/, '')
    const where = chained(bare('place'), bare('unit'), '，')
    const when = said('time') ? bare('time') + '，' : ''
    const what = (said('nature') || '突发事件').replace(/^发生/, '')
    // 南京北街12号居民楼 and 居民楼火灾: what it is does not repeat where it is.
    const once = chained(where, what, '').slice(where.length)
    const comma = where && !said('unit') ? '，' : ''
    paragraphs.push(whole(`${moment(intake)}接报：${when}${where}${comma}发生${once || what}`) + of('cause'))
    paragraphs.push(of('casualties') + of('losses'), of('measures'), said('trend') ? whole(said('trend')) : '')
  }
  paragraphs.push(closing(stage))
  return paragraphs.filter((p) => p).map((p) => '　　' + p).join('\n')
}
