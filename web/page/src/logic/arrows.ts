/** To which of count things side by side a key goes from the one at; -1: it is no such key. Past an end it goes round. */
export function arrowTo(key: string, at: number, count: number): number {
  if (at < 0 || count < 1) return -1
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const step = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 0
  return step ? (at + step + count) % count : -1
}
