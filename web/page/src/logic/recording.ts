// What a recording lacks, as whoever hears it has to know.
import type { Call } from '@/api/types'
import type { Key } from '@/i18n'

/** How it stands with the recording of a call: while the call lasts there is none yet. */
export function recordingStatus(call: Pick<Call, 'ended_at' | 'answered_at' | 'recording'>): string {
  if (!call.ended_at) return 'live'
  return call.recording ? call.recording.status : call.answered_at ? 'pending' : 'none'
}

const LACKS: [string, Key][] = [
  ['silent_caller_side', 'rec.silent.caller'], ['silent_officer_side', 'rec.silent.officer'], ['recording_short', 'rec.short'],
]

/** A call that came in is recorded at the duty phone's leg: it ends there when the officer hands the call on. */
export function lacksOf(call: Pick<Call, 'findings' | 'direction'>): Key[] {
  const found = LACKS.filter(([finding]) => call.findings.indexOf(finding) >= 0).map(([, key]) => key)
  return call.direction === 'in' && call.findings.indexOf('transferred') >= 0 ? found.concat('rec.transferred') : found
}
