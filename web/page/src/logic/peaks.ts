/** Folds peaks into at most n columns, each the loudest of its share, scaled so that quiet speech is seen. */
export function columns(values: number[], n: number): number[] {
  if (n <= 0 || values.length === 0) return []
  const count = Math.min(n, values.length)
  const out: number[] = []
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * values.length) / count)
    const to = Math.max(from + 1, Math.floor(((i + 1) * values.length) / count))
    let top = 0
    for (let k = from; k < to; k++) top = Math.max(top, Math.abs(values[k]) || 0)
    out.push(Math.sqrt(Math.min(1, top)))
  }
  return out
}
