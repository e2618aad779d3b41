// Lists of choices that are too long for the screen can be scrolled by the keyboard, too.
import { nextTick } from 'vue'

/** To be called when a list opens: its box can take the focus then. */
export function reachList(open: boolean): void {
  if (!open) return
  void nextTick(() => document.querySelectorAll<HTMLElement>('.el-select-dropdown__wrap').forEach((box) => { box.tabIndex = 0 }))
}
