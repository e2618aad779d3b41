package telephony

// Number is a telephone number as received and in one comparable form.
// The zero value is "no number given".
type Number struct {
	Raw  string // verbatim from the network, made printable
	E164 string // "+8613900001111"; empty when the raw form cannot be normalized
}

// Withheld reports whether the caller gave no usable number.
func (n Number) Withheld() bool { return n.E164 == "" }
