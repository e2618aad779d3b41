// Takes a file from the daemon: its own headers say that it is to be kept, and under which name.
export function takeFile(address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = ''
  document.body.appendChild(link)
  link.click()
  document.body.removeChild(link)
}
