// What the daemon refuses as a short secret, said before it is sent. The rule is the daemon's
// (dutylog/device.go): a test compares both by one table.
export type PinFault = 'form' | 'simple' | 'differ'

/** One digit over and over, or each one more or one less than the one before; 0 follows 9. */
function row(pin: string): boolean {
  const steps = Array.from(pin).slice(1).map((c, i) => (Number(c) - Number(pin[i]) + 10) % 10)
  return [0, 1, 9].some((by) => steps.every((s) => s === by))
}

/** What is wrong with a new short secret that was typed twice; empty when it may be sent. */
export function pinFault(pin: string, again: string): PinFault | '' {
  if (!/^\d{4,8}$/.test(pin)) return 'form'
  if (row(pin)) return 'simple'
  return pin === again ? '' : 'differ'
}
