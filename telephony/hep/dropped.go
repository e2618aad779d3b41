package hep

import (
	"encoding/binary"
	"net"

	"golang.org/x/sys/unix"
)

// ancillary holds what the kernel says beside one datagram: a header and four bytes.
const ancillary = 64

// countDrops asks the kernel to say with each datagram how many it had to drop before it, because
// the socket's buffer was full (SO_RXQ_OVFL, socket(7)). A kernel that cannot leaves the figure 0.
func countDrops(socket *net.UDPConn) {
	raw, err := socket.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RXQ_OVFL, 1)
	})
}

// dropped reads that figure, counted since the socket was opened; false when it was not said.
func dropped(said []byte) (uint32, bool) {
	messages, err := unix.ParseSocketControlMessage(said)
	if err != nil {
		return 0, false
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_RXQ_OVFL && len(m.Data) >= 4 {
			return binary.NativeEndian.Uint32(m.Data), true
		}
	}
	return 0, false
}
