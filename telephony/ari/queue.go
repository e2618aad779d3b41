package ari

import "sync"

// queue is what stands between the read loop and everybody else: it grows, so that putting
// never waits, and it is taken whole, so that the lock is held for moments only.
type queue[T any] struct {
	mu    sync.Mutex
	items []T
	high  int           // most items that ever waited
	ready chan struct{} // holds one token while items wait
}

func newQueue[T any]() *queue[T] {
	return &queue[T]{ready: make(chan struct{}, 1)}
}

// put never waits. It returns how many items wait now.
func (q *queue[T]) put(item T) int {
	q.mu.Lock()
	q.items = append(q.items, item)
	n := len(q.items)
	q.high = max(q.high, n)
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default:
	}
	return n
}

// take returns all that waits, in order; the caller gives back an old slice to be reused.
func (q *queue[T]) take(reuse []T) []T {
	clear(reuse)
	q.mu.Lock()
	defer q.mu.Unlock()
	out := q.items
	q.items = reuse[:0]
	return out
}

// depth is how many items wait and how many ever waited at once.
func (q *queue[T]) depth() (now, high int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items), q.high
}
