// What was erased by decision, and what is said of it: texts in two languages.
export const erasedZh = {
  'erased.field': '（已依第 {n} 号删除决定抹去，{time}）',
  'erased.rev': '已依第 {n} 号删除决定抹去（{time}）',
  'erased.whole': '全部内容',
  'erased.number': '号码已抹去',
  'erased.badge': '有内容已抹去',
}

export const erasedEn: Record<keyof typeof erasedZh, string> = {
  'erased.field': '(erased by decision no. {n}, {time})',
  'erased.rev': 'erased by decision no. {n} ({time})',
  'erased.whole': 'everything written',
  'erased.number': 'number erased',
  'erased.badge': 'partly erased',
}
