// Keys of the entry form.
import { ref, type Ref } from 'vue'
import type { Candidate, Field, GapWhy, Kind } from '@/api/types'
import type { EntrySession } from './entry-session'
import { gapMeant, missingFields } from './kinds'
import { useKeys } from './keys'
import { session as login } from './session'

/** Letters with Alt: 值 未 错 骚 考 去; kinds that somebody chose at the beginning have none. */
export const KIND_KEYS: Partial<Record<Kind, string>> = {
  duty: 'Z', missed: 'W', wrong_number: 'C', nuisance: 'S', spot_check: 'K', outgoing: 'Q',
}

/** A key asked for a gap in this field; a new object each time, so that it can be asked twice. */
export const gapAsk = ref<{ field: Field; why: GapWhy } | null>(null)

/** How many candidates or other offers the digits with Alt choose now: before any phrase. */
export const choosing = ref(0)

interface Wiring {
  session: EntrySession
  editable: Ref<boolean>
  candidates: Ref<Candidate[]>
  fields: Ref<Field[]>
  kinds: Ref<Kind[]>
  root: Ref<HTMLElement | null>
  complete: () => void
  readBack: () => void
  setKind: (kind: Kind) => void
  choose: (c: Candidate) => void
  readBegan: () => void
}

export function useEntryKeys(w: Wiring): void {
  useKeys((key, e) => {
    if (!w.editable.value || document.querySelector('.el-overlay:not([style*="display: none"])')) return false
    if (key === 'Ctrl+Enter') w.complete()
    else if (key === 'F8') askGap(w, 'not_given')
    else if (key === 'F9') askGap(w, 'refused')
    else if (key === 'F4') w.readBack()
    else if (key === 'F7') w.readBegan()
    else if (key === 'Shift+F4') gapAsk.value = { field: 'read_back', why: 'not_possible' }
    else if (key === 'Alt+KeyM') w.session.setValue('answered_by', (login.user && login.user.name) || '')
    else return candidateKey(w, key) || kindKey(w, key, e)
    return true
  })
}

function askGap(w: Wiring, why: GapWhy): void {
  const box = document.activeElement && document.activeElement.closest('[data-field]')
  const field = box ? (box.getAttribute('data-field') as Field) : missingFields(w.session.state.draft.kind, w.session.state.draft.form, w.session.state.entry)[0]
  const meant = field && gapMeant(w.session.state.draft.kind, field, why)
  if (meant) gapAsk.value = { field, why: meant }
}

function candidateKey(w: Wiring, key: string): boolean {
  const m = /^(Alt\+)?Digit([1-9])$/.exec(key)
  // A bare digit chooses only while the form itself has the focus, as it has when a call brings
  // it up: a digit that was meant for a field must never fill in a person.
  if (!m || (!m[1] && document.activeElement !== w.root.value)) return false
  const c = w.candidates.value[Number(m[2]) - 1]
  if (!c) return false
  w.choose(c)
  return true
}

function kindKey(w: Wiring, key: string, e: KeyboardEvent): boolean {
  if (!e.altKey || e.ctrlKey) return false
  for (const kind of w.kinds.value) {
    if (KIND_KEYS[kind] && key === 'Alt+Key' + KIND_KEYS[kind]) {
      w.setKind(kind)
      return true
    }
  }
  return false
}
