// What is said of a filing afterwards: a receipt that came later, or when it was sent in truth.
import { computed, ref } from 'vue'
import { rosterApi, type Filing } from '@/api/roster'
import { fieldInstant, fieldTime, parse } from '@/logic/time'
import { useAsked } from './ask-drafts'
import { serverNow } from './live'

export type Amends = '' | 'receipt' | 'sent'

export function useFilingAmend(filing: () => Filing) {
  const asked = ref<Amends>('')
  const at = ref('')
  const named = (box: string) => (asked.value ? ['filing', filing().id, asked.value, box].join('/') : '')
  const receipt = useAsked(() => named('receipt'))
  const reason = useAsked(() => named('reason'))
  /** Something that stands is replaced, and that wants a reason. */
  const corrects = computed(() => asked.value === 'sent' || !!filing().receipt)
  const ready = computed(() => !!fieldInstant(at.value) && (asked.value === 'sent' || !!receipt.value.trim()) && (!corrects.value || !!reason.value.trim()))

  function ask(what: Amends): void {
    const f = filing()
    asked.value = what
    at.value = fieldTime(what === 'sent' ? parse(f.sent_at) : f.receipt_at ? parse(f.receipt_at) : serverNow())
    if (what === 'receipt') receipt.value = receipt.value || f.receipt
  }

  /** Sends what was typed; it is forgotten when the daemon has it. */
  async function send(): Promise<void> {
    const time = fieldInstant(at.value)
    await rosterApi.amendFiling(filing().id, asked.value === 'sent' ? { sent_at: time, reason: reason.value } : { receipt: receipt.value, receipt_at: time, reason: reason.value })
    receipt.value = reason.value = ''
    asked.value = ''
  }
  return { asked, at, receipt, reason, corrects, ready, ask, send }
}
