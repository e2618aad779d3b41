// Words of the line's health: short ones under the lamps, one sentence for each cause. In English
// the sentence is the daemon's own.
import type { Lamp } from '@/api/types'
import { lang } from './index'

export const lampsZh = {
  'lamps.title': '线路体检',
  'lamps.allGood': '全部正常',
  'lamps.allGoodHint': '影响来电、录音和告警的各项均已查明，全部正常',
  'lamps.rest': '未发现异常，{n} 项无法判断',
  'lamps.none': '体检暂时中断，各项情况不明',
  'lamps.more': '另有 {n} 项异常',
  'lamps.since': '自 {time} 起（{for}）',
  'lamps.from': '自 {time}',
  'lamps.ill': '线路有异常，来电可能受影响',
  'lamps.open': '展开各项',
  'lamps.close': '收起',
  'lamps.state.good': '正常',
  'lamps.state.bad': '异常',
  'lamps.state.unknown': '不明',

  'lamp.phone': '话机',
  'lamp.hook': '挂机',
  'lamp.engaged': '遇忙',
  'lamp.device': '设备',
  'lamp.trunk': '中继',
  'lamp.proof': '来电',
  'lamp.record': '录音',
  'lamp.journal': '流水',
  'lamp.disk': '磁盘',
  'lamp.clock': '时钟',
  'lamp.page': '页面',
  'lamp.officer': '值班员',
  'lamp.beat': '心跳',
} as const

export type LampsKey = keyof typeof lampsZh

export const lampsEn: Record<LampsKey, string> = {
  'lamps.title': 'Line health',
  'lamps.allGood': 'All well',
  'lamps.allGoodHint': 'Everything on which calls, recordings and alerts depend was looked at, and all is well',
  'lamps.rest': 'Nothing wrong is seen; {n} cannot be told',
  'lamps.none': 'Not looked at now: nothing is known',
  'lamps.more': 'and {n} more',
  'lamps.since': 'since {time} ({for})',
  'lamps.from': 'since {time}',
  'lamps.ill': 'Something is wrong with the line: calls may be affected',
  'lamps.open': 'Show all',
  'lamps.close': 'Close',
  'lamps.state.good': 'good',
  'lamps.state.bad': 'bad',
  'lamps.state.unknown': 'not known',

  'lamp.phone': 'Phone',
  'lamp.hook': 'Hook',
  'lamp.engaged': 'Engaged',
  'lamp.device': 'Device',
  'lamp.trunk': 'Trunk',
  'lamp.proof': 'Calls',
  'lamp.record': 'Record',
  'lamp.journal': 'Journal',
  'lamp.disk': 'Disk',
  'lamp.clock': 'Clock',
  'lamp.page': 'Page',
  'lamp.officer': 'Officer',
  'lamp.beat': 'Beat',
}

