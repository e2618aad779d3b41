package probe

// Parse reads a message of the call with this Call-ID; nil: it is none.
func Parse(b []byte, callID string) any { return parse(b, callID) }
