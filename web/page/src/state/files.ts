// Takes a file from the daemon under the name that it has there. A link would leave a refusal to the browser, which
// says nothing of it: so the file is fetched first, and what came instead of one is said in a sentence.
import { fileAt } from '@/api/client'
import { t } from '@/i18n'
import { problemDetail, problemText } from '@/i18n/problems'
import { notify } from './notices'

/** How long a browser may take to begin with a file before its memory is given back. */
const KEEP_MS = 60_000
const under = new Set<string>()

export async function takeFile(address: string): Promise<void> {
  if (under.has(address)) return // it is on its way: pressing again asks for no second one
  under.add(address)
  try {
    const { blob, name } = await fileAt(address)
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = name
    document.body.appendChild(link)
    link.click()
    document.body.removeChild(link)
    setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS)
  } catch (e) {
    notify(() => t('common.noFile', { reason: problemText(e) }), 'bad', undefined, undefined, undefined, problemDetail(e))
  }
  under.delete(address)
}
