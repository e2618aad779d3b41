// A table that was previewed becomes the draft of its month.
import { ApiError } from '@/api/client'
import { rosterApi, type ImportMonth } from '@/api/roster'

/** Saves on the draft that the preview showed: what somebody saved since is never replaced unseen. */
export async function saveImport(m: ImportMonth): Promise<'saved' | 'moved'> {
  try {
    await rosterApi.saveDraft(m.month, m.draft.revision, m.shifts)
    return 'saved'
  } catch (e) {
    if (e instanceof ApiError && e.status === 409) return 'moved'
    throw e
  }
}
