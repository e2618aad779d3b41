// The part of the API about who did what: the access log.
import { query, request } from './client'
import type { Page } from './types'

export interface Who { login: string; name: string; role: string }
export interface Access {
  id: number
  at: string
  by: Who
  action: string
  object: string
  address: string
  entry_id: string
  entry_number: string
}
export interface AccessFilter {
  entry?: string
  call?: string
  user?: string
  action?: string
  from?: string
  to?: string
  limit?: number
  cursor?: string
}

export const accessApi = {
  list: (filter: AccessFilter) => request<Page<Access>>('GET', '/access' + query({ ...filter })),
}