/** What each cause means, and what to do: first the fact, then the remedy. */
export const lampCausesZh: Record<string, string> = {
  phone_ok: '值班话机在线，有应答',
  phone_offline: '值班话机离线，来电打不进来：请检查话机的电源、网线和账号',
  phone_missing: '交换机里没有值班话机，不会响铃：请管理员核对话机账号',
  phone_unqualified: '交换机没有定时探测话机，话机坏了也看不出来：请管理员开启探测（qualify_frequency）',
  phone_unseen: '看不到交换机，话机情况不明',

  hook_ok: '没有发现听筒未挂好的迹象',
  hook_off: '值班话机一直占线，却没有接通任何人：请把听筒挂好',
  hook_refuses: '无人通话时来电却听到忙音：请把听筒挂好，并检查话机是否开了免打扰',
  hook_unseen: '看不到话机或交换机，听筒情况不明',

  engaged_none: '没有待回拨的遇忙来电',
  engaged_refused: '占线期间有来电没能打入：请回拨，并到“告警”页登记处理',
  engaged_unseen: '值班日志暂时读不到，有无遇忙来电不明',

  device_ok: '来电由登记的值班话机接听',
  device_strange: '接听来电的不是登记的值班话机：请立即核实，更换话机密码，并到“告警”页登记处理',
  device_moved: '值班话机换了地址注册：请核实是否有人有意移动，否则更换话机密码；再到“告警”页登记处理',
  device_no_sip: '没有接收信令副本，被别的设备冒用也发现不了：请管理员配置 sip.address',
  device_unseen: '近来没有收到信令副本：请管理员检查 hep.conf 和 sip.address',
  device_unproved: '启动以来还没见到值班话机注册，说不准是哪台设备：请等它重新注册，或重启话机',

  trunk_ok: '中继线路有应答',
  trunk_offline: '中继线路没有应答，来电进不来：请联系管理员检查网关、网络和账号',
  trunk_unqualified: '交换机没有定时探测中继，是否畅通无法得知：请管理员开启探测（qualify_frequency）',
  trunk_unseen: '中继线路情况不明',

  proof_call: '最近一次来电在本机振铃',
  proof_test: '最近一次测试呼叫在本机振铃',
  proof_silent: '很久没有来电，明显反常：请用别的电话拨打值班号码试一试',
  proof_never: '还没有来电振铃过：请用别的电话拨打值班号码试一试',
  proof_unseen: '值班日志暂时读不到，最近来电不明',

  record_ok: '最近一次通话的录音已妥善保存',
  record_waits: '有通话的录音迟迟没有保存好：请联系管理员',
  record_missing: '最近一次通话没有录音：请立即联系管理员',
  record_officer_silent: '最近一次录音里听不到值班员：可能是交换机漏录（通话时对方听得到），也可能是话筒或网络没有声音。请用别的电话拨打值班号码，双方说几句后回听录音；仍听不到，立即联系管理员',
  record_caller_silent: '最近一次录音里听不到对方：可能是交换机漏录（通话时听得到），也可能是对方没有说话或线路没有声音。请用别的电话拨打值班号码，双方说几句后回听录音；仍听不到，立即联系管理员',
  record_silent: '最近一次录音里双方都没有声音：可能是交换机漏录，也可能是线路没有声音。请用别的电话拨打值班号码，双方说几句后回听录音；仍听不到，立即联系管理员',
  record_unproved: '近来没有接通的电话，录音是否正常无法证实',

  journal_ok: '交换机流水正常写入和读取',
  journal_down: '交换机流水停止写入或读不到：请联系管理员',
  journal_none: '没有配置交换机流水，系统中断期间的通话无从补全',

  disk_ok: '磁盘空间充足',
  disk_soon: '磁盘即将写满：请联系管理员清理或扩容',
  disk_edge: '磁盘已到底线，录音不再归档，或附件不再接收：请立即联系管理员。写满后新告警不再外发，只有页面提示',
  disk_unseen: '磁盘空间暂时无法得知',

  clock_ok: '系统时钟与标准时间同步',
  clock_free: '系统时钟没有同步，记录的时间可能不准：请联系管理员',
  clock_unseen: '时钟是否同步无法得知',

  page_ok: '值班页面已打开，可以发声',
  page_silent: '值班页面不能发声：请在值班电脑的页面上点一下鼠标',
  page_none: '没有值班员打开页面：请在值班电脑上打开并登录',

  officer_ok: '值班表上的值班员已登录',
  officer_other: '登录的人与值班表不符：请用本人账号登录，或更正值班表',
  officer_nobody: '没有值班员登录，无法与值班表核对',
  officer_no_roster: '值班表上此刻没有值班员：请导入值班表',
  officer_unasked: '本处不核对登录人与值班表',

  beat_ok: '另一台机器按时收到本机心跳',
  beat_failed: '心跳信号送不出去，本机停摆将无人察觉：请联系管理员',
  beat_held: '看不到交换机或写不进日志，心跳已停发：请联系管理员',
  beat_first: '还没有送出过心跳信号',
  beat_none: '没有配置心跳监视，本机停摆将无人察觉',
}

/** The sentence of a lamp. A cause without words is shown in the daemon's. */
export function lampWhy(l: Lamp): string {
  return (lang.value === 'zh' && lampCausesZh[l.cause]) || l.why
}

/** The sentence without its remedy, where there is no room for it. */
export function lampFact(l: Lamp): string {
  return lampWhy(l).split(/：|: /)[0]
}
