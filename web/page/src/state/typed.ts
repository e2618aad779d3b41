// What is typed and not sent yet, kept on this PC per user: a look at another page, a ringing call, a
// lock, an expired session or a restart costs no word of it.
import { ref, watch, type Ref } from 'vue'
import { session } from './session'

export interface Typed<T> {
  prefix: string
  /** Keeps what was typed; where read finds nothing in it, or it is null, nothing is kept. */
  keep(user: string, of: string, typed: T | null, now?: number): void
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
        if (typed && read(typed)) localStorage.setItem(key(user, of), JSON.stringify({ ...typed, time: now }))
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

/**
 * The form of one thing among many, which OF names (empty: it is not shown). It begins with what the thing says, and is
 * kept as long as it says something else. left: what was left of it is shown again; moved: the thing was changed since.
 */
export function useTypedOf<T extends { version: number }>(drafts: Typed<T>, form: T, of: () => string, fresh: () => T): { left: Ref<'' | 'same' | 'moved'>; drop: () => void } {
  const left = ref<'' | 'same' | 'moved'>('')
  const who = () => (session.user ? session.user.username : '')
  let begun = ''
  watch(() => who() && of() && who() + '/' + of(), (shown) => {
    left.value = ''
    if (!shown) return
    const kept = drafts.kept(who(), of())
    const says = fresh()
    begun = JSON.stringify(says)
    if (kept) left.value = kept.version === says.version ? 'same' : 'moved'
    Object.assign(form, says, kept, { version: says.version })
  }, { immediate: true, flush: 'sync' })
  watch(() => JSON.stringify(form), (text) => { if (who() && of()) drafts.keep(who(), of(), text === begun ? null : form) }, { flush: 'sync' })
  /** It was sent, or thrown away. */
  const drop = () => { if (who() && of()) drafts.keep(who(), of(), null) }
  return { left, drop }
}
