// Listening reviews 录音抽评: samples that anybody can draw again, and what was heard.
import { BASE, query, request } from './client'
import type { Person } from './duties'
import type { Call } from './types'

export const ITEMS = ['greeting', 'tone', 'precision', 'elements', 'read_back'] as const
export type Item = (typeof ITEMS)[number]
export const MARKS = ['good', 'partly', 'poor', 'none'] as const
export type Mark = (typeof MARKS)[number]
export type Marks = Record<Item, Mark>

export interface Draw {
  id: number
  month: string
  seed: string
  named: boolean
  per_officer: number
  officers: { officer: string; population: number; drawn: number }[]
  by: Person
}

export interface ListeningFact {
  id: number
  says: 'reviewed' | 'answered'
  marks: Marks | null
  text: string
  by: Person
}

export interface Listened {
  call: Call
  officer: string
  facts: ListeningFact[]
  may: ('reviewed' | 'answered')[]
}

export const listening = {
  draws: (month: string) => request<{ items: Draw[]; over: boolean }>('GET', '/listening/draws' + query({ month })),
  draw: (month: string, perOfficer: number, seed: string) => request<Draw>('POST', '/listening/draws', { month, per_officer: perOfficer, seed: seed || undefined }, 30_000),
  one: (draw: number) => request<{ draw: Draw; items: Listened[] }>('GET', '/listening/draws/' + draw),
  say: (draw: number, what: { call_id: string; says: 'reviewed' | 'answered'; marks?: Marks; text?: string; before: number }) =>
    request<Listened>('POST', '/listening/draws/' + draw + '/facts', what),
  sheet: (draw: number) => `${BASE}/listening/draws/${draw}/sheet`,
}
