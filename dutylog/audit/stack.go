package audit

import (
	"crypto/sha256"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Stack computes a tree from its leaves in order, keeping one hash per level: memory does not
// grow with the log. The zero value is the empty tree.
type Stack struct {
	size  int64
	nodes []tlog.Hash // roots of the complete subtrees, the largest first
}

// Size is how many leaves were added.
func (s *Stack) Size() int64 { return s.size }

// Add adds the root of a complete subtree of 1<<level leaves (a leaf is level 0), whose place
// must be a multiple of its size. It appends to done the roots of the larger subtrees that
// are complete with it, from below.
func (s *Stack) Add(h tlog.Hash, level int, done []tlog.Hash) []tlog.Hash {
	n := s.size >> level
	for ; n&1 == 1; n >>= 1 {
		last := len(s.nodes) - 1
		h = tlog.NodeHash(s.nodes[last], h)
		s.nodes = s.nodes[:last]
		done = append(done, h)
	}
	s.nodes = append(s.nodes, h)
	s.size += 1 << level
	return done
}

// Root is the hash of the tree so far.
func (s *Stack) Root() tlog.Hash {
	if len(s.nodes) == 0 {
		return sha256.Sum256(nil)
	}
	root := s.nodes[len(s.nodes)-1]
	for i := len(s.nodes) - 2; i >= 0; i-- {
		root = tlog.NodeHash(s.nodes[i], root)
	}
	return root
}

// Clone is a copy to go on with.
func (s *Stack) Clone() Stack { return Stack{s.size, append([]tlog.Hash(nil), s.nodes...)} }

// Append adds another stack's subtrees; it must have been computed from the place on at which
// this one ends, and be smaller than the largest power of two that divides this one's size.
func (s *Stack) Append(next Stack) {
	for left, i := next.size, 0; left > 0; i++ {
		level := bits.Len64(uint64(left)) - 1
		s.Add(next.nodes[i], level, nil)
		left -= 1 << level
	}
}
