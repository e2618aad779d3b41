// Whether a recording plays at this window: a new call is offered then, and takes nothing away.
import { reactive, ref } from 'vue'

const players = reactive<Record<number, boolean>>({})
let next = 1

/** A name for one player, to say with it that it plays or no longer does. */
export const newPlayer = (): number => next++

export function plays(player: number, on: boolean): void {
  if (on) players[player] = true
  else delete players[player]
}

export const playingNow = (): boolean => Object.keys(players).length > 0

/** Somebody wants to hear a call from a place in it; a new object each time, so that it can be asked twice. */
export const playFrom = ref<{ call: string; sec: number } | null>(null)
