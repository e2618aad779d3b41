package archive

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"dutyline/recorder"
)

// KeyFile and KeyNote are the two files in the folder of the keys.
const (
	KeyFile = "site.key"
	KeyNote = "READ-ME-FIRST-先读我.txt"
)

//go:embed keynote.txt
var keyNote string

// Keys seal recordings and tapes and open them again. The key file holds one age identity a
// line: the first one seals, all of them open, so that an older key stays of use after a new
// one was made. What is sealed can be opened with the escrow key as well, of which only the
// public half is ever here. They may be used from many goroutines.
type Keys struct {
	identities []*age.X25519Identity
	escrow     *age.X25519Recipient
	why        error // why there are none
}

// NoKeys stands in for keys that could not be read: everything that needs them fails with
// that reason, and everything else goes on.
func NoKeys(why error) *Keys { return &Keys{why: fmt.Errorf("%w: %w", recorder.ErrNoKey, why)} }

// NewKeys makes keys that are kept nowhere; escrow may be empty.
func NewKeys(escrow string) (*Keys, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	k := &Keys{identities: []*age.X25519Identity{identity}}
	return k, k.setEscrow(escrow)
}

// ReadKeys reads the keys in folder; the error wraps fs.ErrNotExist when there are none.
func ReadKeys(folder, escrow string) (*Keys, error) {
	name := filepath.Join(folder, KeyFile)
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("the site key %s cannot be found: %w; bring it back from where a copy is kept", name, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(name, 0o600); err != nil {
			return nil, fmt.Errorf("the site key %s can be read by others: %w; run chmod 600 %s as its owner", name, err, name)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the site key %s cannot be read: %w; give it to the daemon's user", name, err)
	}
	k := &Keys{}
	if k.identities, err = parseKeys(text); err != nil {
		return nil, fmt.Errorf("the site key %s is damaged: %w; bring it back from where a copy is kept", name, err)
	}
	return k, k.setEscrow(escrow)
}

// MakeKeys makes a new key in folder and puts it before those that are there. Nothing is
// ever overwritten: the file is replaced as a whole, by one that holds the older keys too.
func MakeKeys(folder, escrow string, now time.Time) (*Keys, error) {
	k, err := NewKeys(escrow)
	if err != nil {
		return nil, err
	}
	old, err := os.ReadFile(filepath.Join(folder, KeyFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the keys that are there: %w", err)
	}
	if len(old) > 0 {
		older, err := parseKeys(old)
		if err != nil {
			return nil, fmt.Errorf("the keys in %s are damaged: %w; move the file away (do not delete it), then try again", folder, err)
		}
		k.identities = append(k.identities, older...)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the keys' folder %s: %w; create it and give it to the daemon's user", folder, err)
	}
	note := fmt.Sprintf(keyNote, now.Format(time.DateTime), k.Fingerprint(), k.Recipient())
	if err := writeDurably(filepath.Join(folder, KeyNote), []byte(note)); err != nil {
		return nil, err
	}
	head := fmt.Sprintf("# Dutyline site key 值班录音密钥. Without this file no recording can be opened; see the note beside it.\n"+
		"# made: %s\n# public key: %s\n%s\n", now.UTC().Format(time.RFC3339), k.Recipient(), k.identities[0])
	return k, writeDurably(filepath.Join(folder, KeyFile), append([]byte(head), old...))
}

// writeDurably writes a file that only its owner reads: temp, fsync, rename, fsync the folder.
func writeDurably(name string, content []byte) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", name, err)
		}
	}()
	temp := name + ".part"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, name); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// parseKeys reads the file's lines. It never repeats one in an error: it may be a secret.
func parseKeys(text []byte) (keys []*age.X25519Identity, err error) {
	for i, line := range bytes.Split(text, []byte("\n")) {
		s := strings.TrimSpace(string(line))
		if s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		k, err := age.ParseX25519Identity(s)
		if err != nil {
			return nil, fmt.Errorf("line %d is no key", i+1)
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("it holds no key")
	}
	return keys, nil
}

func (k *Keys) setEscrow(recipient string) (err error) {
	if recipient == "" {
		return nil
	}
	if k.escrow, err = age.ParseX25519Recipient(recipient); err != nil {
		return fmt.Errorf("keys.escrow_recipient is no public key of age (age1…): %w", err)
	}
	return nil
}

// Err is why there are no keys; nil when there are.
func (k *Keys) Err() error { return k.why }

// Recipient is the public half of the key that seals.
func (k *Keys) Recipient() string {
	if len(k.identities) == 0 {
		return ""
	}
	return k.identities[0].Recipient().String()
}

// Recipients are the public halves of every key that is here, the sealing one first.
func (k *Keys) Recipients() (all []string) {
	for _, id := range k.identities {
		all = append(all, id.Recipient().String())
	}
	return all
}

// Escrow is the public key that can open everything as well; empty when there is none.
func (k *Keys) Escrow() string {
	if k.escrow == nil {
		return ""
	}
	return k.escrow.String()
}

// Fingerprint is short enough to be read out and filed.
func (k *Keys) Fingerprint() string { return Fingerprint(k.Recipient()) }

// Fingerprint of a public key: 16 hexadecimal digits of its SHA-256 in groups of four.
func Fingerprint(recipient string) string {
	if recipient == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(recipient))
	h := hex.EncodeToString(sum[:8])
	return h[:4] + "-" + h[4:8] + "-" + h[8:12] + "-" + h[12:]
}

// Encrypt seals what is written, for the site and for the escrow key. Only Close completes it.
func (k *Keys) Encrypt(to io.Writer) (io.WriteCloser, error) {
	if k.why != nil {
		return nil, k.why
	}
	recipients := []age.Recipient{k.identities[0].Recipient()}
	if k.escrow != nil {
		recipients = append(recipients, k.escrow)
	}
	return age.Encrypt(to, recipients...)
}

// Decrypt opens what Encrypt sealed, from its beginning to its end. An error that wraps
// recorder.ErrNoKey says that the file may be sound but was sealed for another key.
func (k *Keys) Decrypt(from io.Reader) (io.Reader, error) {
	if k.why != nil {
		return nil, k.why
	}
	r, err := age.Decrypt(from, k.all()...)
	return r, foreign(err)
}

// DecryptAt opens what Encrypt sealed at any place; the size is that of what is inside. A
// cut file is found at once, a changed byte when its part is read.
func (k *Keys) DecryptAt(from io.ReaderAt, size int64) (io.ReaderAt, int64, error) {
	if k.why != nil {
		return nil, 0, k.why
	}
	r, n, err := age.DecryptReaderAt(from, size, k.all()...)
	return r, n, foreign(err)
}

func (k *Keys) all() (ids []age.Identity) {
	for _, id := range k.identities {
		ids = append(ids, id)
	}
	return ids
}

func foreign(err error) error {
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return fmt.Errorf("%w: it was sealed with another key; put that key's line into %s again, or open it with the escrow key", recorder.ErrNoKey, KeyFile)
	}
	return err
}
