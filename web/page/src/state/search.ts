// What was looked for last, so that coming back from an entry finds the list again. It goes with
// whoever looked: the next person begins anew.
import { reactive, watch } from 'vue'
import { session } from './session'

export const kept = reactive({ words: '', kind: '', state: '', days: null as [string, string] | null })

watch(() => session.user && session.user.username, () => Object.assign(kept, { words: '', kind: '', state: '', days: null }))
