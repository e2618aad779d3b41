// What the page says of the calls that the daemon placed about an alert.
import { describe, expect, it } from 'vitest'
import type { AlertCall } from '@/api/types'
import { callLine } from '@/logic/alertcalls'
import { dateMinute } from '@/logic/time'

const call = (over: Partial<AlertCall> = {}): AlertCall => ({
  person: '陈刚', channel: 'call', trunk: 'PJSIP/trunk', waited_at: null, at: '2026-11-26T04:25:30.000Z', ended_at: null, outcome: '', detail: '', ...over,
})
const time = (instant: string) => dateMinute(Date.parse(instant)).slice(5)

describe('a call about an alert', () => {
  it.each<[string, Partial<AlertCall>, string]>([
    ['runs', {}, time('2026-11-26T04:25:30Z') + ' 陈刚：正在呼叫'],
    ['was taken on', { outcome: 'acknowledged' }, time('2026-11-26T04:25:30Z') + ' 陈刚：已接听并按键确认'],
    ['waits for the trunk', { at: null, waited_at: '2026-11-26T04:20:00.000Z', outcome: 'trunk_in_use' }, time('2026-11-26T04:20:00Z') + ' 陈刚：等待中：唯一的中继正在通话'],
    ['was never placed', { at: null, ended_at: '2026-11-26T04:21:00.000Z', outcome: 'duty_phone' }, time('2026-11-26T04:21:00Z') + ' 陈刚：没有呼叫：登记的是值班电话号码'],
    ['failed, and why', { outcome: 'failed', detail: 'cause 34 of Q.850' }, time('2026-11-26T04:25:30Z') + ' 陈刚：呼叫失败 (cause 34 of Q.850)'],
    ['has a word that this page does not know', { outcome: 'new' }, time('2026-11-26T04:25:30Z') + ' 陈刚：new'],
  ])('%s', (_name, over, want) => expect(callLine(call(over))).toBe(want))
})
