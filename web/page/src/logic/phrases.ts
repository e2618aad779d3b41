// Phrases and templates: which are offered, where they go, and the way from blank to blank 〔…〕.
import type { Phrase } from '@/api/quick'

/** One for each digit key. */
export const MOST_OFFERED = 9

/**
 * What is offered for a field, in the order of the digit keys: what belongs to the category first, then
 * what fits whatever it is. As long as there is no category, the first of each stands for it.
 */
export function offered(all: Phrase[], field: string, category: string): Phrase[] {
  const fits = all.filter((p) => !p.ended && p.field === field)
  const general = fits.filter((p) => !p.category)
  const own = category
    ? fits.filter((p) => p.category === category)
    : fits.filter((p, i) => p.category && fits.findIndex((o) => o.category === p.category) === i)
  return own.concat(general).slice(0, MOST_OFFERED)
}

/** How many of them have room side by side, drawn as keys with their digit. */
export function fitting(offers: Phrase[], width: number): number {
  let used = 0
  let n = 0
  for (const p of offers) {
    used += 36 + Array.from(p.title).reduce((w, c) => w + (c.charCodeAt(0) < 0x250 ? 7.5 : 12.5), 0)
    if (used > width) break
    n++
  }
  return n
}

/** All that can be inserted into a field, those that match first by their code; for the list that is searched. */
export function matching(all: Phrase[], field: string, words: string): Phrase[] {
  const w = words.trim().toLowerCase()
  const fits = all.filter((p) => !p.ended && p.field === field)
  if (!w) return fits
  const rank = (p: Phrase) => (p.code === w ? 0 : p.code.indexOf(w) === 0 ? 1 : p.title.indexOf(w) >= 0 ? 2 : p.text.toLowerCase().indexOf(w) >= 0 ? 3 : 4)
  return fits.filter((p) => rank(p) < 4).sort((a, b) => rank(a) - rank(b))
}

export interface Edit {
  value: string
  /** What is selected afterwards: the first blank of what was inserted, else nothing behind it. */
  from: number
  to: number
}

/** The next blank from a place on, else the first of all; null when there is none. */
export function nextBlank(text: string, from: number): { from: number; to: number } | null {
  const at = (start: number) => {
    const open = text.indexOf('〔', start)
    const shut = open < 0 ? -1 : text.indexOf('〕', open)
    return shut < 0 ? null : { from: open, to: shut + 1 }
  }
  return at(from) || at(0)
}

/** The blank before a place, else the last one. */
export function blankBefore(text: string, before: number): { from: number; to: number } | null {
  let found: { from: number; to: number } | null = null
  let last: { from: number; to: number } | null = null
  for (let b = nextBlank(text, 0); b && (!last || b.from > last.from); b = nextBlank(text, b.to)) {
    last = b
    if (b.to <= before) found = b
  }
  return found || last
}

export function blanksLeft(text: string): number {
  return (text.match(/〔[^〔〕]*〕/g) || []).length
}

/** Puts a text where the selection is; a line of its own when something stands before it that ends a sentence. */
export function inserted(value: string, start: number, end: number, text: string): Edit {
  const before = value.slice(0, start)
  const joined = before && !/\s$/.test(before) && /[。；！？.;!?]$/.test(before) ? '\n' + text : text
  const next = before + joined + value.slice(end)
  const blank = nextBlank(joined, 0)
  return blank
    ? { value: next, from: start + blank.from, to: start + blank.to }
    : { value: next, from: start + joined.length, to: start + joined.length }
}

/** The code that stands before the caret; null when these letters are none. */
export function codeBefore(all: Phrase[], field: string, value: string, caret: number): { phrase: Phrase; start: number } | null {
  const m = /(?:^|[^A-Za-z0-9])([A-Za-z][A-Za-z0-9]{1,5})$/.exec(value.slice(0, caret))
  const phrase = m && all.find((p) => !p.ended && p.field === field && p.code === m[1].toLowerCase())
  return m && phrase ? { phrase, start: caret - m[1].length } : null
}
