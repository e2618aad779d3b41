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
