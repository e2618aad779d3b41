import { afterEach, describe, expect, it, vi } from 'vitest'

/** A browser that is silent until somebody touched the page, and what the page listens to in it. */
async function page() {
  const heard: Record<string, () => void> = {}
  class Context {
    state = 'suspended'
    destination = {}
    onstatechange: (() => void) | null = null
    allowed = false
    createGain = () => ({ connect() {}, disconnect() {} })
    resume() {
      if (!this.allowed) return new Promise<void>(() => {}) // as Chromium: it never settles until then
      this.state = 'running'
      return Promise.resolve()
    }
    constructor() {
      made.push(this)
    }
  }
  const made: Context[] = []
  vi.stubGlobal('location', { hash: '#/' })
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} })
  vi.stubGlobal('sessionStorage', { getItem: () => null, setItem: () => {} })
  vi.stubGlobal('window', { AudioContext: Context, setTimeout, addEventListener: (event: string, listener: () => void) => { heard[event] = listener } })
  vi.useFakeTimers()
  vi.resetModules()
  const { sound, startSound } = await import('@/state/sound')
  startSound()
  return { sound, heard, allow: () => made.forEach((c) => (c.allowed = true)), made }
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a browser that blocks the sound', () => {
  it('is said so, until a click', async () => {
    const { sound, heard, allow, made } = await page()
    expect(sound.state).toBe('blocked')
    allow()
    heard.click()
    await Promise.resolve()
    expect(sound.state).toBe('on')
    heard.click()
    expect(made).toHaveLength(1)
  })

  it('is allowed it by a key, too', async () => {
    const { sound, heard, allow } = await page()
    allow()
    heard.keydown()
    await Promise.resolve()
    expect(sound.state).toBe('on')
  })

  it('moves nothing while a button is held down: the click would miss what it was meant for', async () => {
    const { heard } = await page()
    expect(Object.keys(heard).sort()).toEqual(['click', 'keydown'])
  })

  it('stays blocked when a click did not change that', async () => {
    const { sound, heard } = await page()
    heard.click()
    await Promise.resolve()
    expect(sound.state).toBe('blocked')
  })
})
