// What is typed and not sent yet, kept on this PC per user: a look at another page, a ringing call, a
// lock, an expired session or a restart costs no word of it.
import { watch } from 'vue'
import { session } from './session'

export interface Typed<T> {
  prefix: string
  /** Keeps what was typed; where read finds nothing in it, nothing is kept. */
  keep(user: string, of: string, typed: T, now?: number): void
  /** What this user left; null: nothing. */
  kept(user: string, of: string): T | null
}

/** Drafts of one sort. read says what of it is worth keeping: null when no word is in it, or somebody spoiled it. */
export function typedOnPC<T extends object>(name: string, read: (raw: Partial<T>) => T | null): Typed<T> {
  const prefix = 'dutyline.' + name + '.'
  const key = (user: string, of: string) => prefix + encodeURIComponent(user) + '/' + encodeURIComponent(of)
  return {
    prefix,
    keep(user, of, typed, now = Date.now()) {
      try {
        if (read(typed)) localStorage.setItem(key(user, of), JSON.stringify({ ...typed, time: now }))
        else localStorage.removeItem(key(user, of))
      } catch {
        // Without storage it lasts as long as the form is shown.
      }
    },
    kept(user, of) {
      try {
        const raw = JSON.parse(localStorage.getItem(key(user, of)) || 'null') as Partial<T> | null
        return raw && read(raw)
      } catch {
        return null
      }
    },
  }
}

/** A form that begins with what who is signed in left of it, and keeps every change; bring fetches it anew. */
export function useTyped<T extends object>(drafts: Typed<T>, form: T, fresh: () => T): { bring: () => void } {
  const who = () => (session.user ? session.user.username : '')
  const bring = () => void Object.assign(form, (who() && drafts.kept(who(), '')) || fresh())
  watch(who, bring, { immediate: true, flush: 'sync' })
  watch(() => ({ ...form }), (typed) => { if (who()) drafts.keep(who(), '', typed) }, { flush: 'sync' })
  return { bring }
}
