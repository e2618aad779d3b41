// Addresses are behind the # so that any reload of the page comes back to the same place:
// #/  #/entry/ID  #/calls  #/calls/ID
import { reactive } from 'vue'

export const route = reactive({ page: 'desk' as 'desk' | 'calls', entry: '', call: '' })

function read(): void {
  const parts = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent)
  route.page = parts[0] === 'calls' ? 'calls' : 'desk'
  route.entry = parts[0] === 'entry' ? parts[1] || '' : ''
  route.call = parts[0] === 'calls' ? parts[1] || '' : ''
}

export function go(path: string): void {
  const next = '#' + path
  if (location.hash !== next) location.hash = next
  read()
}

export const goDesk = () => go('/')
export const goEntry = (id: string) => go('/entry/' + encodeURIComponent(id))
export const goCalls = (id = '') => go('/calls' + (id ? '/' + encodeURIComponent(id) : ''))

export function startRoute(): void {
  window.addEventListener('hashchange', read)
  read()
}
