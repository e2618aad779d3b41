// Whose voice a side of a recording is, where it is not the caller's or the officer's.
export const sidesZh = {
  'rec.answerer': '应答方（右）',
  'rec.side.answerer': '只听应答方',
  'rec.side.callee': '只听对方',
  'rec.transferred': '转接后的通话不在录音中',
} as const

export type SidesKey = keyof typeof sidesZh

export const sidesEn: Record<SidesKey, string> = {
  'rec.answerer': 'Who answered (right)',
  'rec.side.answerer': 'Who answered',
  'rec.side.callee': 'Other side',
  'rec.transferred': 'Ends where the call was handed on',
}
