// The charts themselves, in a part of the page that is only loaded where one is shown. Only the pieces that
// are drawn are taken from the library. Patterns stand beside colours, and no text is laid over the page
// as HTML: the page's own policy forbids styles within it.
import { BarChart, HeatmapChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

use([BarChart, HeatmapChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, CanvasRenderer])

export type Option = Record<string, unknown>

/** What every chart has. */
const COMMON: Option = {
  animation: false,
  textStyle: { fontFamily: "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif", fontSize: 13, color: '#17202c' },
  color: ['#1257a8', '#b45f06', '#17683f', '#5b3a8c'],
  tooltip: { trigger: 'item', renderMode: 'richText', confine: true },
  grid: { left: 52, right: 24, top: 34, bottom: 44 },
}

export interface Drawn {
  /** Tells the name of the bar or point that was clicked, and of a map its place: column, row, value. */
  clicked: (tell: (name: string, place: number[] | null) => void) => void
  resize: () => void
  dispose: () => void
}

export function draw(el: HTMLElement, option: Option): Drawn {
  const chart = init(el, undefined, { devicePixelRatio: Math.max(2, window.devicePixelRatio || 1) })
  chart.setOption({ ...COMMON, ...option })
  return { clicked: (tell) => { chart.on('click', (at) => tell(String(at.name), Array.isArray(at.value) ? (at.value as number[]) : null)) }, resize: () => chart.resize(), dispose: () => {
    const painter = chart.getZr().painter as unknown as { _redrawId: unknown; _i: unknown }
    chart.dispose()
    // On a slow computer the library goes on painting in a later frame, also a chart that is gone: let it find nothing.
    Object.assign(painter, { _redrawId: null, _i: { layerStack: [], layers: {} } })
  } }
}
