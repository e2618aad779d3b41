// What is typed into a box that asks for a few words (a reason, a note, a remark) and not sent yet. Esc, a
// ringing call, another page and a restart leave it as it is; it goes when it was sent.
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { session } from './session'
import { typedOnPC } from './typed'

const texts = typedOnPC<{ text: string }>('ask', (d) => (typeof d.text === 'string' && d.text.trim() ? { text: d.text } : null))

/** The words of a box. OF names what they are about, for instance e-1/correct; empty: about nothing now. */
export function useAsked(of: () => string): Ref<string> {
  const box = ref('')
  const who = () => (session.user ? session.user.username : '')
  const bring = () => { box.value = (who() && of() && (texts.kept(who(), of()) || { text: '' }).text) || '' }
  watch(() => who() + '/' + of(), bring, { immediate: true, flush: 'sync' })
  watch(box, (text) => { if (who() && of()) texts.keep(who(), of(), { text }) }, { flush: 'sync' })
  return box
}

/** The same for a box whose words are kept by what they are said of once they are taken: they are forgotten with it. */
export function useAskedOnce(of: () => string): { box: Ref<string>; taken: () => void } {
  const box = useAsked(of)
  let sent = false
  watch(box, () => { sent = false }, { flush: 'sync' })
  onScopeDispose(() => { if (sent && session.user && of()) texts.keep(session.user.username, of(), { text: '' }) })
  return { box, taken: () => { sent = true } }
}

/** A box whose words are sent: they stay, here and on this PC, until SEND says that the daemon has them. What was
 *  typed meanwhile stays, too. */
export function useAskedUntil(of: () => string, send: (words: string) => unknown): { box: Ref<string>; go: () => Promise<void> } {
  const box = useAsked(of)
  async function go(): Promise<void> {
    const [who, what, words] = [session.user ? session.user.username : '', of(), box.value]
    if ((await send(words.trim())) === false || !who) return
    const left = texts.kept(who, what)
    if (left && left.text === words) texts.keep(who, what, { text: '' })
    if (of() === what && box.value === words) box.value = ''
  }
  return { box, go }
}

/** Drops words about an entry that were typed before it was erased: they may hold what was erased. */
export function dropErasedAsked(entry: string, erasedAt: number): void {
  for (const k of Object.keys(localStorage)) {
    if (k.indexOf(texts.prefix) !== 0 || decodeURIComponent(k.split('/')[1] || '').indexOf(entry + '/') !== 0) continue
    const d = JSON.parse(localStorage.getItem(k) || 'null') as { time?: number } | null
    if (!d || !(Number(d.time) >= erasedAt)) localStorage.removeItem(k)
  }
}
