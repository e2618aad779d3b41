package ringback

// linear is the 16-bit value of every A-law byte (G.711): even bits inverted, a sign, a
// segment of three bits and a mantissa of four.
var linear = func() (t [256]int16) {
	for i := range t {
		b := byte(i) ^ 0x55
		v := int16(b&0x0F)<<4 + 8
		if segment := b >> 4 & 7; segment > 0 {
			v = (v + 0x100) << (segment - 1)
		}
		if b&0x80 == 0 {
			v = -v
		}
		t[i] = v
	}
	return t
}()
