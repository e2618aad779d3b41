// What an alert rests on, in the reader's language.
import { afterEach, describe, expect, it } from 'vitest'
import type { AlertEvidence } from '@/api/types'
import { lang } from '@/i18n'
import { evidenceEn, evidenceZh } from '@/i18n/evidence'
import { alertDetail, evidenceText, inWords } from '@/logic/evidence'
import said from '../../../telephony/said.go?raw'
import kinds from '../../../alerts/evidence.go?raw'

const event = (over: Partial<AlertEvidence>): AlertEvidence => ({ kind: 'event', ref: '1.0', text: 'as the switch said it', at: null, ...over })
/** What says nothing to people: that the channel ended, and that the dial of a phone that sends on is cancelled. */
const OF_THE_SWITCH: Record<string, string> = { 'said.redirect_answer': '{event}', 'said.sent_on': '{status}' }
const has = /[\u4e00-\u9fff]/

/** All that a pattern takes out of a Go file, group by group. */
function all(source: string, pattern: RegExp): string[][] {
  const out: string[][] = []
  for (let m = pattern.exec(source); m; m = pattern.exec(source)) out.push(m.slice(1))
  return out
}

/** The names of telephony/said.go with the parameters that each has. */
const texts = all(said, /^\s+(Said\w+):\s+"([^"]*)",$/gm).map(([name, text]) => [name, text.match(/\{\w+\}/g) || []] as const)
const values = new Map(all(said, /^\s+(Said\w+)\s+SaidName = "(\w+)"$/gm).map(([name, value]) => [name, value] as const))

describe('a piece of evidence', () => {
  afterEach(() => { lang.value = 'zh' })

  it('says what the switch said, in both languages', () => {
    const e = event({ text: 'Dial CANCEL PJSIP/duty forward=138', said: { name: 'sent_on', status: 'CANCEL', endpoint: 'PJSIP/duty', number: '13800001111' } })
    expect(evidenceText(e)).toBe('话机 PJSIP/duty 要求把来电转往 13800001111')
    lang.value = 'en'
    expect(evidenceText(e)).toBe('The phone PJSIP/duty sent the call on to 13800001111')
  })

  it('has the words for states, findings and transfers', () => {
    expect(evidenceText(event({ said: { name: 'line_state', state: 'unreachable' } }))).toBe('线路状态：话机不可达')
    expect(evidenceText(event({ said: { name: 'fault', finding: 'feature_code', detail: 'PJSIP/duty' } }))).toMatch(/^从值班话机拨打了业务功能码.*：PJSIP\/duty$/)
    expect(evidenceText(event({ said: { name: 'fault', finding: 'feature_code' } }))).not.toContain('：')
    expect(evidenceText(event({ said: { name: 'transfer_to_failed', event: 'BridgeBlindTransfer', endpoint: 'PJSIP/duty', number: '119' } })))
      .toBe('直接转接没有成功：话机 PJSIP/duty 要转给 119')
    expect(evidenceText(event({ said: { name: 'transfer', event: 'SomethingNew', endpoint: 'PJSIP/duty' } }))).toBe('SomethingNew：话机 PJSIP/duty')
  })

  it('is shown as it was said where it has no name, or one that this page does not know', () => {
    expect(evidenceText(event({}))).toBe('as the switch said it')
    expect(evidenceText(event({ said: null }))).toBe('as the switch said it')
    expect(evidenceText(event({ said: { name: 'of_a_newer_daemon', number: '1' } }))).toBe('as the switch said it')
    expect(evidenceText(event({ text: '', said: null }))).toBe('1.0')
    expect(evidenceText(event({ kind: 'sip', ref: 'a@b', text: '302 (INVITE) contact=sip:138@x' }))).toBe('302 (INVITE) contact=sip:138@x')
    expect([event({}), event({ said: { name: 'handed_on' } })].map(inWords)).toEqual([false, true])
  })

  it('takes what a caller sent as it is, and as no text to fill', () => {
    expect(evidenceText(event({ said: { name: 'dialled', number: '*72{endpoint}' } }))).toBe('值班话机拨了 *72{endpoint}')
  })

  it('names a test call, and says what it proved', () => {
    const e = event({ kind: 'test', ref: '12', test: { verdict: 'custom_ringback', reason: 'heard_music', ringback: 'custom' } })
    expect(evidenceText(e)).toBe('结论：彩铃；值班话机响铃，主叫听到的却是音乐或语音；回铃音：音乐或语音')
    expect(alertDetail('test_custom_ringback', '#12')).toBe('拨测第 12 次')
    expect(alertDetail('test_refused_caller', '')).toBe('')
    expect(alertDetail('forward_code', '#12')).toBe('#12') // a code, and no test
    lang.value = 'en'
    expect(alertDetail('test_busy', '#7')).toBe('Test call 7')
    expect(evidenceText(e)).toContain('Custom ring-back')
  })

  it('has a text for every name of telephony/said.go, with all its parameters, and for no other', () => {
    expect(texts.length).toBeGreaterThan(15)
    for (const [constant, holes] of texts) {
      const key = ('said.' + values.get(constant)) as keyof typeof evidenceZh
      for (const table of [evidenceZh, evidenceEn]) {
        expect(table[key], constant).toBeTruthy()
        for (const hole of holes) if ((OF_THE_SWITCH[key] || '') !== hole) expect(table[key], constant).toContain(hole)
      }
      expect(evidenceZh[key], constant).toMatch(key === 'said.fault' ? /\{/ : has)
    }
    const named = texts.map(([constant]) => 'said.' + values.get(constant)).concat('said.faultOnly', 'said.test')
    expect(Object.keys(evidenceZh).filter((k) => k.indexOf('said.') === 0).sort()).toEqual(named.sort())
  })

  it('has a word for every kind', () => {
    const named = all(kinds, /EvidenceKind = "(\w+)"/g).map(([kind]) => kind)
    expect(named).toHaveLength(6)
    for (const kind of named) expect(evidenceZh[('evidence.' + kind) as keyof typeof evidenceZh], kind).toMatch(/./)
    expect(Object.keys(evidenceEn).sort()).toEqual(Object.keys(evidenceZh).sort())
  })
})
