// Dialogs step aside when somebody goes to a call that waits: nothing may stand over the line then.
import { ref } from 'vue'

/** How often that was done. */
export const wentToCall = ref(0)
