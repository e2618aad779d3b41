// What each chart draws, as the library takes it. Pure: tables and charts come from the same numbers.
import type { FigureGroup } from '@/api/figures'
import { t, word } from '@/i18n'
import { WEEK, percent, type RingBar } from './figures'
import type { Option } from './charts'

const DECAL = { enabled: true, decal: { show: true } }
const whole = { minInterval: 1, splitLine: { lineStyle: { color: '#e3e8ee' } } }

/** Ring times with the limit of three rings drawn in. Late bars have another colour and a pattern. */
export function ringOption(bars: RingBar[], at: number[]): Option {
  const limit = (s: number) => ({ xAxis: Math.min(s / 5, bars.length), label: { formatter: at.length > 1 || s !== 15 ? t('fig.limitAt', { s: String(s) }) : t('fig.limit') } })
  return {
    aria: { enabled: true },
    xAxis: [
      { type: 'category', data: bars.map((b) => b.label), name: t('fig.ringSeconds'), nameLocation: 'middle', nameGap: 28 },
      { type: 'value', show: false, min: 0, max: bars.length }, // where the limit is, between two bars
    ],
    yAxis: { type: 'value', name: t('fig.calls'), ...whole },
    series: [{
      type: 'bar', barCategoryGap: '12%',
      data: bars.map((b) => ({ value: b.calls, itemStyle: b.late ? LATE : { color: '#1257a8' } })),
      label: { show: true, position: 'top', formatter: (p: { value: number }) => (p.value ? String(p.value) : '') },
    }, {
      type: 'line', xAxisIndex: 1, data: [],
      markLine: { symbol: 'none', silent: true, lineStyle: { color: '#b3121d', width: 2, type: 'solid' }, label: { color: '#b3121d', position: 'end' }, data: at.map(limit) },
    }],
  }
}

const LATE = { color: '#b45f06', decal: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: -Math.PI / 4, color: 'rgba(255,255,255,0.65)' } }

export function heatOption(cells: [number, number, number][]): Option {
  const most = cells.reduce((m, c) => Math.max(m, c[2]), 1)
  return {
    aria: { enabled: true },
    grid: { left: 56, right: 12, top: 12, bottom: 52 },
    xAxis: { type: 'category', data: Array.from({ length: 24 }, (_, h) => (h ? String(h) : '0' + t('fig.hour'))), splitArea: { show: true } },
    yAxis: { type: 'category', inverse: true, data: WEEK.map((d) => word('fig.weekday', d)), splitArea: { show: true } },
    visualMap: { min: 0, max: most, calculable: false, orient: 'horizontal', left: 'center', bottom: 0, itemHeight: 90, itemWidth: 12, inRange: { color: ['#ffffff', '#c6d9ee', '#5b8fc9', '#12355b'] }, text: [String(most), '0'] },
    series: [{ type: 'heatmap', data: cells, label: { show: true, fontSize: 11, formatter: (p: { value: number[] }) => (p.value[2] ? String(p.value[2]) : '') } }],
  }
}

/** The trend: a month with too few calls for a rate has no point, and its counts stand in the table. */
export function trendOption(groups: FigureGroup[]): Option {
  const line = (figure: string, symbol: string, type: string) => ({
    type: 'line', name: word('fig', figure), symbol, symbolSize: 9, lineStyle: { type, width: 2 }, connectNulls: false,
    data: groups.map((g) => (g.measured[figure].rate === null ? null : Math.round(g.measured[figure].rate! * 1000) / 10)),
  })
  return {
    aria: { enabled: true },
    legend: { top: 0, itemWidth: 34 },
    grid: { left: 52, right: 52, top: 40, bottom: 30 },
    xAxis: { type: 'category', data: groups.map((g) => g.key.slice(2)) },
    yAxis: [{ type: 'value', name: '%', max: 100, min: (v: { min: number }) => Math.max(0, Math.floor((v.min - 5) / 10) * 10), splitLine: { lineStyle: { color: '#e3e8ee' } } }, { type: 'value', name: t('fig.calls'), minInterval: 1, splitLine: { show: false } }],
    series: [
      { type: 'bar', name: t('fig.calls'), yAxisIndex: 1, barMaxWidth: 26, itemStyle: { color: '#d3dce6' }, data: groups.map((g) => g.calls) },
      { ...line('on_time', 'circle', 'solid'), itemStyle: { color: '#1257a8' } }, { ...line('answer_rate', 'rect', 'dashed'), itemStyle: { color: '#b45f06' } },
    ],
  }
}

/** Officers with enough calls, measured and after review. A rate that is not given is no bar. */
export function officerOption(groups: FigureGroup[]): Option {
  const bar = (name: string, set: 'measured' | 'after_review') => ({
    type: 'bar', name, barMaxWidth: 18, data: groups.map((g) => { const share = g[set].on_time.rate; return share === null ? null : share * 100 }),
    label: { show: true, position: 'right', formatter: (p: { value: number }) => percent(p.value / 100) },
  })
  return {
    aria: DECAL,
    legend: { top: 0 },
    grid: { left: 90, right: 60, top: 34, bottom: 24 },
    xAxis: { type: 'value', max: 100, name: '%' },
    yAxis: { type: 'category', inverse: true, data: groups.map((g) => `${g.key} (${g.measured.on_time.denominator})`) },
    series: [bar(t('fig.measured'), 'measured'), bar(t('fig.afterReview'), 'after_review')],
  }
}
