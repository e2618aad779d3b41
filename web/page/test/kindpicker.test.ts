// What the kinds and the head of an entry look like: their own style sheets are read, no browser.
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { describe, expect, it, vi } from 'vitest'
import picker from '@/components/KindPicker.vue?raw'
import head from '@/components/EntryHead.vue?raw'
import { arrowTo } from '@/logic/arrows'
import type { Kind } from '@/api/types'

vi.stubGlobal('window', globalThis)
vi.stubGlobal('document', { documentElement: {}, addEventListener: () => undefined })
const { default: KindPicker } = await import('@/components/KindPicker.vue')

const sources: Record<string, string> = { 'KindPicker.vue': picker, 'EntryHead.vue': head }
const source = (name: string) => sources[name]
/** The rules of a component outside @media: selector and declarations. */
function rules(name: string): [string, string][] {
  const style = /<style scoped>([^]*)<\/style>/.exec(source(name))![1].replace(/^@media.*$/gm, '')
  return style.split('}').map((rule) => rule.split('{')).filter((rule) => rule.length === 2).map(([selector, text]): [string, string] => [selector.trim(), text.trim()])
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

describe('the kinds by keyboard', () => {
  it.each<[string, number, number]>([
    ['ArrowRight', 0, 1], ['ArrowDown', 3, 4], ['ArrowRight', 4, 0], ['ArrowLeft', 0, 4], ['ArrowUp', 2, 1], ['Home', 3, 0], ['End', 1, 4],
    ['Enter', 2, -1], [' ', 2, -1], ['a', 2, -1], ['Tab', 2, -1], ['ArrowRight', -1, -1],
  ])('%s goes from %s to %s of five', (key, at, to) => expect(arrowTo(key, at, 5)).toBe(to))

  it('go nowhere without any', () => expect(arrowTo('ArrowRight', 0, 0)).toBe(-1))

  const WRITTEN: Kind[] = ['fax', 'wechat', 'visit', 'patrol', 'warning']
  const shown = (kind: Kind, kinds: Kind[]) => renderToString(createSSRApp({ render: () => h(KindPicker, { kind, kinds, disabled: false }) }))

  it.each<[Kind, Kind[]]>([['wechat', WRITTEN], ['patrol', WRITTEN], ['duty', ['duty', 'missed', 'nuisance']]])('Tab reaches %s, and it alone', async (kind, all) => {
    const buttons = (await shown(kind, all)).match(/<button[^>]*>/g) || []
    expect(buttons.length).toBe(all.length)
    expect(buttons.filter((b) => /tabindex="0"/.test(b)).map((b) => /data-test="kind-([a-z_]+)"/.exec(b)![1])).toEqual([kind])
  })
})
