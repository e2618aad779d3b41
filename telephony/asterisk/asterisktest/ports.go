package asterisktest

import (
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// The ports that are given lie below those that the kernel gives to sockets which ask for none,
// and each test program has a block of its own: between here and its use, and while an Asterisk
// is down that is started again, nobody else takes one. Every second is given: SIPp's sound takes
// the next one, too.
const (
	firstPort = 22000
	blockSize = 2000 // cmd/dutyline alone takes some hundreds
	blocks    = 5    // more test programs than one machine runs at a time
	portStep  = 2

	firstSound  = 61000
	soundPlaces = 45 // of ten ports, in a block
)

var ports struct {
	sync.Mutex
	block int      // the first port of ours; 0: none yet
	held  *os.File // locked as long as this program runs
	given map[int]bool
	sound int // places given
}

// free finds a port that can be listened on and was not given before.
func free(t testing.TB, listen func(address string) (io.Closer, error)) string {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	ownBlock()
	var err error
	for try := range 2000 {
		port := ports.block + portStep*rand.IntN(blockSize/portStep)
		if ports.given[port] && try < 1000 { // then again, if it is free
			continue
		}
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		var taken io.Closer
		if taken, err = listen(address); err != nil {
			continue
		}
		ports.given[port] = true
		if err := taken.Close(); err != nil {
			t.Fatal(err)
		}
		return address
	}
	t.Fatalf("no free port on 127.0.0.1 from %d on: %v", ports.block, err)
	return ""
}

// ownBlock takes a block once.
func ownBlock() {
	if ports.block == 0 {
		ports.block, ports.given = takeBlock(), map[int]bool{}
	}
}

// nextSound is where the next ten ports for sound begin.
func nextSound() int {
	ports.Lock()
	defer ports.Unlock()
	ownBlock()
	n := (ports.block - firstPort) / blockSize
	ports.sound++
	return firstSound + 10*(n*soundPlaces+ports.sound%soundPlaces)
}

// takeBlock locks a block against other test programs of this machine; any one when that cannot be done.
func takeBlock() int {
	folder := filepath.Join(os.TempDir(), "dutyline-test-ports")
	first := rand.IntN(blocks)
	if os.MkdirAll(folder, 0o777) == nil {
		for i := range blocks {
			n := (first + i) % blocks
			f, err := os.OpenFile(filepath.Join(folder, strconv.Itoa(n)), os.O_CREATE|os.O_RDWR, 0o666)
			if err != nil {
				continue
			}
			if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
				ports.held = f
				return firstPort + n*blockSize
			}
			_ = f.Close()
		}
	}
	return firstPort + first*blockSize
}
