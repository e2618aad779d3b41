package practice

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// studio makes the voices: synthesized once, kept in memory and in a folder. Where there is
// no synthesizer, or it fails, generated voices take its place: a call never waits for speech.
type studio struct {
	program string // "" or "off": generated voices
	folder  string // "": nothing is kept on disk
	log     *slog.Logger

	mu    sync.Mutex
	clips map[string][]byte
	warn  sync.Once
}

// synthesisTime bounds one sentence; it usually takes 0.1 s.
const synthesisTime = 10 * time.Second

func newStudio(program, folder string, log *slog.Logger) *studio {
	if program == "" {
		program = "espeak-ng"
	}
	s := &studio{folder: folder, log: log, clips: map[string][]byte{}}
	if program != "off" {
		if path, err := exec.LookPath(program); err == nil {
			s.program = path
		}
	}
	return s
}

// conversation is the sound of one call.
func (s *studio) conversation(ctx context.Context, c Call) tracks {
	sc := scriptFor(c)
	clips := make([][]byte, len(sc))
	for i, t := range sc {
		clips[i] = s.clip(ctx, t)
	}
	return arrange(sc, clips, c.Talk)
}

// warmUp synthesizes everything that can be said, so that no call waits for it.
func (s *studio) warmUp(ctx context.Context) {
	if s.program == "" {
		return // generated voices are quick
	}
	for _, sc := range append(scripts[:len(scripts):len(scripts)], outgoingScript) {
		for _, t := range sc {
			if ctx.Err() != nil {
				return
			}
			s.clip(ctx, t)
		}
	}
}

// clip is one turn as A-law. Only one is made at a time: the machine is busy enough.
func (s *studio) clip(ctx context.Context, t turn) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := s.key(t)
	if b, ok := s.clips[key]; ok {
		return b
	}
	b := s.load(key)
	if b == nil {
		var lasting bool
		if b, lasting = s.make(ctx, t); lasting {
			s.keep(key, b)
		}
		if ctx.Err() != nil {
			return b // cut short: the next one tries again
		}
	}
	s.clips[key] = b
	return b
}

func (s *studio) key(t turn) string {
	voice := strings.Join(voiceOf(t.by), " ")
	sum := sha256.Sum256([]byte(filepath.Base(s.program) + "\x00" + voice + "\x00" + t.text))
	return hex.EncodeToString(sum[:10])
}

// make synthesizes; lasting is false for a makeshift.
func (s *studio) make(ctx context.Context, t turn) (clip []byte, lasting bool) {
	if s.program != "" {
		pcm, err := s.synthesize(ctx, t)
		if err == nil {
			return encodeAlaw(pcm), true
		}
		if ctx.Err() == nil {
			s.warn.Do(func() { s.log.Warn("speech cannot be synthesized, generated voices are heard instead", "error", err) })
		}
	}
	return encodeAlaw(babble(t.text, t.by)), false
}

// voiceOf is how a side speaks: Mandarin, the officer lower, at about four characters a second.
func voiceOf(by Side) []string {
	pitch := "65"
	if by == Officer {
		pitch = "30"
	}
	return []string{"-v", "cmn", "-p", pitch, "-s", "230"}
}

func (s *studio) synthesize(ctx context.Context, t turn) ([]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, synthesisTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.program, append(voiceOf(t.by), "--stdin", "--stdout")...)
	cmd.Stdin = strings.NewReader(t.text)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", s.program, err, strings.TrimSpace(errs.String()))
	}
	pcm, rate, err := readWAV(out.Bytes())
	if err != nil || len(pcm) == 0 {
		return nil, fmt.Errorf("%s gave %d bytes that are no speech (%v); is its voice cmn installed?", s.program, out.Len(), err)
	}
	return resample(pcm, rate), nil
}

func (s *studio) load(key string) []byte {
	if s.folder == "" {
		return nil
	}
	b, err := os.ReadFile(filepath.Join(s.folder, key+".al"))
	if err != nil || len(b) == 0 {
		return nil
	}
	return b
}

// keep is a convenience: a folder that cannot be written costs a second at the next start.
func (s *studio) keep(key string, clip []byte) {
	if s.folder == "" {
		return
	}
	file := filepath.Join(s.folder, key+".al")
	err := os.MkdirAll(s.folder, 0o755)
	if err == nil {
		err = os.WriteFile(file+".new", clip, 0o644)
	}
	if err == nil {
		err = os.Rename(file+".new", file)
	}
	if err != nil {
		s.log.Debug("speech is not kept", "error", err)
	}
}
