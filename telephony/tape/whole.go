package tape

// whole reports whether text is one JSON value and nothing else, as json.Valid does. Every event
// of the switch passes here; this takes a quarter of the time.
func whole(text []byte) bool {
	end := value(text, space(text, 0), 0)
	return end >= 0 && space(text, end) == len(text)
}

// deepest is how many arrays and objects may lie in one another, as for encoding/json.
const deepest = 10_000

// value is the position after the value that begins at i; -1 when there is none. So are object,
// array, str, number and word.
func value(text []byte, i, depth int) int {
	if i >= len(text) || depth > deepest {
		return -1
	}
	switch c := text[i]; {
	case c == '"':
		return str(text, i)
	case c == '{' || c == '[':
		return members(text, i, depth+1)
	case c == 't':
		return word(text, i, "true")
	case c == 'f':
		return word(text, i, "false")
	case c == 'n':
		return word(text, i, "null")
	}
	return number(text, i)
}

// members is for objects and arrays alike.
func members(text []byte, i, depth int) int {
	object, end := text[i] == '{', text[i]+2 // '}' and ']' are two behind
	if i = space(text, i+1); depth <= deepest && i < len(text) && text[i] == end {
		return i + 1
	}
	for {
		if object {
			if i = space(text, str(text, i)); i < 0 || i >= len(text) || text[i] != ':' {
				return -1
			}
			i = space(text, i+1)
		}
		switch i = space(text, value(text, i, depth)); {
		case i < 0 || i >= len(text):
			return -1
		case text[i] == end:
			return i + 1
		case text[i] != ',':
			return -1
		}
		i = space(text, i+1)
	}
}

// space passes over what may stand between two values; -1 stays -1.
func space(text []byte, i int) int {
	for i >= 0 && i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	return i
}

func word(text []byte, i int, w string) int {
	if len(text)-i < len(w) || string(text[i:i+len(w)]) != w {
		return -1
	}
	return i + len(w)
}

// plain are the bytes that stand for themselves in a string.
var plain = func() (p [256]bool) {
	for c := ' '; c < 256; c++ {
		p[c] = c != '"' && c != '\\'
	}
	return p
}()

func str(text []byte, i int) int {
	if i < 0 || i >= len(text) || text[i] != '"' {
		return -1
	}
	for i++; i < len(text); i++ {
		switch c := text[i]; {
		case plain[c]:
		case c == '"':
			return i + 1
		case c == '\\':
			if i = escape(text, i+1); i < 0 {
				return -1
			}
		default:
			return -1
		}
	}
	return -1
}

// escape is the position of the last byte of what follows a backslash.
func escape(text []byte, i int) int {
	if i >= len(text) {
		return -1
	}
	switch text[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i
	case 'u':
		for n := 1; n <= 4; n++ {
			if i+n >= len(text) || !hexDigit(text[i+n]) {
				return -1
			}
		}
		return i + 4
	}
	return -1
}

func hexDigit(c byte) bool { return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

func number(text []byte, i int) int {
	if text[i] == '-' {
		i++
	}
	if i < len(text) && text[i] == '0' {
		i++
	} else if i = digits(text, i); i < 0 {
		return -1
	}
	if i < len(text) && text[i] == '.' {
		if i = digits(text, i+1); i < 0 {
			return -1
		}
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		if i++; i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		return digits(text, i)
	}
	return i
}

// digits passes over one or more of them.
func digits(text []byte, i int) int {
	from := i
	for i < len(text) && digit(text[i]) {
		i++
	}
	if i == from {
		return -1
	}
	return i
}
