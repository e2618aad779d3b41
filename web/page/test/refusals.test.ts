// Every field of every route has a Chinese name, and every refusal of an incident is one Chinese sentence.
import { beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '@/api/client'
import { lang } from '@/i18n'
import { problemText } from '@/i18n/problems'
import { fieldOf, namedRefusal, sentenceOf } from '@/i18n/refusals'
import document from '../../../web/testdata/openapi.golden?raw'

type Field = [name: string, type: string]
const schemas: Record<string, Field[]> = {}
const routes: { area: string; queries: string[]; body: string; fields: Field[] }[] = []
for (const part of document.split('\n\n')) {
  const lines = part.split('\n').filter((l) => l)
  const route = /^[A-Z]+ \/api\/v1\/([\w-]+)/.exec(lines[0] || '')
  const fields = lines.map((l) => /^ {4}(\S+) (.*)$/.exec(l)).filter((m) => m).map((m): Field => [m![1], m![2]])
  const body = lines.map((l) => /^ {2}body \S+ (\S+)/.exec(l)).filter((m) => m)[0]
  if (route) routes.push({ area: route[1], queries: lines.map((l) => (/^ {2}query (\S+)/.exec(l) || ['', ''])[1]).filter((q) => q), body: body ? body[1] : '', fields })
  else if (lines.length) schemas[lines[0]] = lines.slice(1).map((l) => /^\s+(\S+) (.*)$/.exec(l)).filter((m) => m).map((m): Field => [m![1], m![2]])
}
/** Every address of a value of a body, those of its parts with their owner's before them. */
function addresses(fields: Field[], before: string, seen: string[]): string[] {
  return fields.reduce((all, [name, type]) => {
    const part = type.split(' ')[0].replace(/[[\]]/g, '')
    return all.concat(before + name, schemas[part] && seen.indexOf(part) < 0 ? addresses(schemas[part], before + name + '.', seen.concat(part)) : [])
  }, [] as string[])
}
const chinese = /[\u4e00-\u9fff]/

describe('the fields of the API', () => {
  beforeEach(() => { lang.value = 'zh' })

  it('have a Chinese name each, in every body and query of every route', () => {
    const locations = routes.flatMap((r) => r.queries.map((q) => [r.area, 'query.' + q]).concat(addresses(r.fields.concat(schemas[r.body] || []), 'body.', [r.body]).map((a) => [r.area, a])))
    expect(locations.length).toBeGreaterThan(400)
    expect(locations.filter(([area, location]) => !chinese.test(fieldOf(area, location))).map((x) => x.join(' '))).toEqual([])
  })

  it('are called as on the form in question', () => {
    expect([fieldOf('entries', 'body.kind'), fieldOf('incidents', 'body.kind'), fieldOf('incidents', 'body.category'), fieldOf('entries', 'body.category')]).toEqual(['来电类别', '类型', '事件类别', '信息类别'])
    expect([fieldOf('incidents', 'body.by_phone.login'), fieldOf('session', 'body.login'), fieldOf('roster', 'body.shifts[3].name'), fieldOf('incidents', 'body.elements.place')]).toEqual(['谁签批', '登录名', '姓名', '发生地点'])
  })
})

describe('a refusal of an incident', () => {
  beforeEach(() => { lang.value = 'zh' })
  const refused = (location: string, message: string, area = 'incidents') =>
    problemText(new ApiError(422, 'Unprocessable Entity', location + ': ' + message, { type: '/problems/invalid-value', errors: [{ location, message }] }, area))

  it('says in Chinese what to do, whatever the core may say', () => {
    const sources = import.meta.glob<string>('../../../dutylog/incident*.go', { query: '?raw', import: 'default', eager: true })
    const said: [string, string][] = []
    for (const path of Object.keys(sources)) {
      if (/_test\.go$/.test(path)) continue
      for (const m of sources[path].match(/InvalidError\{Field: "[\w.]+", Reason: [^}]*\}/g) || []) {
        const [, field, rest] = /Field: "([\w.]+)", Reason: (.*)\}$/.exec(m)!
        const text = (rest.match(/"(?:[^"\\]|\\.)*"/g) || []).map((s) => s.slice(1, -1)).join('7').replace(/%[\d.]*[a-z]/g, '7')
        if (!/minutes$/.test(field)) said.push([field, text]) // those are of the rule file, which no page sends
      }
    }
    expect(said.length).toBeGreaterThan(30)
    expect(said.filter(([field, text]) => !chinese.test(sentenceOf('incidents', { location: 'body.' + field, message: text })))).toEqual([])
  })

  it.each([
    ['body.evidence', 'is missing: name the receiver, the call, the attached receipt, or say in a few words what proves it', /请填写接收人或凭据/],
    ['body.at', 'lies before the text was written (version 2): say when this text went out', /早于第 2 版文稿保存的时间/],
    ['body.clock_start', 'is not later than the intake of the earliest entry: the clock never starts before it, and by itself starts with it', /计时起点不能早于或等于最早的接报时间/],
    ['body.by_phone.at', 'lies before version 1 was written: say when this text was approved', /签批时间早于第 1 版/],
    ['body.reason', 'says nothing: it is kept for ever why the incident is closed though not everything was reported', /不能作为原因[\s\S]*请写明为什么仍然办结/],
    ['body.clock_reason', 'say why in a few words: it is kept with the decision for ever', /请填写“调整计时起点的原因”/],
    ['body.receiver', 'has 100000 characters; at most 500 can be kept, shorten it', /“接收人”有 100000 字，最多 500 字/],
    ['body.recipient', 'is missing: choose superior_bureau（上级应急局）', /请填写“报送对象”/],
    ['body.by_phone.login', 'expected length >= 1', /请填写“谁签批”/],
    ['body', 'expected required property channel to be present', /请填写“报送渠道”/],
    ['body.due', 'is no time in RFC 3339, for instance 2026-11-23T12:17:59Z', /“反馈时限”不是有效的时间/],
    ['body.receiver', 'something that was never said before', /填写的内容不符合要求：接收人/],
  ])('%s: %s', (location, message, want) => {
    expect(refused(location, message)).toMatch(want)
    expect(refused(location, message)).not.toMatch(/[a-z_]{3,}/)
  })

  it('is not taken for the correction of a complete entry, which says its own', () => {
    expect(refused('body.reason', 'says nothing: x')).not.toContain('Alt+E')
    expect(refused('body.reason', 'the entry is complete: say in a few words why it is corrected; that is kept with what changes', 'entries')).toContain('Alt+E')
  })

  it('names what is still to be reported before the incident can be closed', () => {
    const close = (detail: string) => problemText(new ApiError(422, '', detail, { type: '/problems/incident-unfinished' }, 'incidents'))
    expect(close('Not reported 未报送: 初报（初步情况）、书面报告（基本情况）、详细报告（详细情况）. Send it, or say why the incident is closed without it.'))
      .toBe('尚未报送：初报（初步情况）、书面报告（基本情况）、详细报告（详细情况）。请补报，或写明为什么不再报送')
    expect(close('The final report 终报 was not sent: send it, or say why the incident is closed without one.')).toContain('终报尚未报送')
    expect(close('Not everybody got every report 未送达 (初报（初步情况）：政府): send it there, or say why the incident is closed so.')).toContain('尚未全部送达（初报（初步情况）：政府）')
    expect(close('2 instruction(s) 批示 are still open: close them, or say why the incident is closed with them.')).toContain('还有 2 条批示没有办结')
    expect(close('Something new.')).toBe('终报尚未报送或批示尚未办结，请补办，或填写原因')
    expect(namedRefusal('incident-not_open', 'x')).toBe('')
    expect(namedRefusal('incident-call_mismatch', 'The number of this call, 02422730333（区政府总值班室）, is not known as that of 上级应急管理部门: choose the call with them, or say why this one proves it.'))
      .toBe('这次通话的号码 02422730333（区政府总值班室） 不是“上级应急管理部门”登记的号码：请改选与对方的通话；确实是这次通话的，请写明原因')
  })
})

describe('a refusal of the roster and of its duties', () => {
  beforeEach(() => { lang.value = 'zh' })

  it.each([
    ['roster', 'reason', 'rosterchange', /Field: "reason", Reason: "(say why shifts[^"]*)"/, /请填写变更原因/],
    ['roster', 'ended', 'calendar', /Field: "ended", Reason: "([^"]*)"/, /已经取消/],
    ['roster', 'first', 'calendar', /Field: "first", Reason: "(the period has begun[^"]*)"/, /已经开始/],
    ['roster', 'last', 'calendar', /Field: "last", Reason: "(the days of the period[^"]*)"/, /最早填今天/],
    ['tasks', 'says', 'task', /Field: "says", Reason: "(it is too soon[^"]*)"/, /时候未到/],
  ])('%s: %s', (area, field, file, pattern, want) => {
    const sources = import.meta.glob<string>('../../../dutylog/{rosterchange,calendar,task}.go', { query: '?raw', import: 'default', eager: true })
    const said = pattern.exec(sources['../../../dutylog/' + file + '.go'])
    expect(said && sentenceOf(area, { location: 'body.' + field, message: said[1] })).toMatch(want)
  })
})
