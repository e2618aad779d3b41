// What the kinds and the head of an entry look like: their own style sheets are read, no browser.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const source = (name: string) => readFileSync(fileURLToPath(new URL('../src/components/' + name, import.meta.url)), 'utf8')
/** The rules of a component outside @media: selector and declarations. */
function rules(name: string): [string, string][] {
  const style = /<style scoped>([^]*)<\/style>/.exec(source(name))![1].replace(/^@media.*$/gm, '')
  return Array.from(style.matchAll(/([^{}]+)\{([^{}]*)\}/g), (m) => [m[1].trim(), m[2].trim()])
}

describe('the kind that is chosen', () => {
  it('keeps its colours under the pointer: white is never on a pale ground', () => {
    const hover = rules('KindPicker.vue').filter(([selector, text]) => /:hover/.test(selector) && /background/.test(text))
    expect(hover.length).toBeGreaterThan(0)
    for (const [selector] of hover) expect(selector).toContain(':not(.on)')
    expect(rules('KindPicker.vue').find(([selector]) => selector === 'button.on')![1]).toMatch(/background: var\(--blue\).*color: #fff/)
  })
})

describe('the head of an entry at 1366x768', () => {
  const of = (selector: string) => (rules('EntryHead.vue').find(([s]) => s === selector) || ['', ''])[1]

  it('shortens a long refusal and leaves it inside the window', () => {
    expect(of('.head > *')).toMatch(/flex: none/) // so that whatever has no rule of its own keeps its width
    expect(of('.head > .save')).toMatch(/flex: 0 1 auto.*min-width: \d+px.*overflow: hidden; text-overflow: ellipsis/)
  })

  it('gives it the room of what stands elsewhere, too, and says it whole in its title', () => {
    const narrow = /@media \(max-width: 1500px\) \{ ([^{}]*\.unsaved[^{}]*)\{ display: none; \} \}/.exec(source('EntryHead.vue'))
    expect(narrow && narrow[1]).toMatch(/\.unsaved > \.rost.*\.unsaved > \.ring/)
    expect(source('EntryHead.vue')).toContain(':title="save.title || save.text"')
  })
})
