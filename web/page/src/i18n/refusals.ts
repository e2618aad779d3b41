// What is wrong with a value that was sent, in one sentence with what to do. The daemon says it in English, by the
// field and a sentence of its own; the test walks the sentences of its source. The English page shows them as they are.
import type { ApiError } from '@/api/client'
import { t, word, type Key } from './index'

interface FieldProblem {
  location: string
  message: string
}

/** What a field is called: in this area of the API, by its whole address, or by its name alone. */
export function fieldOf(area: string, location: string): string {
  const path = location.replace(/^(body|query|path)\.?/, '').replace(/\[\d+\]/g, '')
  const leaf = path.slice(path.lastIndexOf('.') + 1)
  for (const name of [area + '.' + path, area + '.' + leaf, path, leaf]) {
    const said = word('field', name)
    if (name && said !== name) return said
  }
  return leaf
}

/** By the field and the beginning of the sentence; {1} is what stands in the brackets, {field} the field's name. */
export const SENTENCES: [RegExp, RegExp, string][] = [
  [/^reason$/, /^the entry is complete/, 'correct.needed'],
  [/^answered_by$/, /^nobody answered/, '这是未接来电，没有接听人：请留空，情况在“复核”中说明'],
  [/^answered_by$/, /^is nobody whom/, '系统中没有这个人：请填写有账号的人或值班表中的人员'],
  [/^answered_by$/, /^somebody is recorded/, '已登记接听人：只能由实际接听的人本人登录更改，或由督查人员更改'],
  [/^answered_by$/, /^the verdict of this call is decided/, '这次来电已复核：接听人只能由实际接听的人本人登录填写，或由督查人员填写'],
  [/^answered_by$/, /^the call is not answered/, '来电还没有接听：接听以后再填写接听人'],
  [/^why$/, /^the call has a number/, '这次来电有号码，不能选“没有号码”：请回拨，或写明为什么不回拨'],
  [/^text$/, /^say who called back/, '请写明谁、用哪部电话、什么时间回拨的：系统没有这次通话的记录'],
  [/^text$/, /^say from which number/, '请写明对方用哪个号码、什么时间打来：系统不能认定是同一人'],
  [/^version$/, /^a supervisor wrote or confirmed/, '督查人员登记或确认过的抽查，只能由督查人员更改'],
  [/^version$/, /^somebody else registered/, '这次抽查由他人登记：请登记人本人或督查人员更改'],
  [/^day$/, /^lies before the year 2000/, '日期早于 2000 年，请核对抽查时间'],
  [/^reason$/, /^says nothing/, '“无”“ok”等不能作为原因：还有报告未报送、未送达或批示未办结，请写明为什么仍然办结（至少两个汉字）'],
  [/^reason$/, /^say in a few words what was not so/, '请写明哪里不属实；原因将一直保留'],
  [/^reason$/, /^say why shifts that are in force/, '已发布的班次换人、改时间或撤下，请填写变更原因：原班、现班人员和原因将一直保留'],
  [/^call_reason$/, /^says nothing/, '“无”“ok”等不能作为原因：请写明号码不符或过短的通话为什么能作凭证（至少两个汉字）'],
  [/reason$/, /^say why/, '请填写“{field}”；原因将一直保留'],
  [/^at$/, /^lies before the text was written \(version (\d+)\)/, '报送时间早于第 {1} 版文稿保存的时间：请填写这份文稿实际发出的时间'],
  [/^at$/, /^lies before version (\d+) was written/, '签批时间早于第 {1} 版文稿保存的时间：请填写对方同意这一版的时间'],
  [/^late_at$/, /^lies after the entry was written/, '接报时间不能晚于补录的时间：请核对日期和时间'],
  [/^late_at$/, /^lies after handling step (\d+)/, '接报时间晚于第 {1} 条办理过程：请核对时间，或先划去该条'],
  [/^late_at$/, /^belongs to a late entry/, '这条记录不是补录，接报时间不能更改'],
  [/^at$/, /^lies before the matter came in/, '办理时间早于接报时间：当时尚不知道此事，请核对日期和时间；更早来的事请另行补录'],
  [/^at$/, /^lies before the first entry/, '时间早于本事件最早的接报：当时尚不知道此事，请核对时间'],
  [/^at$/, /^lies before the instruction was given/, '时间早于批示下达的时间，请核对'],
  [/^at$/, /^is missing: say when it was said/, '请填写对方同意的时间，或选择当时的通话录音'],
  [/^clock_start$/, /^is not later than the intake/, '计时起点不能早于或等于最早的接报时间：本来就从接报起算，只有后来才达到报送标准的才调整，请填写更晚的时间'],
  [/^clock_start$/, /^lies in the future/, '计时起点不能是将来的时间：请填写事件达到报送标准的时间'],
  [/^due$/, /^is not later/, '反馈时限须晚于批示时间，请核对'],
  [/^evidence$/, /^is missing/, '请填写接收人或凭据（如传真回执、系统流水号），或附上凭据照片：至少一项，以便日后证明已报送'],
  [/^receiver$/, /^is missing/, '请填写接收人：对方是谁接的报告'],
  [/^login$/, /^is no login that is in use/, '找不到这个签批人：请重新选择是谁在电话中同意的'],
  [/^login$/, /^is you/, '这是您本人：请直接点“审核通过”或“签发”，不必登记电话签批'],
  [/^call_id$/, /^is no call of the log/, '找不到这次通话：请重新选择通话录音'],
  [/^call_id$/, /^was not answered/, '这次通话没有接通，不能作为证明：请选择接通了的通话'],
  [/^call_id$/, /^was over before version (\d+) was written/, '这次通话在第 {1} 版文稿保存之前已结束：请选择对方同意这一版的通话'],
  [/^call_id$/, /^is the call by which a report was delivered/, '这次通话已登记为报送，不能同时作为签批：请选择与签批人的通话'],
  [/^call_id$/, /^is the call in which somebody approved/, '这次通话已登记为签批或通知人员，不能同时作为报送：请选择打给报送对象的通话'],
  [/^call_id$/, /^is the call of somebody who reported the event/, '这是报告本事件的来电，不能作为签批的证明：请选择与签批人的通话'],
  [/^call_id$/, /^came in/, '这是来电：电话报告须是我方打给报送对象的通话，请重新选择'],
  [/^call_id$/, /^began before the first entry/, '这次通话早于本事件最早的接报：请重新选择'],
  [/^channel$/, /^is the telephone/, '有通话录音作证明的，报送渠道须选“电话”'],
  [/^attachment$/, /^is no file/, '这个附件不在本事件的条目中：请先把文件附到其中一条接报上'],
  [/^merge_into$/, /^is no other incident/, '请选择要并入的另一起事件'],
  [/^entry_id$/, /^is one too many: .* at most (\d+)/, '一起事件最多关联 {1} 条接报：请新建一起事件'],
  [/^fact$/, /^is struck out already/, '这条记录已经划去'],
  [/^fact$/, /^cannot be struck out/, '这类记录不能划去：请用相反的操作更正'],
  [/^fact$/, /^is the only entry/, '这是本事件唯一的接报，不能划去：请先关联正确的条目'],
  [/^fact$/, /has no fact/, '找不到这条记录：请刷新后再试'],
  [/^kind$/, /^the incident has (\d+) facts/, '本事件的记录已达 {1} 条上限：请办结后另建一起事件'],
  [/^says$/, /^it is too soon/, '时候未到，还不能办理；确实不用办的，请说明原因后标为不需办理'],
  [/^receipt_at$/, /^lies before the roster was sent/, '收到回执的时间早于报送时间：请核对，报送时间有误的请先更正报送时间'],
  [/^sent_at$/, /^lies after its receipt came/, '报送时间晚于收到回执的时间：请核对，回执时间有误的请先更正回执'],
  [/^ended$/, /^it was ended already/, '这个敏感时期已经取消，不能再改：需要时请重新录入'],
  [/^first$/, /^the period has begun/, '敏感时期已经开始，已过的日子不能改：开始日期请保持不变'],
  [/^last$/, /^the days of the period so far stay/, '敏感时期已过的日子不能改：结束日期最早填今天'],
  [/^sent_at$/, /^is when the roster had no shift/, '该报送时间的值班表没有任何班次，当时不可能报送：请核对报送时间'],
  [/^reason$/, /^is for nothing/, '与现有登记相同，没有需要更正的内容'],
  [/^kind$/, /is no kind of fact/, '不认识的操作：请刷新页面后再试'],
  [/^elements$/, /^say nothing/, '与目前掌握的情况相同，没有需要登记的变化'],
  [/^elements$/, /is no element of a report/, '不认识的报告要素：请刷新页面后再试'],
  [/^text$/, /^is missing: write the instruction/, '请填写批示内容，或附上批示照片'],
  [/^text$/, /^is one too many: .* at most (\d+)/, '一起事件最多登记 {1} 条批示'],
  [/^text$/, /^is what stands already/, '内容没有变化，不必再次保存'],
  [/^whom$/, /^is missing/, '请填写姓名'],
  [/^text$/, /^is missing/, '请填写内容'],
  [/^schedule$/, /^is missing/, '报送时限没有设定：请联系管理员检查规则文件'],
  [/^number$/, /^is no report of this stage/, '没有这一期报告：请刷新后再试'],
  // What any value may be told.
  [/./, /^(?:has (\d+) characters; at most (\d+))/, '“{field}”有 {1} 字，最多 {2} 字：请删减后再试，内容都在'],
  [/./, /^expected length <= (\d+)/, '“{field}”太长，最多 {1} 字：请删减后再试，内容都在'],
  [/./, /^lies in the future/, '“{field}”不能是将来的时间，请核对'],
  [/./, /^lies in the year (\d+)/, '“{field}”的年份 {1} 有误，请核对'],
  [/./, /^is no time in RFC 3339|date-time/, '“{field}”不是有效的时间，请按 8:30 或 11-27 8:30 填写'],
  [/./, /^is missing|^expected length >= 1|^expected required property/, '请填写“{field}”'],
  [/./, /^is none|^expected value to be one of/, '请重新选择“{field}”'],
]

