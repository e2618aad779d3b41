// What the access log was asked last. It goes with whoever asked.
import { reactive, watch } from 'vue'
import { goPage } from './nav'
import { session } from './session'

const nothing = { entry: '', number: '', call: '', user: '', action: 'all', days: null as [string, string] | null }
export const asked = reactive({ ...nothing })

watch(() => session.user && session.user.username, () => Object.assign(asked, nothing))

/** Shows who saw one entry, or one call. */
export function askAbout(what: { entry?: string; number?: string; call?: string }): void {
  Object.assign(asked, nothing, what)
  goPage('access')
}
