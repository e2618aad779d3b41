import { beforeEach, describe, expect, it, vi } from 'vitest'

const place = { hash: '#/', replace: (to: string) => { place.hash = to } }
vi.stubGlobal('location', place)
const { go, goCalls, offerEntry, route } = await import('@/state/route')

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
