import { afterEach, describe, expect, it } from 'vitest'
import type { LedgerItem } from '@/api/types'
import { lang } from '@/i18n'
import { ledgerCause, ledgerEmpty, ledgerState, ledgerTone } from '@/logic/ledger'
import { partsOf } from '@/state/route'

const item = (change: Partial<LedgerItem>): LedgerItem => ({
  key: 'silent:1.0', kind: 'silent', why: 'nothing_heard', call_id: '1.0', entry_id: 'e-1.0', name: '', cause: 'nobody is heard in the recording: check the media path',
  state: 'open', since: '2026-11-23T04:00:00.000Z', resolved_at: null, accepted: null, ...change,
})

describe('an item of the ledger', () => {
  afterEach(() => { lang.value = 'zh' })

  it('says its cause in Chinese, with what keeps a recording away', () => {
    expect(ledgerCause(item({}))).toMatch(/^录音里双方都没有声音/)
    const waits = item({ why: 'waits_long', cause: "the recording is still not here: fetch the recording: the archive's disk is full; make room" })
    expect(ledgerCause(waits)).toBe('录音迟迟没有取回：归档磁盘已满：请腾出空间，之后自动继续')
    const failed = item({ why: 'not_sealed', cause: 'the recording could not be sealed: fetch the recording: the far side: not a recording of the duty line: it does not begin like a WAV file' })
    expect(ledgerCause(failed)).toBe('录音未能归档：交换机送来的文件不是规定格式的录音，原件仍在交换机上')
    expect(ledgerCause(item({ why: 'of_tomorrow' }))).toBe('of_tomorrow')
  })

  it('says it in the words of the daemon in English', () => {
    lang.value = 'en'
    expect(ledgerCause(item({}))).toMatch(/^nobody is heard/)
  })

  it('says where it stands', () => {
    expect(ledgerState(item({}))).toBe('未解决')
    expect(ledgerState(item({ state: 'resolved', resolved_at: '2026-11-23T04:05:00.000Z' }))).toBe('已消除 · 11-23 12:05')
    const accepted = { by: { login: 'zhao', name: '赵振华', role: 'supervisor' }, reason: '演练', at: '2026-11-23T04:05:00.000Z' }
    expect(ledgerState(item({ state: 'resolved', resolved_at: '2026-11-23T04:05:00.000Z', accepted }))).toBe('已接受 · 赵振华 · 11-23 12:05')
  })

  it('stands out by what is lost', () => {
    expect(ledgerTone(item({ kind: 'call_without_recording' }))).toBe('bad')
    expect(ledgerTone(item({}))).toBe('warn')
    expect(ledgerTone(item({ kind: 'recording_without_call', why: 'foreign_name' }))).toBe('info')
    expect(ledgerTone(item({ kind: 'call_without_recording', state: 'resolved' }))).toBe('good')
  })

  it('is no agreement where something could not be looked at', () => {
    expect(ledgerEmpty('open', '')).toBe('ledger.empty')
    expect(ledgerEmpty('open', 'no Asterisk answers')).toBe('ledger.emptyPart')
    expect(ledgerEmpty('', 'no Asterisk answers')).toBe('ledger.emptyAll')
  })

  it('has a page of its own', () => expect(partsOf('#/reconciliation')).toEqual(['reconciliation']))
})
