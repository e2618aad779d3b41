// The ringing sound: 1 s on, 4 s off in step with the bell, urgent after the limit. Silencing
// lasts for one call only. A browser that blocks sound is said so, plainly.
import { computed, reactive, watch } from 'vue'
import { ringView } from '@/logic/rings'
import { line, serverNow, stale } from './live'

export const sound = reactive({
  /** unknown until the first attempt. */
  state: 'unknown' as 'unknown' | 'on' | 'blocked' | 'none',
  silencedCall: '',
})

type Ctor = typeof AudioContext
let context: AudioContext | null = null
let until = 0 // context time up to which sound is scheduled

export const silenced = computed(() => !!line.value && !!line.value.call_id && sound.silencedCall === line.value.call_id)

export function silence(): void {
  if (line.value && line.value.state === 'ringing') {
    sound.silencedCall = line.value.call_id
    stopSounding()
  }
}

let master: GainNode | null = null
function stopSounding(): void {
  if (!context || !master) return
  master.disconnect()
  master = context.createGain()
  master.connect(context.destination)
  until = 0
}

function make(): AudioContext | null {
  const ctor: Ctor | undefined = window.AudioContext || (window as unknown as { webkitAudioContext?: Ctor }).webkitAudioContext
  if (!ctor) return null
  const made = new ctor()
  master = made.createGain()
  master.connect(made.destination)
  made.onstatechange = learn
  return made
}

function learn(): void {
  sound.state = context ? (context.state === 'running' ? 'on' : 'blocked') : 'none'
}

/** Any click or key lets the browser allow the sound; until then resume() never settles. */
function unlock(): void {
  if (!context) context = make()
  if (context && context.state !== 'running') context.resume().then(learn, learn)
  learn()
}

function tone(ctx: AudioContext, out: AudioNode, hz: number, at: number, length: number, level: number, beat: number): void {
  const osc = ctx.createOscillator()
  const gain = ctx.createGain()
  osc.type = 'triangle'
  osc.frequency.value = hz
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(level, at + 0.02)
  if (beat > 0) {
    // The clapper of a bell: the level falls a little between the strokes.
    for (let t = beat; t < length - 0.05; t += beat) {
      gain.gain.linearRampToValueAtTime(level * 0.45, at + t - 0.012)
      gain.gain.linearRampToValueAtTime(level, at + t)
    }
  }
  gain.gain.setValueAtTime(level, at + length - 0.03)
  gain.gain.linearRampToValueAtTime(0, at + length)
  osc.connect(gain)
  gain.connect(out)
  osc.start(at)
  osc.stop(at + length + 0.02)
}

function bell(ctx: AudioContext, length: number): void {
  const at = ctx.currentTime + 0.02
  tone(ctx, master as GainNode, 450, at, length, 0.45, 0.05)
  tone(ctx, master as GainNode, 900, at, length, 0.12, 0.05)
  until = at + length
}

function urgent(ctx: AudioContext): void {
  const at = ctx.currentTime + 0.02
  for (let i = 0; i < 4; i++) tone(ctx, master as GainNode, i % 2 ? 1150 : 860, at + i * 0.18, 0.16, 0.5, 0)
  until = at + 1.1
}

function beat(): void {
  const l = line.value
  const ringing = !!l && l.state === 'ringing' && !!l.rang_at && !stale.value
  if (l && sound.silencedCall && l.call_id !== sound.silencedCall) sound.silencedCall = ''
  if (!ringing || silenced.value || !l) {
    if (until && context && context.currentTime < until) stopSounding()
    return
  }
  if (!context || context.state !== 'running') {
    unlock()
    return
  }
  if (context.currentTime < until) return
  const view = ringView(Date.parse(l.rang_at as string), serverNow(), l.rule)
  if (view.stage === 'over') urgent(context)
  else if (view.bell) bell(context, Math.min(2, l.rule.on_ms / 1000))
}

export function startSound(): void {
  unlock()
  // Not when a button goes down: the bar that asks for the sound goes, what is below it moves up, and the button
  // that was pressed would be elsewhere when it is let go. The click has found its target before anything moves.
  for (const event of ['click', 'keydown']) {
    window.addEventListener(event, () => sound.state !== 'on' && unlock(), { capture: true, passive: true })
  }
  setInterval(beat, 100)
  watch(() => line.value && line.value.state, beat)
}
