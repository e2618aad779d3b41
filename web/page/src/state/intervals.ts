// What was not seen in a period, read anew whenever something of it begins or ends.
import { computed, onBeforeUnmount, ref, watch, type ComputedRef, type Ref } from 'vue'
import { api } from '@/api/client'
import type { Interval } from '@/api/types'
import { beforeLog } from '@/logic/figures'
import type { Period } from '@/logic/intervals'
import { now, on } from './live'
import { isStaff } from './session'

const TOGETHER_MS = 300 // one interruption is told in several frames
const AGAIN_MS = 60_000
const STEP_MS = 10_000

export interface Unseen {
  /** null until it is known: that is not the same as nothing. */
  items: Ref<Interval[] | null>
  failed: Ref<boolean>
  /** In words, since when there is a log at all, where the period reaches before it; else empty. */
  early: ComputedRef<string>
  /** Until when what goes on has lasted. It stands still while nothing does: a list of calls is not drawn anew for it. */
  moment: ComputedRef<number>
  load: () => Promise<void>
}

/** For use in a component: the listening ends with it. */
export function useIntervals(period: () => Period): Unseen {
  const items = ref<Interval[] | null>(null)
  const failed = ref(false)
  const since = ref<string | null>(null)
  let generation = 0
  let soon = 0

  async function load(): Promise<void> {
    if (!isStaff.value) return
    const mine = ++generation
    const { from, to } = period()
    try {
      const page = await api.intervals(new Date(from).toISOString(), new Date(to).toISOString())
      if (mine !== generation) return
      items.value = page.items
      since.value = page.log_since || null
      failed.value = false
    } catch {
      if (mine !== generation) return
      items.value = null
      failed.value = true
    }
  }
  function later(): void {
    clearTimeout(soon)
    soon = window.setTimeout(() => void load(), TOGETHER_MS)
  }
  watch(() => [period().from, period().to, isStaff.value], () => {
    items.value = null
    void load()
  }, { immediate: true })
  const stops = [on('interval', later), on('connected', later)]
  const again = setInterval(() => failed.value && void load(), AGAIN_MS)
  onBeforeUnmount(() => {
    generation++
    clearTimeout(soon)
    clearInterval(again)
    stops.forEach((stop) => stop())
  })
  const moment = computed(() =>
    (items.value || []).some((i) => !i.to && i.kind !== 'journal_down') ? Math.floor(now.value / STEP_MS) * STEP_MS : 0)
  const early = computed(() => (items.value ? beforeLog(new Date(period().from).toISOString(), since.value) : ''))
  return { items, failed, early, moment, load }
}
