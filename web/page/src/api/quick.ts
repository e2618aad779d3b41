// The JSON of missed calls and of what saves the officer seconds.
import type { Call } from './types'

export type SettledWhy =
  | 'called_back' | 'called_again' | 'entry_complete' | 'not_missed'
  | 'other_phone' | 'other_number' | 'other_way' | 'no_number' | 'nobody_reached' | 'not_needed'

export interface MissedCall {
  call: Call
  /** null: the caller is still to be called back. */
  settled_at: string | null
  why: SettledWhy | ''
  by_call: string
  text: string
  by: { login: string; name: string; at: string } | null
}

export interface MissedPage {
  items: MissedCall[]
  waiting: number
  reasons: SettledWhy[]
  next_cursor: string
}

export type PhraseField = 'content' | 'call_back_result' | 'check_result' | 'called_why'

export interface Phrase {
  phrase: number
  /** Against which a change is made. */
  version?: number
  field: PhraseField
  /** Empty: whatever the matter is about. */
  category: string
  code: string
  title: string
  /** With blanks 〔…〕 it is a template. */
  text: string
  ended: boolean
  by?: { login: string; name: string; at: string }
}

export interface PhraseList {
  items: Phrase[]
  fields: PhraseField[]
}

export interface DeviceState {
  /** Somebody signed in here with a password before. */
  known: boolean
  pins: { username: string; name: string }[]
}

export interface NoteWire {
  line: string
  text: string
  edit: number
  ago_ms: number
  entry_id?: string
}

export interface WaitingNote {
  key: string
  line: string
  begun_at: string
  text: string
  edit: number
  call_id: string
  entry_id: string
}
