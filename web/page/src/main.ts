import { createApp } from 'vue'
import App from './App.vue'
import './element'
import './style.css'
import { lang, setLang } from './i18n'
import { startAlerts } from './state/alerts'
import { startDesk } from './state/desk'
import { startKeys } from './state/keys'
import { startHealth } from './state/health'
import { startLamps } from './state/lamps'
import { startLedger } from './state/ledger'
import { startMissed } from './state/missed'
import { startPhrases } from './state/phrases'
import { startLockNote } from './state/locknote'
import { startRoster } from './state/roster'
import { startLive } from './state/live'
import { startRoute } from './state/route'
import { start } from './state/session'
import { startSound } from './state/sound'
import { startTasks } from './state/tasks'

setLang(lang.value)
startDesk()
startKeys()
startRoute()
startLive()
startHealth()
startLedger()
startRoster()
startAlerts()
startSound()
startLamps()
startTasks()
startMissed()
startPhrases()
startLockNote()
void start()
createApp(App).mount('#app')
