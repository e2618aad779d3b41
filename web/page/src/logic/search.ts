// What was looked for, marked where it stands. The daemon decides what is found; this only shows it.

export interface Piece {
  text: string
  hit: boolean
}

/** Wide characters as their usual form, letters small: each stays one character. */
function plain(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[A-Z]/g, (c) => c.toLowerCase())
}

/** What people write between the groups of a number: the signs that the daemon leaves out, too. */
export const SIGNS_APART = ' \u00a0\u3000-－‐‑–—.·/()（）'
const BLANKS = ' \u00a0\u3000'

/** A text as it is compared, and where each of its characters stands: signs that part the digits of a
 *  number are left out, blanks only in what was written, for in a search they part words. */
function compared(text: string, blanks: boolean): { text: string; at: number[] } {
  const from = plain(text)
  const at: number[] = []
  let out = ''
  for (let i = 0; i < from.length; i++) {
    let next = i
    while (next < from.length && SIGNS_APART.indexOf(from[next]) >= 0 && (blanks || BLANKS.indexOf(from[next]) < 0)) next++
    if (next > i && /[0-9]$/.test(out) && /[0-9]/.test(from.charAt(next))) i = next
    at.push(i)
    out += from[i]
  }
  return { text: out, at }
}

/** A number with the code of the country or of its area, whose groups blanks may part. */
const PREFIXED = /(?<![\p{L}\p{N}])(?:\+|0)[\d \u00a0\u3000\-－‐‑–—.·/()（）]{8,}\d(?!\p{L})/gu
/** The digits that all forms of a whole Chinese number share; empty when it is none. */
function sharedDigits(digits: string): string {
  const m = /^(?:(?:00)?86)?0?(1[3-9]\d{9}|10[2-8]\d{6,7}|2\d[2-8]\d{6,7}|[3-9]\d{2}[2-8]\d{6,7}|[48]00\d{7})$/.exec(digits)
  return m ? m[1] : ''
}

/** A landline's number as people of its town write it: the daemon finds that, too. */
function localForm(shared: string): string {
  const m = /^(?:(?:10|2\d)|(?!400|800)[3-9]\d{2})([2-8]\d{6,7})$/.exec(shared)
  return m ? m[1] : ''
}

/** The words of a search: as the daemon has it, whatever is no letter and no digit parts them, but for the colon of a time. */
function split(query: string): string[] {
  return compared(query, false).text.split(/(?:[^\p{L}\p{N}\p{M}:]|(?<![0-9]):|:(?![0-9]))+/u).filter((w) => w)
}
/** What is to be marked: the words as they were typed, and whole numbers by the digits by which the daemon finds them. */
export function wordsOf(query: string): string[] {
  const joined = plain(query).replace(PREFIXED, (number) => sharedDigits(number.replace(/[^0-9]/g, '')) || number)
  const shared = split(joined).map((w) => sharedDigits(w) || w)
  const words = split(query).concat(shared, shared.map(localForm).filter((w) => w))
  return words.filter((w, i) => words.indexOf(w) === i)
}

export const holds = (text: string, word: string) => compared(text, true).text.indexOf(word) >= 0

/** The text in pieces, those that hold a word marked; of neighbours that overlap one is made. */
export function marked(text: string, words: string[]): Piece[] {
  const c = compared(text, true)
  const hit: boolean[] = []
  for (const w of words) {
    for (let i = c.text.indexOf(w); i >= 0; i = c.text.indexOf(w, i + 1)) {
      for (let k = c.at[i]; k <= c.at[i + w.length - 1]; k++) hit[k] = true
    }
  }
  const pieces: Piece[] = []
  for (let i = 0; i < text.length; i++) {
    const last = pieces[pieces.length - 1]
    if (last && last.hit === !!hit[i]) last.text += text[i]
    else pieces.push({ text: text[i], hit: !!hit[i] })
  }
  return pieces
}

/** The part of a long text around the first word, so that it is seen without scrolling. */
export function excerpt(text: string, words: string[], length: number): string {
  if (text.length <= length) return text
  const c = compared(text, true)
  const places = words.map((w) => c.text.indexOf(w)).filter((i) => i >= 0).map((i) => c.at[i])
  let from = Math.max(0, (places.length ? Math.min(...places) : 0) - Math.floor(length / 4))
  if (/[\udc00-\udfff]/.test(text[from])) from-- // half of a character is none
  let to = from + length
  if (to < text.length && /[\udc00-\udfff]/.test(text[to])) to++
  return (from > 0 ? '…' : '') + text.slice(from, to) + (to < text.length ? '…' : '')
}

/** A part of an entry in which a word may stand, with its name. */
export interface Part {
  name: string
  text: string
}

/** Where the words stand that a row does not show: for each the first part that holds it, cut around it. */
export function elsewhere(shown: string[], parts: Part[], words: string[], length: number): Part[] {
  const at: { part: Part; words: string[] }[] = []
  for (const w of words) {
    if (shown.some((text) => holds(text, w)) || at.some((a) => holds(excerpt(a.part.text, a.words, length), w))) continue
    const part = parts.filter((p) => holds(p.text, w))[0]
    if (part) at.push({ part, words: [w] })
  }
  return at.map((a) => ({ name: a.part.name, text: excerpt(a.part.text, a.words, length) }))
}
