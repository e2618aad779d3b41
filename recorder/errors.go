package recorder

import "errors"

// ErrNoRecording says that a call has no recording row.
var ErrNoRecording = errors.New("the call has no recording")
