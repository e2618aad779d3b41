// The directory 通讯录 in the daemon's API.
import { BASE, query, request } from './client'

export const PHONE_KINDS = ['office', 'mobile', 'fax', 'other'] as const
export type PhoneKind = (typeof PHONE_KINDS)[number]

export interface Phone {
  kind: PhoneKind
  number: string
}

export interface Contact {
  id: number
  /** The version; whoever changes it says which one was on the screen. */
  change: number
  unit: string
  person: string
  title: string
  numbers: Phone[]
  superior: boolean
  remark: string
  /** A day, for instance 2026-11-23; empty: never. */
  last_confirmed: string
  confirmed_by: string
  stale: boolean
}

/** What a person writes of a contact. */
export interface ContactFields {
  unit: string
  person: string
  title: string
  numbers: Phone[]
  superior: boolean
  remark: string
  /** Also says that all of it is right today. */
  confirm: boolean
  change?: number
}

export interface ContactPage {
  items: Contact[]
  next_cursor: string
  found: number
  total: number
  stale: number
  stale_days: number
  revision: number
}

export interface FieldChange {
  field: string
  before: string
  after: string
}

export interface ContactChange {
  at: string
  by: string
  how: string
  changes: FieldChange[]
}

export interface Planned {
  kind: 'added' | 'changed' | 'removed'
  row: number
  reason: string
  name: string
  changes: FieldChange[]
}

export interface Preview {
  token: string
  added: number
  changed: number
  removed: number
  unchanged: number
  kept: number
  items: Planned[]
}

/** What is wrong with one cell of a table. */
export interface TableFault {
  row: number
  column: string
  cell: string
  code: string
  value: string
  reason: string
}

export interface TableFile {
  name: string
  /** In base64. */
  content: string
  remove: boolean
  token?: string
}

// A table of some thousand rows is read, compared and written in a few seconds.
const LONG_MS = 60_000
const of = (c: { id: number }) => '/directory/' + c.id

export const directory = {
  list: (q: { q?: string; stale?: string; limit?: number; cursor?: string }) => request<ContactPage>('GET', '/directory' + query(q)),
  add: (c: ContactFields) => request<Contact>('POST', '/directory', c),
  edit: (c: Contact, fields: ContactFields) => request<Contact>('PUT', of(c), { ...fields, change: c.change }),
  remove: (c: Contact) => request<void>('DELETE', of(c) + query({ change: c.change })),
  confirm: (c: Contact) => request<Contact>('POST', of(c) + '/confirm', { change: c.change }),
  addNumber: (c: Contact, phone: Phone) => request<Contact>('POST', of(c) + '/numbers', { ...phone, change: c.change }),
  changes: (c: Contact) => request<{ items: ContactChange[] }>('GET', of(c) + '/changes'),
  preview: (file: TableFile) => request<Preview>('POST', '/directory/preview', file, LONG_MS),
  take: (file: TableFile) => request<Preview>('POST', '/directory/import', file, LONG_MS),
  exportUrl: BASE + '/directory/export',
}
