// Texts in two languages. Words that come from the API (outcomes, findings, categories …) have
// keys made of their name; an unknown one is shown as it came, never hidden.
import { ref } from 'vue'
import { accessEn, accessZh, type AccessKey } from './access'
import { alertLifeEn, alertLifeZh, type AlertLifeKey } from './alertlife'
import { alertCallsEn, alertCallsZh, type AlertCallsKey } from './alertcalls'
import { alertsEn, alertsZh, type AlertsKey } from './alerts'
import { assessmentsEn, assessmentsZh, type AssessmentsKey } from './assessments'
import { approvalsEn, approvalsZh, type ApprovalsKey } from './approvals'
import { attachmentsEn, attachmentsZh, type AttachmentsKey } from './attachments'
import { categoryWords } from './categories'
import { channelsEn, channelsZh, type ChannelsKey } from './channels'
import { directoryEn, directoryZh, type DirectoryKey } from './directory'
import { en } from './en'
import { evidenceEn, evidenceZh, type EvidenceKey } from './evidence'
import { fieldWordsZh } from './fieldwords'
import { figuresEn, figuresZh, type FiguresKey } from './figures'
import { incidentsEn, incidentsZh, type IncidentsKey } from './incidents'
import { matterEn, matterZh, type MatterKey } from './matter'
import { dutiesEn, dutiesZh, type DutiesKey } from './duties'
import { dutyFiguresEn, dutyFiguresZh, type DutyFiguresKey } from './dutyfigures'
import { handoverEn, handoverZh, type HandoverKey } from './handover'
import { holidaysEn, holidaysZh, type HolidaysKey } from './holidays'
import { listeningEn, listeningZh, type ListeningKey } from './listening'
import { lateEn, lateZh, type LateKey } from './late'
import { lampsEn, lampsZh, type LampsKey } from './lamps'
import { quickEn, quickZh, type QuickKey } from './quick'
import { reconcileEn, reconcileZh, type ReconcileKey } from './reconcile'
import { reviewsEn, reviewsZh, type ReviewsKey } from './reviews'
import { rosterEn, rosterZh, type RosterKey } from './roster'
import { searchEn, searchZh, type SearchKey } from './search'
import { sheetsEn, sheetsZh, type SheetsKey } from './sheets'
import { sidesEn, sidesZh, type SidesKey } from './sides'
import { spotChecksEn, spotChecksZh, type SpotChecksKey } from './spotchecks'
import { testsEn, testsZh, type TestsKey } from './tests'
import { verifyEn, verifyZh, type VerifyKey } from './verify'
import { waitEn, waitZh, type WaitKey } from './wait'
import { zh, type Key as DeskKey } from './zh'

export type Lang = 'zh' | 'en'
export type Key = DeskKey | AccessKey | ApprovalsKey | AssessmentsKey | ReconcileKey | ListeningKey | ReviewsKey | SpotChecksKey | AlertsKey | AttachmentsKey | AlertLifeKey | AlertCallsKey | ChannelsKey | DirectoryKey | LampsKey | LateKey | MatterKey | RosterKey | DutiesKey | DutyFiguresKey | EvidenceKey | HandoverKey | HolidaysKey | IncidentsKey | QuickKey | SearchKey | SheetsKey | SidesKey | TestsKey | VerifyKey | WaitKey | FiguresKey
const STORE = 'dutyline.lang'

export const lang = ref<Lang>(readLang())

function readLang(): Lang {
  try {
    return localStorage.getItem(STORE) === 'en' ? 'en' : 'zh'
  } catch {
    return 'zh'
  }
}

export function setLang(next: Lang): void {
  lang.value = next
  try {
    localStorage.setItem(STORE, next)
  } catch {
    // Private windows may refuse storage; the choice then lasts until the reload.
  }
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
  document.title = t('app.name')
}

const tables: Record<Lang, Record<string, string>> = {
  zh: { ...fieldWordsZh, ...zh, ...accessZh, ...approvalsZh, ...assessmentsZh, ...reconcileZh, ...listeningZh, ...reviewsZh, ...spotChecksZh, ...alertsZh, ...attachmentsZh, ...alertLifeZh, ...alertCallsZh, ...channelsZh, ...directoryZh, ...lampsZh, ...lateZh, ...matterZh, ...rosterZh, ...dutiesZh, ...dutyFiguresZh, ...evidenceZh, ...handoverZh, ...holidaysZh, ...incidentsZh, ...quickZh, ...searchZh, ...sheetsZh, ...sidesZh, ...testsZh, ...verifyZh, ...waitZh, ...figuresZh },
  en: { ...en, ...accessEn, ...approvalsEn, ...assessmentsEn, ...reconcileEn, ...listeningEn, ...reviewsEn, ...spotChecksEn, ...alertsEn, ...attachmentsEn, ...alertLifeEn, ...alertCallsEn, ...channelsEn, ...directoryEn, ...lampsEn, ...lateEn, ...matterEn, ...rosterEn, ...dutiesEn, ...dutyFiguresEn, ...evidenceEn, ...handoverEn, ...holidaysEn, ...incidentsEn, ...quickEn, ...searchEn, ...sheetsEn, ...sidesEn, ...testsEn, ...verifyEn, ...waitEn, ...figuresEn },
}

export function t(key: Key, params?: Record<string, string | number>): string {
  return fill(tables[lang.value][key] || key, params)
}

/** The text for a word of the API, for instance word('outcome', 'missed'). */
export function word(area: string, name: string): string {
  const text = tables[lang.value][area + '.' + name]
  return text === undefined ? name : text
}

/** Fills {n} with a value, and {n?ring:rings} with the word for one or for several. */
export function fill(text: string, params?: Record<string, string | number>): string {
  if (!params) return text
  return text
    .replace(/\{(\w+)\?([^:}]*):([^}]*)\}/g, (whole, name, one, many) => (name in params ? (Number(params[name]) === 1 ? one : many) : whole))
    .replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole))
}

/** The categories are data of the daemon, in Chinese; the known ones have an English word. */
export function category(name: string): string {
  if (lang.value === 'zh') return name
  return categoryWords[name] || name
}
