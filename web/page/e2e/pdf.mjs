// What a PDF of Chromium says: its own text, and not that of the page that it was made of.
import { inflateSync } from 'node:zlib'

/** The text of each page, without blanks, in one spelling of each character: a font may show 一 and ⼀ by one glyph. */
export function textOfPDF(pdf) {
  const objects = {}
  for (const [, id, body] of pdf.toString('latin1').matchAll(/(?:^|\n)(\d+) 0 obj\b([\s\S]*?)\nendobj/g)) objects[id] = body
  const streamOf = (id) => {
    const [head, ...rest] = objects[id].split(/stream\r?\n/)
    const bytes = Buffer.from(rest.join('stream\n'), 'latin1').subarray(0, Number(/\/Length (\d+)/.exec(head)[1]))
    return (/FlateDecode/.test(head) ? inflateSync(bytes) : bytes).toString('latin1')
  }
  const wide = (hex) => Buffer.from(hex, 'hex').swap16().toString('utf16le')
  const fonts = {}
  const lettersOf = (id) => {
    if (fonts[id]) return fonts[id]
    const letters = (fonts[id] = {})
    const map = /\/ToUnicode (\d+) 0 R/.exec(objects[id])
    const text = map ? streamOf(map[1]) : ''
    for (const [, part] of text.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
      for (const [, code, to] of part.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g)) letters[parseInt(code, 16)] = wide(to)
    }
    for (const [, part] of text.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
      for (const [, from, to, first] of part.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]{4})>/g)) {
        for (let c = parseInt(from, 16); c <= parseInt(to, 16); c++) letters[c] = String.fromCharCode(parseInt(first, 16) + c - parseInt(from, 16))
      }
    }
    return letters
  }
  return Object.values(objects).filter((o) => /\/Type\s*\/Page\b/.test(o)).map((page) => {
    let said = ''
    let letters = {}
    for (const [, font, hex] of streamOf(/\/Contents (\d+) 0 R/.exec(page)[1]).matchAll(/\/F(\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>/g)) {
      if (font) letters = lettersOf(new RegExp(`/F${font} (\\d+) 0 R`).exec(page)[1])
      else for (let i = 0; i < hex.length; i += 4) said += letters[parseInt(hex.slice(i, i + 4), 16)] || ''
    }
    return plain(said)
  })
}

// Radicals by which a font may name characters that look the same; NFKC leaves them.
const RADICALS = '⺠民⻁虎⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻨麦⻩黄⻬齐⻮齿⻰龙―—'

/** A text as textOfPDF has it. */
export const plain = (text) => text.normalize('NFKC').replace(/\s+/g, '').replace(/[\u2e80-\u2eff―]/g, (c) => RADICALS[RADICALS.indexOf(c) + 1] || c)
