import { beforeEach, describe, expect, it, vi } from 'vitest'

const place = { hash: '#/', replace: (to: string) => { place.hash = to } }
vi.stubGlobal('location', place)
const { go, goCalls, offerEntry, route } = await import('@/state/route')

describe('what somebody is led to', () => {
  it('is named by the address of a list', () => {
    go('/handover/' + encodeURIComponent('2026-11-23T04:00:00Z'))
    expect([route.page, route.at]).toEqual(['handover', '2026-11-23T04:00:00Z'])
    go('/alerts/7')
    expect([route.page, route.at]).toEqual(['alerts', '7'])
    go('/calls/7')
    expect([route.call, route.at]).toEqual(['7', ''])
    go('/alerts')
    expect(route.at).toBe('')
  })
  it('is looked for page by page, and not for ever', async () => {
    const { until } = await import('@/state/reveal')
    let pages = 0
    expect(await until(() => pages === 3, async () => { pages++; return true })).toBe(true)
    expect(pages).toBe(3)
    expect(await until(() => false, async () => { pages++; return pages < 10 })).toBe(false)
    expect(pages).toBe(10)
  })
})

describe('offering an entry', () => {
  beforeEach(() => go('/'))

  it('opens it where none was asked for', () => {
    offerEntry('e-1.0')
    expect([place.hash, route.entry]).toEqual(['#/entry/e-1.0', 'e-1.0'])
  })
  it.each([['#/entry/e-2.0', 'desk', 'e-2.0'], ['#/calls/9.0', 'calls', ''], ['#/search', 'search', '']])(
    'leaves %s, of which the page was not told yet', (asked, page, entry) => {
      place.hash = asked // the event comes later
      offerEntry('e-1.0')
      expect([place.hash, route.page, route.entry]).toEqual([asked, page, entry])
    })
  it('leaves an entry and another page that are shown', () => {
    go('/entry/e-3.0')
    offerEntry('e-1.0')
    expect(route.entry).toBe('e-3.0')
    goCalls('9.0')
    offerEntry('e-1.0')
    expect([route.page, route.call]).toEqual(['calls', '9.0'])
  })
  it('goes by where an address that leads nowhere leads', () => {
    place.hash = '#/%E0%A4%A'
    offerEntry('e-1.0')
    expect(place.hash).toBe('#/entry/e-1.0')
  })
})
