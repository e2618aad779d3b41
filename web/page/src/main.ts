import { createApp } from 'vue'
import App from './App.vue'
import './element'
import './style.css'
import { lang, setLang } from './i18n'
import { startAlerts } from './state/alerts'
import { startDesk } from './state/desk'
import { startIdle } from './state/idle'
import { startKeys } from './state/keys'
import { startIncidents } from './state/incidents'
import { startHealth } from './state/health'
import { startLamps } from './state/lamps'
import { startApprovals } from './state/approvals'
import { startLedger } from './state/ledger'
import { startMissed } from './state/missed'
import { startPhrases } from './state/phrases'
import { startLockNote } from './state/locknote'
import { playingNow } from './state/playing'
import { startReviews } from './state/reviews'
import { startViolations } from './state/violations'
import { startRoster } from './state/roster'
import { lines, startLive } from './state/live'
import { startRoute } from './state/route'
import { atThePhone, start } from './state/session'
import { startSound } from './state/sound'
import { startTasks } from './state/tasks'

setLang(lang.value)
startDesk()
startKeys()
startRoute()
startLive()
startHealth()
startApprovals()
startLedger()
startRoster()
startReviews()
startViolations()
startAlerts()
startSound()
startLamps()
startTasks()
startIncidents()
startIdle(() => playingNow() || atThePhone.value && lines.value.some((l) => l.state === 'ringing' || l.state === 'talking'))
startMissed()
startPhrases()
startLockNote()
void start()
createApp(App).mount('#app')
