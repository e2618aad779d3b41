// 报备: one filing on the page, and what is said of it afterwards. Drawn without a browser.
import { createSSRApp, effectScope, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Filing, FilingVersion } from '@/api/roster'
import { lang } from '@/i18n'

vi.mock('element-plus', async () => {
  const { h } = await import('vue')
  const part = (_: object, { attrs, slots }: { attrs: object; slots: { default?: () => unknown } }) => h('button', { ...attrs }, (slots.default ? slots.default() : []) as never)
  return { ElButton: part, ElInput: part, ElDialog: () => null }
})
vi.stubGlobal('window', globalThis)
vi.stubGlobal('document', { documentElement: {}, addEventListener: () => undefined, querySelectorAll: () => [], activeElement: null })
const stored: Record<string, string> = {}
vi.stubGlobal('localStorage', Object.defineProperties(stored, {
  getItem: { value: (k: string) => (k in stored ? stored[k] : null) },
  setItem: { value: (k: string, v: string) => { stored[k] = v } },
  removeItem: { value: (k: string) => { delete stored[k] } },
}))
const sent: [string, string, Record<string, unknown>][] = []
let refused = false
vi.stubGlobal('fetch', async (url: string, init: { method: string; body: string }) => {
  sent.push([init.method, url, JSON.parse(init.body)])
  return refused ? { ok: false, status: 422, text: async () => '{"status":422}' } : { ok: true, status: 200, text: async () => '{}' }
})
const { default: FilingRow } = await import('@/components/FilingRow.vue')
const { useFilingAmend } = await import('@/state/filing-amend')
const { session } = await import('@/state/session')
const { fieldInstant, fieldTime } = await import('@/logic/time')
const { sentenceOf } = await import('@/i18n/refusals')

const at = (clock: string) => `2026-11-27T${clock}:00.000Z`
const version = (change: Partial<FilingVersion> = {}): FilingVersion => ({ at: at('02:00'), by: '王值班', reason: '', sent_at: at('02:00'), receipt: '', receipt_at: null, shifts: [], ...change })
const filing = (change: Partial<Filing> = {}): Filing => ({
  id: 7, kind: 'month', name: '2026-12', first: '2026-12-01', last: '2026-12-31', at: at('02:00'), by: '王值班', sent_at: at('02:00'), sent_to: '市局', receipt: '', receipt_at: null, note: '', supplement: 0, shifts: [], versions: [], ...change,
})
const signIn = (role: string) => { session.user = { username: 'wang', name: '王值班', role, roles: [role] } as unknown as NonNullable<typeof session.user> }
const drawn = (f: Filing) => renderToString(createSSRApp({ render: () => h(FilingRow, { filing: f }) }))
const amending = (f: Filing) => effectScope().run(() => useFilingAmend(() => f))!

beforeEach(() => {
  Object.keys(stored).forEach((k) => delete stored[k])
  sent.length = 0
  refused = false
  lang.value = 'zh'
  signIn('officer')
})

describe('a filing', () => {
  it('takes its receipt afterwards, and another time of sending, by buttons that keys reach', async () => {
    const html = await drawn(filing())
    expect(html).toMatch(/<button type="button"[^>]*data-test="filing-receipt-add"[^>]*>补录回执<\/button>/)
    expect(html).toMatch(/<button type="button"[^>]*data-test="filing-sent-correct"[^>]*>更正报送时间<\/button>/)
    expect(await drawn(filing({ receipt: '12号' }))).toMatch(/>更正回执</)
    lang.value = 'en'
    expect(await drawn(filing())).toMatch(/>Add receipt<[\s\S]*>Correct time of sending</)
  })

  it('takes nothing from who only reads', async () => {
    signIn('auditor')
    expect(await drawn(filing())).not.toMatch(/filing-receipt-add|filing-sent-correct/)
  })

  it('shows what stood before, who changed it, when and why', async () => {
    const f = filing({ sent_at: at('01:00'), receipt: '21号', receipt_at: at('03:00'), versions: [
      version(), version({ at: at('03:10'), by: '李娜', receipt: '12号', receipt_at: at('03:00') }),
      version({ at: at('04:00'), sent_at: at('01:00'), receipt: '12号', receipt_at: at('03:00'), reason: '填错了' }),
      version({ at: at('05:00'), sent_at: at('01:00'), receipt: '21号', receipt_at: at('03:00'), reason: '抄错号' }),
    ] })
    const html = (await drawn(f)).replace(/2026-|11-27 /g, '')
    expect(html).toContain('回执：21号（11:00 收到）')
    expect((html.match(/data-test="filing-change"[^<]*/g) || []).map((s) => s.split('>')[1])).toEqual([
      '补录回执：12号（11:00 收到）（李娜，11:10）', '更正报送时间：10:00 → 09:00（王值班，12:00，原因：填错了）', '更正回执：12号（11:00 收到） → 21号（11:00 收到）（王值班，13:00，原因：抄错号）',
    ])
  })
})

describe('what is said of a filing afterwards', () => {
  it('is sent for a receipt without a reason, and kept until the daemon has it', async () => {
    const a = amending(filing())
    a.ask('receipt')
    expect([a.corrects.value, a.ready.value]).toEqual([false, false])
    a.receipt.value = '回执12号'
    a.at.value = '2026-11-27T11:00'
    expect(a.ready.value).toBe(true)
    refused = true
    await expect(a.send()).rejects.toBeTruthy()
    expect([a.asked.value, a.receipt.value]).toEqual(['receipt', '回执12号'])
    refused = false
    await a.send()
    expect(sent[1]).toEqual(['PATCH', '/api/v1/roster/filings/7', { receipt: '回执12号', receipt_at: at('03:00'), reason: '' }])
    expect([a.asked.value, Object.keys(stored).length]).toEqual(['', 0])
  })

  it('begins with what stands, and wants a reason where that is replaced', async () => {
    const a = amending(filing({ receipt: '12号', receipt_at: at('03:00') }))
    a.ask('receipt')
    expect([a.receipt.value, a.at.value, a.ready.value]).toEqual(['12号', '2026-11-27T11:00', false])
    a.asked.value = ''
    a.ask('sent')
    expect([a.at.value, a.ready.value]).toEqual(['2026-11-27T10:00', false])
    a.reason.value = '填错了'
    a.at.value = '2026-11-27T09:00'
    await a.send()
    expect(sent[0]).toEqual(['PATCH', '/api/v1/roster/filings/7', { sent_at: at('01:00'), reason: '填错了' }])
  })

  it.each([
    ['receipt_at', 'lies before the roster was sent: check both times', /收到回执的时间早于报送时间/],
    ['receipt_at', 'lies in the future: write down when the receipt came', /“收到回执的时间”不能是将来的时间/],
    ['sent_at', 'lies after its receipt came: check both times', /报送时间晚于收到回执的时间/],
    ['sent_at', 'is when the roster had no shift in this time: x', /没有任何班次/],
    ['reason', 'is for nothing: what stands already is the same', /没有需要更正的内容/],
    ['reason', 'say why in a few words: x', /请填写“原因”/],
  ])('is refused in Chinese: %s %s', (field, message, want) => expect(sentenceOf('roster', { location: 'body.' + field, message })).toMatch(want))
})

describe('a field of date and time', () => {
  it('is of Shanghai, there and back', () => {
    expect(fieldTime(Date.parse(at('16:30')))).toBe('2026-11-28T00:30')
    expect([fieldInstant('2026-11-28T00:30'), fieldInstant('')]).toEqual([at('16:30'), ''])
  })
})