/** A sentence for one value; empty: none is known. */
export function sentenceOf(area: string, p: FieldProblem): string {
  const absent = /^expected required property (\S+) to be present/.exec(p.message)
  const location = absent ? p.location + '.' + absent[1] : p.location
  const leaf = location.slice(location.lastIndexOf('.') + 1)
  for (const [field, says, sentence] of SENTENCES) {
    const found = field.test(leaf) ? says.exec(p.message) : null
    if (!found) continue
    if (/^[\w.]+$/.test(sentence)) return t(sentence as Key)
    return sentence.replace(/\{(\w+)\}/g, (_, name) => (name === 'field' ? fieldOf(area, location) : found[Number(name)] || ''))
  }
  return ''
}

/** What is wrong with the values that a refusal names: a sentence each, else the fields by name. */
export function refusalText(error: ApiError): string {
  const all = (Array.isArray(error.body.errors) ? (error.body.errors as Partial<FieldProblem>[]) : []).map((e) => ({ location: String(e.location || ''), message: String(e.message || '') }))
  const once = (list: string[]) => list.filter((x, n) => x && list.indexOf(x) === n)
  const said = once(all.map((e) => sentenceOf(error.area, e)))
  const others = once(all.filter((e) => !sentenceOf(error.area, e)).map((e) => fieldOf(error.area, e.location)))
  if (others.length) said.push(t('problem.invalidIn', { fields: others.join(t('list.comma')) }))
  return said.join('；')
}

