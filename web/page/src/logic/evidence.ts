// What a piece of evidence says, in the reader's language. What has no name (a SIP message, what was raised
// before names were kept, a name that a newer daemon has) is shown as it was said.
import type { AlertEvidence } from '@/api/types'
import { lang, t, word, type Key } from '@/i18n'
import { evidenceEn, evidenceZh } from '@/i18n/evidence'

/** Parameters that are words of the switch or of ours, with the area of their texts. */
const AREAS: Record<string, string> = { event: 'switchEvent', status: 'dialled', state: 'line', finding: 'finding' }

export function evidenceText(e: AlertEvidence): string {
  if (e.test) {
    return t('said.test', { verdict: word('testVerdict', e.test.verdict), reason: word('testReason', e.test.reason), ringback: word('testRingback', e.test.ringback) })
  }
  const said = e.said
  if (!said || !(('said.' + said.name) in (lang.value === 'zh' ? evidenceZh : evidenceEn))) return e.text || e.ref
  const given = said as unknown as Record<string, string | undefined>
  const params: Record<string, string> = {}
  for (const name of ['number', 'endpoint', 'application', 'uri', 'detail']) params[name] = given[name] || ''
  for (const name of Object.keys(AREAS)) params[name] = word(AREAS[name], given[name] || '')
  if (said.name === 'fault' && !said.detail) return t('said.faultOnly', params)
  return t(('said.' + said.name) as Key, params)
}

/** Whether what it says was put into words: then the switch's own are shown beside it when asked for. */
export const inWords = (e: AlertEvidence): boolean => evidenceText(e) !== (e.text || e.ref)

/** The detail of an alert; a test call is named by its number. */
export function alertDetail(reason: string, detail: string): string {
  const test = reason.indexOf('test_') === 0 && /^#(\d+)$/.exec(detail)
  return test ? t('evidence.testNumber', { n: test[1] }) : detail
}
