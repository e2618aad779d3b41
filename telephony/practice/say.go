package practice

import (
	"context"
	"errors"
	"log/slog"
)

// ErrNoVoice is why nothing can be synthesised.
var ErrNoVoice = errors.New("espeak-ng with its Mandarin voice is not installed: apt-get install espeak-ng")

// Say is a sentence in synthesised Mandarin as raw A-law, 8 kHz. Unlike a practice call, which must
// go on, it makes do with nothing else.
func Say(ctx context.Context, text string) ([]byte, error) {
	s := newStudio("", "", slog.New(slog.DiscardHandler))
	if s.program == "" {
		return nil, ErrNoVoice
	}
	pcm, err := s.synthesize(ctx, turn{by: Caller, text: text})
	if err != nil {
		return nil, err
	}
	return encodeAlaw(pcm), nil
}
