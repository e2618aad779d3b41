// Texts of the bar about a call that waits.
export const waitZh = {
  'wait.busy': '通话中又有来电',
  'wait.call': '又有来电',
  'wait.out': '又有去电',
  'wait.of': '{lead} {who}（{state}）',
  'wait.ringing': '响铃中',
  'wait.talking': '通话中',
  'wait.more': '还有 {n} 个',
  'wait.kept': '正在填写的内容不受影响',
  'wait.look': '查看 (F2)',
  'wait.was': '刚才有来电',
  'wait.wasOut': '刚才有去电',
}

export type WaitKey = keyof typeof waitZh

export const waitEn: Record<WaitKey, string> = {
  'wait.busy': 'Another call meanwhile:',
  'wait.call': 'Another call:',
  'wait.out': 'Another outgoing call:',
  'wait.of': '{lead} {who} ({state})',
  'wait.ringing': 'ringing',
  'wait.talking': 'talking',
  'wait.more': '{n} more',
  'wait.kept': 'What you are writing stays as it is',
  'wait.look': 'Look (F2)',
  'wait.was': 'There was a call:',
  'wait.wasOut': 'There was an outgoing call:',
}
