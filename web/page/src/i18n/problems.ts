// What the daemon's refusals mean, by their type and status. Its own sentence is English: it is
// shown as it came on the English page and is the tooltip on the Chinese one.
import { ApiError } from '@/api/client'
import { lang, t, type Key } from './index'
import { namedRefusal, refusalText } from './refusals'
import { fieldNames } from './spell'
import { dateMinute, parse } from '@/logic/time'

const BY_TYPE: Record<string, Key> = {
  'sign-in-required': 'problem.signIn', 'not-allowed': 'problem.notAllowed', 'password-change-required': 'problem.password',
  'too-many-attempts': 'problem.tooMany', 'cross-site-request': 'problem.crossSite', 'stale-revision': 'problem.stale', 'entry-written': 'problem.written',
  'no-recording': 'problem.noRecording', 'recording-altered': 'problem.altered', 'no-practice-line': 'problem.noPractice',
  'key-absent': 'problem.keyAbsent', 'changed-meanwhile': 'contacts.moved', 'bad-table': 'contacts.badTable', 'roster-forbidden': 'roster.forbidden', 'filing-before-roster': 'filing.early',
  'second-login-wrong': 'problem.second', 'handover-same_person': 'problem.samePerson', 'handover-not_an_officer': 'problem.notOfficer',
  'handover-not_responsible': 'problem.notResponsible', 'handover-second_missing': 'problem.secondMissing', 'handover-nobody_hands_over': 'problem.nobodyHands',
  'handover-password_change_first': 'problem.mustChange', 'handover-login_disabled': 'problem.second', 'handover-sheet_changed': 'problem.sheetChanged',
  'handover-not_their_part': 'problem.notTheirPart', 'handover-already_confirmed': 'problem.alreadyConfirmed', 'handover-overtaken': 'problem.overtaken', 'task-marked': 'problem.taskMarked', 'note-erased': 'problem.noteErased', 'note-taken': 'problem.noteTaken',
  'approval-same_person': 'problem.approval.same_person', 'approval-already_decided': 'problem.approval.already_decided', 'approval-already_asked': 'problem.approval.already_asked',
  'approval-too_late': 'problem.approval.too_late',
  'call-back-no_number': 'back.no_number', 'call-back-bad_number': 'back.bad_number', 'call-back-own_number': 'back.own_number', 'call-back-line_in_use': 'back.line_in_use',
  'call-back-line_unseen': 'back.line_unseen', 'call-back-phone_away': 'back.phone_away', 'call-back-phone_unnamed': 'back.phone_unnamed', 'call-back-already_ringing': 'back.already_ringing', 'call-back-stopping': 'back.stopping',
  'alert-over': 'problem.alertOver', 'alert-rings': 'problem.alertRings', 'alert-unmuted': 'problem.alertUnmuted', 'channel-test-runs': 'problem.channelTest', 'verification-runs': 'problem.verifying',
  'incident-not_open': 'problem.inc.not_open', 'incident-linked_elsewhere': 'problem.inc.linked_elsewhere', 'incident-stale_version': 'problem.inc.stale_version',
  'incident-already_sent': 'problem.inc.already_sent', 'incident-not_entitled': 'problem.inc.not_entitled', 'incident-lacks_elements': 'problem.inc.lacks_elements', 'incident-nothing_written': 'problem.inc.nothing_written',
  'incident-unfinished': 'problem.inc.unfinished', 'incident-call_mismatch': 'problem.inc.call_mismatch', 'report-template': 'problem.inc.template',
  'violation-not_their_part': 'vi.refused.not_their_part', 'violation-not_now': 'vi.refused.not_now', 'violation-unit_first': 'vi.refused.unit_first', 'violation-same_person': 'vi.refused.same_person',
  'assessment-not_their_part': 'as.refused.not_their_part', 'assessment-month_runs': 'as.refused.month_runs', 'assessment-frozen': 'as.refused.frozen', 'assessment-not_frozen': 'as.refused.not_frozen', 'assessment-signed_already': 'as.refused.signed_already',
  'assessment-same_person': 'as.refused.same_person', 'assessment-not_signed_by_both': 'as.refused.not_signed_by_both', 'assessment-no_rules': 'as.refused.no_rules', 'assessment-reviews_open': 'as.refused.reviews_open',
  'sheet-too-long': 'sheet.tooLong', 'unknown-computer': 'pin.unknown', 'short-secret-wrong': 'pin.wrong',
  'test-no_second_line': 'problem.testNoLine', 'test-line_in_use': 'problem.testInUse', 'test-line_unseen': 'problem.testUnseen', 'test-test_runs': 'problem.testRuns', 'test-check_runs': 'problem.checkRuns', 'spot-incident': 'problem.spotIncident', 'officer-first': 'rev.officerFirst',
}
const BY_STATUS: Record<number, Key> = {
  0: 'common.offline', 400: 'problem.invalid', 401: 'problem.signIn', 403: 'problem.notAllowed', 404: 'problem.notFound',
  409: 'problem.stale', 413: 'problem.tooLarge', 422: 'problem.invalid', 429: 'problem.tooMany',
  502: 'problem.away', 503: 'problem.away', 504: 'problem.away',
}

/** A failure in the page's language. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return error ? t('problem.page') : ''
  if (lang.value === 'en' && error.status !== 0 && error.message) return error.message
  if (error.missing.length) return t('entry.missing', { fields: fieldNames(error.missing) })
  const type = String(error.body.type || '').split('/').pop() || ''
  const key = BY_TYPE[type] || BY_STATUS[error.status] || (error.status >= 500 ? 'problem.inside' : 'problem.other')
  const time = error.body.opens_at ? dateMinute(parse(String(error.body.opens_at))) : ''
  return (key === 'problem.invalid' ? refusalText(error) : namedRefusal(type, error.detail)) || t(key, { status: error.status, time })
}

/** The failure in the words of the daemon, for a tooltip. */
export function problemDetail(error: unknown): string {
  return error instanceof ApiError ? error.message : String(error || '')
}
