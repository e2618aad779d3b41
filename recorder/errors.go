package recorder

import "errors"

// ErrNoRecording says that a call has no recording to give: no row, or none that is sealed.
var ErrNoRecording = errors.New("the call has no recording")

// ErrCorrupt says that what the switch delivered is no recording of ours (no WAV, another
// sample rate). Fetching it again gives the same; the original stays on the switch.
var ErrCorrupt = errors.New("not a recording of the duty line")

// ErrConflict says that another sealed file lies where this one should go. A sealed file is
// never overwritten.
var ErrConflict = errors.New("a different sealed file is already there")

// ErrNoKey says that the key which opens what is sealed is not here. Nothing is lost by it: it
// can be opened again as soon as the key is back.
var ErrNoKey = errors.New("the key is not here")

// ErrAltered says that a sealed file is not what was sealed: changed, cut or gone. It is
// never served.
var ErrAltered = errors.New("the sealed file was altered")
