// The calls behind a number of a figure: the page of calls shows just them until somebody asks for others.
import { ref } from 'vue'
import type { CallsBehind } from '@/logic/figures'
import { goCalls } from './route'

export const behind = ref<CallsBehind | null>(null)

export function goCallsBehind(of: CallsBehind): void {
  behind.value = of
  goCalls()
}
