// Texts of the phone calls that the daemon places about an alert.
export const alertCallsZh = {
  'calls.alert.show': '电话通知',
  'calls.alert.none': '还没有为这条告警打过电话',
  'calls.alert.failed': '电话通知记录暂时无法读取',
  'calls.alert.line': '{time} {who}：{outcome}',
  'callOutcome.': '正在呼叫',
  'callOutcome.acknowledged': '已接听并按键确认',
  'callOutcome.answered': '已接听，没有按 1 确认',
  'callOutcome.no_answer': '无人接听',
  'callOutcome.busy': '忙线',
  'callOutcome.rejected': '拒接',
  'callOutcome.failed': '呼叫失败',
  'callOutcome.lost': '结果不明（期间交换机重启）',
  'callOutcome.trunk_in_use': '等待中：唯一的中继正在通话',
  'callOutcome.duty_phone': '没有呼叫：登记的是值班电话号码',
} as const

export type AlertCallsKey = keyof typeof alertCallsZh

export const alertCallsEn: Record<AlertCallsKey, string> = {
  'calls.alert.show': 'Phone calls',
  'calls.alert.none': 'Nobody was called about this alert yet',
  'calls.alert.failed': 'The phone calls cannot be read at the moment',
  'calls.alert.line': '{time} {who}: {outcome}',
  'callOutcome.': 'being called',
  'callOutcome.acknowledged': 'answered and took it on by key',
  'callOutcome.answered': 'answered, did not press 1',
  'callOutcome.no_answer': 'no answer',
  'callOutcome.busy': 'busy',
  'callOutcome.rejected': 'refused the call',
  'callOutcome.failed': 'the call failed',
  'callOutcome.lost': 'not known (the switch was started anew meanwhile)',
  'callOutcome.trunk_in_use': 'waits: a call is on the only trunk',
  'callOutcome.duty_phone': 'not called: the number is the duty phone’s',
}
