package ringback

// Linear is the value of an A-law byte.
func Linear(b byte) int16 { return linear[b] }

// Held is how many frames and samples a listener keeps.
func (l *Listener) Held() int { return len(l.frames) + len(l.pending) }
