// What is attached to an entry: rules that the page knows before a file is sent, and the daemon's
// reasons by a mark in its English sentence.
import { ApiError } from '@/api/client'
import type { AttachmentsKey } from '@/i18n/attachments'

export const LARGEST = 20 * 1024 * 1024

const REASONS: [RegExp, AttachmentsKey][] = [
  [/is empty/, 'attach.why.empty'],
  [/more than \d+ MB: send|has more than|is larger than/, 'attach.why.large'],
  [/but its name ends in/, 'attach.why.name'],
  [/but does not begin as one/, 'attach.why.broken_kind'],
  [/is a program, whatever/, 'attach.why.program'],
  [/holds (?:a program|an order|another file)/, 'attach.why.pdf'],
  [/holds macros|for macros/, 'attach.why.macro'],
  [/holds programs/, 'attach.why.inside'],
  [/old form/, 'attach.why.old'],
  [/unpacks into/, 'attach.why.bomb'],
  [/damaged archive/, 'attach.why.damaged'],
  [/with a password/, 'attach.why.locked'],
  [/cannot be attached|is an archive and no document|document of another kind/, 'attach.why.kind'],
  [/attached to this entry already/, 'attach.why.again'],
  [/one too many/, 'attach.why.many'],
  [/is too much/, 'attach.why.sum'],
  [/query\.name/, 'attach.why.noName'],
  [/did not arrive/, 'attach.why.broken'],
]

/** Why the daemon did not take a file; nothing when it is no fault of the file. */
export function reasonOf(error: unknown): AttachmentsKey | undefined {
  if (!(error instanceof ApiError) || [408, 413, 422].indexOf(error.status) < 0) return undefined
  const found = REASONS.find(([mark]) => mark.test(error.detail))
  return found && found[1]
}

/** A sheet of paper is scanned as a picture or a PDF; a text is none. */
export const isScan = (type: string): boolean => /^image\//.test(type) || type === 'application/pdf'

/** How large a file is, in the unit in which people think of it. */
export function sizeOf(bytes: number): { key: AttachmentsKey; n: number } {
  if (bytes < 1024 * 1024) return { key: 'attach.kb', n: Math.max(1, Math.round(bytes / 1024)) }
  return { key: 'attach.mb', n: Math.round((bytes / 1024 / 1024) * 10) / 10 }
}

/** What of a clipboard or of something that was dragged is to be attached: not what is text as well. */
export function filesOf(data: DataTransfer | null): File[] {
  if (!data || !data.files || !data.files.length) return []
  if (Array.from(data.types || []).indexOf('text/plain') >= 0) return []
  return Array.from(data.files)
}

/** Whether a file has the name that every browser gives to a picture from the clipboard. */
export const unnamed = (file: File): boolean => /^image\.png$/i.test(file.name)
