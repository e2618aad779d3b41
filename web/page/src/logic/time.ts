// Instants are stored in UTC and shown in Asia/Shanghai, which has had no summer time since
// 1991: plain arithmetic, the same on every PC whatever its own zone says.

export const SHANGHAI_MS = 8 * 3600_000
export const DAY_MS = 24 * 3600_000

export function parse(instant: string | null | undefined): number {
  return instant ? Date.parse(instant) : NaN
}

const two = (n: number) => (n < 10 ? '0' + n : String(n))

function parts(ms: number) {
  const d = new Date(ms + SHANGHAI_MS)
  return {
    y: d.getUTCFullYear(), mo: d.getUTCMonth() + 1, d: d.getUTCDate(), wd: d.getUTCDay(),
    h: d.getUTCHours(), mi: d.getUTCMinutes(), s: d.getUTCSeconds(), ms: d.getUTCMilliseconds(),
  }
}

export function date(ms: number): string {
  if (isNaN(ms)) return ''
  const p = parts(ms)
  return `${p.y}-${two(p.mo)}-${two(p.d)}`
}

export function clock(ms: number): string {
  if (isNaN(ms)) return ''
  const p = parts(ms)
  return `${two(p.h)}:${two(p.mi)}:${two(p.s)}`
}

export function minute(ms: number): string {
  return clock(ms).slice(0, 5)
}

/** Date and time to the minute, as the duty log asks for (Art. 13). */
export function dateMinute(ms: number): string {
  return isNaN(ms) ? '' : `${date(ms)} ${minute(ms)}`
}

/** Full precision, for the call's detail. */
export function precise(ms: number): string {
  if (isNaN(ms)) return ''
  return `${date(ms)} ${clock(ms)}.${('00' + parts(ms).ms).slice(-3)}`
}

export function weekday(ms: number): number {
  return parts(ms).wd
}

/** The start of the day in Shanghai that contains ms. */
export function dayStart(ms: number): number {
  return Math.floor((ms + SHANGHAI_MS) / DAY_MS) * DAY_MS - SHANGHAI_MS
}

/** The start of a day written YYYY-MM-DD, in Shanghai; NaN when it is no day. */
export function dayOf(text: string): number {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text + 'T00:00:00Z') - SHANGHAI_MS : NaN
}

/** A moment as a field of date and time holds it: Shanghai's, whatever the PC's zone. */
export const fieldTime = (ms: number): string => date(ms) + 'T' + minute(ms)

/** The instant that such a field says; empty when it is none. */
export function fieldInstant(text: string): string {
  const at = dayOf(text.slice(0, 10)) + (Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16))) * 60_000
  return isNaN(at) ? '' : new Date(at).toISOString()
}

/** 7.2 from 7203 ms: one decimal, cut rather than rounded so that 14.96 s never reads 15.0. */
export function seconds(ms: number): string {
  return (Math.floor(ms / 100) / 10).toFixed(1)
}

/** m:ss of a position in a recording. */
export function position(sec: number): string {
  const s = Math.max(0, Math.floor(isFinite(sec) ? sec : 0))
  const h = Math.floor(s / 3600)
  const text = `${h ? two(Math.floor((s % 3600) / 60)) : Math.floor(s / 60)}:${two(s % 60)}`
  return h ? `${h}:${text}` : text
}

/** 11-27, or with its year when that is another one than that of now. */
export function nearDay(ms: number, nowMs: number): string {
  const text = date(ms)
  return text.slice(0, 4) === date(nowMs).slice(0, 4) ? text.slice(5) : text
}

/** 11-27 14:00, or with its year when that is another one than that of now. */
export function nearMinute(ms: number, nowMs: number): string {
  return isNaN(ms) ? '' : nearDay(ms, nowMs) + ' ' + minute(ms)
}

/** 14:00, or with its day when that is another one than that of now. */
export function near(ms: number, nowMs: number): string {
  return (date(ms) === date(nowMs) ? '' : nearDay(ms, nowMs) + ' ') + minute(ms)
}
