// What somebody was led to on a page that is a list: it is brought into sight and stands out.
import { nextTick, watch } from 'vue'
import { route } from './route'

/** Whether a row is the one that the address names. */
export const isNamed = (id: string | number): boolean => route.at !== '' && route.at === String(id)

let revealed = false
watch(() => route.at, () => { revealed = false }, { flush: 'sync' })

/** Brings the row that stands out into sight, once: a list that is read anew stays where its reader is. */
export async function reveal(): Promise<void> {
  if (!route.at || revealed) return
  await nextTick()
  const row = document.querySelector('.list-page .named')
  if (!row) return
  row.scrollIntoView({ block: 'center' })
  revealed = true
}

/** Reads a list on until the row that the address names is in it, and brings that into sight. */
export async function lead(load: (more?: boolean) => Promise<void>, found: () => boolean, goesOn: () => boolean): Promise<void> {
  await load()
  if (!route.at) return
  await until(found, async () => {
    if (!goesOn()) return false
    await load(true)
    return true
  })
  void reveal()
}

const MOST_PAGES = 40

/** Asks for page after page until the one that the address names is among them, or there are no more. */
export async function until(found: () => boolean, more: () => Promise<boolean>): Promise<boolean> {
  for (let n = 0; n < MOST_PAGES && !found(); n++) {
    if (!(await more())) break
  }
  return found()
}
