import { describe, expect, it } from 'vitest'
import { ServerClock } from '@/logic/clock'

function clockAt(start: number) {
  let local = start
  const clock = new ServerClock(() => local, () => 5_000_000)
  return { clock, at: (ms: number) => (local = ms) }
}

describe('server clock', () => {
  it('goes by this PC until it has heard from the server', () => {
    const { clock, at } = clockAt(100)
    at(350)
    expect(clock.now()).toBe(5_000_250)
  })

  it('corrects a PC that is wrong by minutes, halving the way', () => {
    const { clock, at } = clockAt(0)
    clock.sample(9_000_000, 100, 140)
    at(140)
    expect(clock.now()).toBe(9_000_020)
  })

  it('keeps the better sample while both agree', () => {
    const { clock, at } = clockAt(0)
    clock.sample(1000, 0, 10)
    clock.sample(1000 + 995 - 100, 1000, 1200) // slow answer, 95 ms off
    at(2000)
    expect(clock.now()).toBe(2995)
  })

  it('follows the server when the clocks plainly moved apart, or the sample is old', () => {
    const { clock, at } = clockAt(0)
    clock.sample(1000, 0, 10)
    clock.sample(61_000, 1000, 1020)
    at(1010)
    expect(clock.now()).toBe(61_000)
    clock.sample(61_000 + 200_050, 201_000, 201_060)
    at(201_030)
    expect(clock.now()).toBe(261_050)
  })

  it('ignores a time that is none', () => {
    const { clock, at } = clockAt(0)
    clock.sample(NaN, 0, 10)
    at(10)
    expect(clock.now()).toBe(5_000_010)
  })
})
