package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/recorder"
)

// exhibitCheck is one exhibit that is being checked, with nothing but its folder.
type exhibitCheck struct {
	folder     string
	report     audit.Report
	verifier   string
	checkpoint audit.Checkpoint
	index      exhibitJSON
}

// checkExhibit gives the answer about everything in the folder.
func checkExhibit(folder string) (*audit.Report, error) {
	c := &exhibitCheck{folder: folder}
	if err := c.open(); err != nil {
		return nil, err
	}
	c.checkList()
	c.checkProofs()
	c.report.Records, c.report.Signed = c.checkpoint.Size, c.checkpoint.Size
	c.report.Notes = append(c.report.Notes,
		"the checkpoint is signed by the key of fingerprint "+audit.Fingerprint(c.verifier)+": compare it with the one that was filed, for the key in the folder vouches only for itself",
		fmt.Sprintf("compare the checkpoint (%s) with one that was kept elsewhere: a holder of the signing key could have rewritten everything before making the exhibit", c.checkpoint.Printed()))
	return &c.report, nil
}

func (c *exhibitCheck) read(name string) ([]byte, error) {
	text, err := readRegular(filepath.Join(c.folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s is not in the folder: without it nothing can be checked", name)
	}
	return text, err
}

// open reads what everything else is checked with.
func (c *exhibitCheck) open() error {
	key, err := c.read(exhibitKey)
	if err != nil {
		return err
	}
	c.verifier = strings.TrimSpace(string(key))
	note, err := c.read(exhibitCheckpoint)
	if err != nil {
		return err
	}
	c.checkpoint, err = audit.Open(string(note), c.verifier)
	switch {
	case errors.Is(err, audit.ErrUnknownKey), errors.Is(err, audit.ErrSignature):
		c.say("checkpoint", audit.Altered, exhibitCheckpoint, err.Error())
	case err != nil:
		return fmt.Errorf("%s: %w", exhibitCheckpoint, err)
	default:
		c.say("checkpoint", audit.Intact, exhibitCheckpoint, "")
	}
	text, err := c.read(exhibitIndex)
	if err == nil {
		err = json.Unmarshal(text, &c.index)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", exhibitIndex, err)
	}
	return nil
}

func (c *exhibitCheck) say(name string, a audit.Answer, object, why string) {
	c.report.Say(name, audit.Finding{Answer: a, Object: object, Why: why})
}

// checkList compares every file with the signed list.
func (c *exhibitCheck) checkList() {
	signed, err := c.read(exhibitManifest)
	if err != nil {
		c.say("files", audit.CannotTell, exhibitManifest, err.Error())
		return
	}
	text, err := audit.OpenText(string(signed), c.verifier)
	if err != nil && strings.Contains(string(signed), "\n\n— ") {
		c.say("files", audit.Altered, exhibitManifest, err.Error())
		return
	}
	if err != nil {
		text = string(signed)
		c.say("files", audit.CannotTell, exhibitManifest, "the list is not signed: whoever changed a file could have changed the list")
	}
	listed := map[string]string{}
	for line := range strings.Lines(strings.TrimPrefix(text, manifestHead+"\n")) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		listed[name] = sum
	}
	names := []string{}
	if entries, err := os.ReadDir(c.folder); err == nil {
		for _, e := range entries {
			names = append(names, e.Name())
		}
	}
	for name := range listed {
		if !slices.Contains(names, name) {
			c.say("files", audit.Altered, name, "it is on the list and not in the folder")
		}
	}
	for _, name := range names {
		if name != exhibitManifest {
			c.checkFile(name, listed[name])
		}
	}
}

func (c *exhibitCheck) checkFile(name, want string) {
	got, err := sumOf(filepath.Join(c.folder, name))
	switch {
	case want == "":
		c.say("files", audit.Altered, name, "it is not on the list: it was added later")
	case errors.Is(err, errNoFile):
		c.say("files", audit.Altered, name, err.Error())
	case err != nil:
		c.say("files", audit.CannotTell, name, err.Error())
	case got != want:
		c.say("files", audit.Altered, name, "it is not the file that was listed")
	default:
		c.say("files", audit.Intact, name, "")
	}
}

// checkProofs checks every content against the tree, and recording and attached files against theirs.
func (c *exhibitCheck) checkProofs() {
	newest, erased := map[string]int64{}, map[int64]string{}
	contents := map[int64][]byte{}
	known := slices.DeleteFunc(slices.Clone(c.index.Proofs), func(p audit.Proof) bool { return !slices.Contains(audit.Kinds(), p.Kind) })
	if len(known) < len(c.index.Proofs) {
		c.say("proofs", audit.CannotTell, exhibitIndex, "it names kinds of records that this program does not know: check it with the dutyline that wrote it")
	}
	for _, p := range known {
		if text, err := readRegular(filepath.Join(c.folder, contentFile(p))); err == nil {
			contents[p.Index] = text
		}
		newest[string(p.Kind)+" "+p.Subject] = max(newest[string(p.Kind)+" "+p.Subject], p.Index)
		if p.Kind == audit.Erasure && p.Check(c.checkpoint, contents[p.Index]).Answer == audit.Intact {
			for _, n := range strings.Split(strings.Trim(field(contents[p.Index], "records"), "[]"), ",") {
				if i, err := strconv.ParseInt(n, 10, 64); err == nil {
					erased[i] = p.Subject
				}
			}
		}
	}
	for _, p := range known {
		f := p.Check(c.checkpoint, contents[p.Index])
		last := newest[string(p.Kind)+" "+p.Subject] == p.Index
		switch {
		case f.Answer != audit.Intact:
		case p.ErasedBy != 0 && erased[p.Index] != strconv.FormatInt(p.ErasedBy, 10):
			f.Answer, f.Why = audit.Altered, "it is said to be erased, and no decision names it"
		case p.ErasedBy == 0 && !last && !p.Kind.Changes():
			f.Answer, f.Why = audit.Altered, "it was recorded a second time, and no decision erased what it was"
		case p.Salt == nil && p.ErasedBy == 0 && last:
			f.Answer, f.Why = audit.CannotTell, "its content was left out"
		}
		c.report.Say(string(p.Kind), f)
		if last && f.Answer == audit.Intact {
			c.checkContent(p.Kind, contents[p.Index])
		}
	}
}

// checkContent compares the file that a record is about. Of one that expired or was erased there is
// none, and its own record says by which decision.
func (c *exhibitCheck) checkContent(kind audit.Kind, content []byte) {
	switch {
	case kind == audit.Recording && field(content, "status") == string(recorder.Sealed):
		c.checkCopy("recording file", exhibitRecording, field(content, "digest"), "it is not the recording that was sealed")
	case kind == audit.Attachment && field(content, "state") == string(dutylog.AttachmentKept):
		c.checkCopy(attachedFiles, attachmentFile(field(content, "id"), field(content, "name")), field(content, "digest"), "it is not the file that was attached")
	}
}

func field(content []byte, name string) string {
	fields, err := audit.ParseContent(content)
	if err != nil {
		return ""
	}
	for _, f := range fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// checkCopy compares a file of the folder with the digest in its proven record.
func (c *exhibitCheck) checkCopy(kind, name, digest, altered string) {
	got, err := sumOf(filepath.Join(c.folder, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.say(kind, audit.CannotTell, name, "it is not in the folder")
	case err != nil:
		c.say(kind, audit.CannotTell, name, err.Error())
	case got != digest:
		c.say(kind, audit.Altered, name, altered)
	default:
		c.say(kind, audit.Intact, name, "")
	}
}
