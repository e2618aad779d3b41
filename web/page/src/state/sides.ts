// Listening to one side of a recording: caller left, officer right. The sound is led through
// WebAudio only when a side is first chosen; plain playback needs none of it.
export type Side = 'both' | 'caller' | 'officer'

interface Graph {
  left: GainNode
  right: GainNode
}
const graphs = new WeakMap<HTMLAudioElement, Graph>()
let context: AudioContext | null = null

function graphOf(audio: HTMLAudioElement): Graph {
  const known = graphs.get(audio)
  if (known) return known
  if (!context) context = new AudioContext()
  const source = context.createMediaElementSource(audio)
  const split = context.createChannelSplitter(2)
  const left = context.createGain()
  const right = context.createGain()
  source.connect(split)
  split.connect(left, 0)
  split.connect(right, 1)
  // Both sides on both ears: one side alone in one ear is hard to follow.
  left.connect(context.destination)
  right.connect(context.destination)
  const graph = { left, right }
  graphs.set(audio, graph)
  return graph
}

export function listenTo(audio: HTMLAudioElement, side: Side): void {
  if (side === 'both' && !graphs.has(audio)) return
  const graph = graphOf(audio)
  if (context && context.state !== 'running') void context.resume()
  graph.left.gain.value = side === 'officer' ? 0 : 1
  graph.right.gain.value = side === 'caller' ? 0 : 1
}
