// Lists come in pages with a cursor; the desk counts, so it needs all of them.
import type { Page } from '@/api/types'

/** More pages than any duty room fills: ends a list whose cursor never ends. */
const MOST = 200

/** Asks page after page until there is no next one. */
export async function everyPage<T>(ask: (cursor: string) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = []
  let cursor = ''
  for (let n = 0; n < MOST; n++) {
    const page = await ask(cursor)
    all.push(...page.items)
    if (!page.next_cursor || page.next_cursor === cursor) break
    cursor = page.next_cursor
  }
  return all
}
