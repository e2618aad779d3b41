import { describe, expect, it } from 'vitest'
import { sendsForm } from '@/logic/form'

const components = import.meta.glob('../src/components/*.vue', { eager: true, query: '?raw', import: 'default' }) as Record<string, string>

function press(key: string, more: Partial<KeyboardEvent> = {}): { sent: boolean; stopped: string[] } {
  const stopped: string[] = []
  const e = { key, ctrlKey: false, isComposing: false, preventDefault: () => stopped.push('default'), stopPropagation: () => stopped.push('others'), ...more }
  return { sent: sendsForm(e as unknown as KeyboardEvent), stopped }
}

describe('a small form', () => {
  it('is sent by Ctrl+Enter, and nothing else happens by it', () => {
    expect(press('Enter', { ctrlKey: true })).toEqual({ sent: true, stopped: ['default', 'others'] })
  })
  it('is sent by no other key, and not while a word is composed', () => {
    for (const k of [press('Enter'), press('a', { ctrlKey: true }), press('Enter', { ctrlKey: true, isComposing: true })]) expect(k).toEqual({ sent: false, stopped: [] })
  })
  it('has one way of doing so', () => {
    const own = Object.keys(components).filter((p) => /e\.key !== 'Enter' \|\| !e\.ctrlKey/.test(components[p]))
    expect(own).toEqual([])
  })
})
