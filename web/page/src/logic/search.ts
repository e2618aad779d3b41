// What was looked for, marked where it stands. The daemon decides what is found; this only shows it.

export interface Piece {
  text: string
  hit: boolean
}

/** Wide characters as their usual form, letters small: each stays one character. */
function plain(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[A-Z]/g, (c) => c.toLowerCase())
}

/** The words of a search, as far as they can be marked. */
export function wordsOf(query: string): string[] {
  return plain(query).split(/[\s\u3000,.;:!?，。；：！？、"'“”‘’]+/).filter((w) => w)
}

/** The text in pieces, those that hold a word marked; of neighbours that overlap one is made. */
export function marked(text: string, words: string[]): Piece[] {
  const at = plain(text)
  const hit: boolean[] = []
  for (const w of words) {
    for (let i = at.indexOf(w); i >= 0; i = at.indexOf(w, i + 1)) {
      for (let k = i; k < i + w.length; k++) hit[k] = true
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
  const at = plain(text)
  const places = words.map((w) => at.indexOf(w)).filter((i) => i >= 0)
  let from = Math.max(0, (places.length ? Math.min(...places) : 0) - Math.floor(length / 4))
  if (/[\udc00-\udfff]/.test(text[from])) from-- // half of a character is none
  let to = from + length
  if (to < text.length && /[\udc00-\udfff]/.test(text[to])) to++
  return (from > 0 ? '…' : '') + text.slice(from, to) + (to < text.length ? '…' : '')
}
