// The files of the entries of an incident: proofs of what was sent, and photos of instructions. A file belongs
// to an entry; one that is added here, to the first of them.
import { ref, watch } from 'vue'
import { api } from '@/api/client'
import type { Incident } from '@/api/incidents'
import type { Attachment } from '@/api/types'
import { t } from '@/i18n'
import { unnamed } from '@/logic/attachments'
import type { Option } from '@/logic/deeds'
import type { Files } from '@/logic/incidentdeeds'
import { clock, date, dateMinute, parse } from '@/logic/time'
import { serverNow } from './live'

/** The entries of which files are looked up: an incident with more callers has its proofs with the first ones. */
const MOST = 20

export interface IncidentFile {
  id: number
  name: string
  entry: string
}
const option = (a: Attachment, number: string): Option => ({ code: String(a.id), label: a.name, note: number + ' ' + dateMinute(parse(a.at)).slice(5) })

async function lists(i: Incident): Promise<{ entry: string; number: string; items: Attachment[] }[]> {
  return Promise.all(i.entries.slice(0, MOST).map(async (e) => {
    const items = await api.attachments(e.id).then((x) => x.items, () => [] as Attachment[])
    return { entry: e.id, number: e.entry_number, items: items.filter((a) => a.state === 'kept') }
  }))
}

/** What can be chosen in a form, and how another file is added. */
export async function incidentFiles(i: Incident): Promise<Files> {
  const options: Option[] = []
  for (const l of await lists(i)) for (const a of l.items) options.push(option(a, l.number))
  return {
    options: options.slice(-12),
    upload: async (file) => {
      const first = i.entries[0]
      const name = unnamed(file) ? t('attach.pasted', { at: (date(serverNow()) + clock(serverNow())).replace(/\D/g, '') }) : file.name
      return option(await api.attach(first.id, name, file, t('attach.forIncident')), first.entry_number)
    },
  }
}

/** The numbers of the files that an incident names. */
export function named(i: Incident): number[] {
  const all: number[] = []
  for (const r of i.reports) for (const d of r.deliveries) if (d.attachment) all.push(d.attachment)
  for (const x of i.instructions) if (x.attachment) all.push(x.attachment)
  return all
}

/** Where the files that an incident names are; looked up only when it names one that is not known yet. */
export function useNamedFiles(incident: () => Incident) {
  const files = ref<Record<number, IncidentFile>>({})
  watch(() => named(incident()).join(), async () => {
    if (named(incident()).every((id) => files.value[id])) return
    const found: Record<number, IncidentFile> = {}
    for (const l of await lists(incident())) for (const a of l.items) found[a.id] = { id: a.id, name: a.name, entry: l.entry }
    files.value = found
  }, { immediate: true })
  return files
}
