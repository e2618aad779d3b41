// A practice call as it is filled in, in seconds, and as it is asked for.
import type { PracticeCall } from '@/api/types'

export interface PracticeForm {
  from: string
  name: string
  after: number | null | undefined // emptied: nobody answers
  talk: number | null | undefined // emptied: as long as the daemon says
}

export function practiceCall(f: PracticeForm): PracticeCall {
  const ms = (s: number | null | undefined) => (typeof s === 'number' ? s * 1000 : undefined)
  return { from: f.from, name: f.name, answer_after_ms: ms(f.after), talk_ms: ms(f.talk) }
}
