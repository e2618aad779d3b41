// What was looked for last, so that coming back from an entry finds the list again. It goes with
// whoever looked: the next person begins anew.
import { reactive, watch } from 'vue'
import { session } from './session'

const nothing = { words: '', kind: 'all', state: 'all', handling: 'all', days: null as [string, string] | null }
export const kept = reactive({ ...nothing })

watch(() => session.user && session.user.username, () => Object.assign(kept, nothing))