/** What an incident cannot be closed with, as its refusal names it. */
const UNFINISHED: [RegExp, string][] = [
  [/未报送: ([^.]+)\./, '尚未报送：{1}。请补报，或写明为什么不再报送'],
  [/终报 was not sent/, '终报尚未报送：请报送终报，或写明为什么不报终报就办结'],
  [/未送达 \((.+)\): /, '尚未全部送达（{1}）：请补报，或写明为什么不再报送'],
  [/^(\d+) instruction/, '还有 {1} 条批示没有办结：请先办结，或写明由谁继续跟踪'],
]
/** With whom a call was that is to prove something, and with whom it has to be. */
const MISMATCH: [RegExp, string][] = [
  [/^The number of this call, (.+), is not known as that of (.+?): /, '这次通话的号码 {1} 不是“{2}”登记的号码：请改选与对方的通话；确实是这次通话的，请写明原因'],
  [/^The talk of this call was over at once \((.+?)\): /, '这次{1}，不足以证明：请改选说事的那次通话；确实是这次通话的，请写明原因'],
]
/** The entry that a form opened before, when its answer was lost. */
const WRITTEN_BEFORE: [RegExp, string][] = [[/^Entry (\S+) was opened/, '先前提交时已生成记录 {1}，这次的改动没有写入：请打开该记录更正']]
const NAMED: Record<string, [RegExp, string][]> = { 'entry-written': WRITTEN_BEFORE, 'incident-unfinished': UNFINISHED, 'incident-call_mismatch': MISMATCH }
/** What a refusal names, where its kind alone says less. */
export function namedRefusal(type: string, detail: string): string {
  for (const [mark, sentence] of NAMED[type] || []) {
    const found = mark.exec(detail)
    if (found) return sentence.replace('{1}', found[1] || '').replace('{2}', found[2] || '')
  }
  return ''
}
