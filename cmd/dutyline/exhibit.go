package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/paper"
	"dutyline/dutylog/sqlite"
	"dutyline/recorder"
)

// The files of an exhibit.
const (
	exhibitIndex      = "exhibit.json"
	exhibitCheckpoint = "checkpoint.txt"
	exhibitKey        = "public-key.txt"
	exhibitRecording  = "recording.flac"
	exhibitJournal    = "journal.jsonl"
	exhibitEntry      = "值班记录.txt"
	exhibitStatement  = "说明.txt"
	exhibitManifest   = "清单.txt" // digests of all the others, signed
)

func contentFile(p audit.Proof) string { return fmt.Sprintf("content-%d-%s.txt", p.Index, p.Kind) }

// exhibitJSON is the index of an exhibit.
type exhibitJSON struct {
	Program string        `json:"program"`
	Version string        `json:"version"`
	MadeAt  string        `json:"made_at"`
	MadeBy  string        `json:"made_by"`
	EntryID string        `json:"entry_id"`
	Number  string        `json:"entry_number"`
	CallID  string        `json:"call_id"`
	Proofs  []audit.Proof `json:"proofs"`
}

func newExhibitCommand() *cobra.Command {
	var file, by, journal string
	cmd := &cobra.Command{
		Use:   "exhibit ENTRY DIR",
		Short: "Write one self-contained folder about an entry, with its recording and its proof",
		Long: "Write everything about one entry into a new folder: the recording (decrypted), every revision, the\n" +
			"switch's journal lines of its call, who saw it, the proof that all of it stands in the signed log, the\n" +
			"public key, and a statement in plain Chinese. \"dutyline verify --exhibit DIR\" checks it on any machine.\n" +
			"The exhibit is itself recorded as an access.",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withData(cmd, file, func(d *data) error {
				x := &exhibit{data: d, folder: args[1], journal: journal, now: time.Now()}
				if x.journal == "" {
					x.journal = d.cfg.Journal.File
				}
				var err error
				if x.by, err = d.actor(cmd, by); err != nil {
					return err
				}
				id, err := d.log.EntryID(cmd.Context(), args[0])
				if err != nil {
					return orUnknownEntry(args[0], err)
				}
				if err := x.write(cmd.Context(), id); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: entry %s, %d proofs, %s\n", x.folder, x.entry.EntryNumber, len(x.proofs), x.recording)
				for _, w := range x.lacks {
					fmt.Fprintln(cmd.OutOrStdout(), "not in it: "+w.said)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	cmd.Flags().StringVar(&by, "by", "", "login of who takes it; the machine's user when not given")
	cmd.Flags().StringVar(&journal, "journal", "", "the switch's live journal FILE, when it is not the one of the configuration; those that rotation left beside it are read as well")
	return cmd
}

// lack is something that could not be taken along: said to who makes the exhibit, and in
// Chinese to who reads it; cause is why, as the machine put it.
type lack struct{ said, read, cause string }

// exhibit is one that is being written.
type exhibit struct {
	*data
	folder  string
	journal string
	by      dutylog.Actor
	now     time.Time

	entry      dutylog.Entry
	checkpoint audit.Checkpoint
	note       string // the checkpoint as signed
	verifier   string
	key        *audit.Key // nil: it cannot be read here
	proofs     []sqlite.Exhibited
	revisions  []dutylog.Revision
	recording  string       // what became of it, in words
	call       dutylog.Call // zero: the entry has none
	lacks      []lack       // what could not be taken along, and why
	files      []string     // written so far
	attached   []string     // what is attached and taken along, in words
}

// write makes the folder. What is missing is said in it; what fails leaves no half folder
// behind that looks whole: the signed list comes last.
func (x *exhibit) write(ctx context.Context, entryID string) error {
	if err := x.makeFolder(); err != nil {
		return err
	}
	if err := x.log.NoteAccess(ctx, dutylog.Access{By: x.by, What: dutylog.TookExhibit, Object: entryID, At: x.now}); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) (err error) { x.entry, err = x.log.Entry(ctx, entryID); return err },
		func(ctx context.Context) (err error) { x.revisions, err = x.log.Revisions(ctx, entryID); return err },
		x.readCall, x.sign, x.writeProofs, x.writeRecording, x.writeAttached, x.writeJournal, x.writeWords, x.writeManifest,
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("exhibit of entry %s: %w", entryID, err)
		}
	}
	return syncFolder(x.folder)
}

func (x *exhibit) readCall(ctx context.Context) (err error) {
	if x.entry.CallID != "" {
		x.call, err = x.log.Call(ctx, x.entry.CallID)
	}
	return err
}

func (x *exhibit) makeFolder() error {
	err := os.Mkdir(x.folder, 0o700)
	if errors.Is(err, fs.ErrExist) {
		if have, e := os.ReadDir(x.folder); e == nil && len(have) == 0 {
			return nil
		}
		return fmt.Errorf("%s is there already: name a new folder", x.folder)
	}
	return mayNotWrite(err)
}

// sign takes a fresh checkpoint, so that everything is under it; without the key, the newest.
func (x *exhibit) sign(ctx context.Context) error {
	if key, _, err := openEvidenceKey(ctx, x.cfg.EvidenceKey(), x.log); err != nil {
		x.lacks = append(x.lacks, lack{fmt.Sprintf("a fresh signature (%v): what is newer than the last checkpoint is not in it", err),
			"新的签名：最后一个校验点之后的内容不在本材料中", err.Error()})
	} else {
		x.key, x.verifier = &key, key.Verifier()
		if _, err := x.log.Checkpoint(ctx, key, x.cfg.Proof.SendTo != ""); err != nil {
			return err
		}
	}
	var err error
	if x.note, err = x.log.LatestCheckpoint(ctx); err != nil {
		return fmt.Errorf("nothing of the log was ever signed, so nothing can be shown: %w", err)
	}
	verifiers, err := x.log.Verifiers(ctx)
	if err != nil {
		return err
	}
	for _, v := range verifiers {
		if x.checkpoint, err = audit.Open(x.note, v); err == nil {
			x.verifier = v
			break
		}
	}
	if err != nil {
		return fmt.Errorf("the newest checkpoint: %w", err)
	}
	if err := x.put(exhibitCheckpoint, []byte(x.note)); err != nil {
		return err
	}
	return x.put(exhibitKey, []byte(x.verifier+"\n"))
}

func (x *exhibit) writeProofs(ctx context.Context) (err error) {
	if x.proofs, err = x.log.Exhibit(ctx, x.entry.ID, x.checkpoint.Size); err != nil {
		return err
	}
	index := exhibitJSON{Program: "dutyline", Version: version, MadeAt: x.now.UTC().Format(time.RFC3339), MadeBy: x.by.Login,
		EntryID: x.entry.ID, Number: x.entry.EntryNumber.String(), CallID: x.entry.CallID}
	for _, p := range x.proofs {
		index.Proofs = append(index.Proofs, p.Proof)
		if p.Salt == nil {
			continue
		}
		if err := x.put(contentFile(p.Proof), p.Content); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(index, "", " ")
	if err != nil {
		return err
	}
	return x.put(exhibitIndex, append(text, '\n'))
}

// writeRecording copies what a player hears; the archive proves it on opening.
func (x *exhibit) writeRecording(ctx context.Context) error {
	if x.entry.CallID == "" {
		x.recording = "no call, no recording"
		return nil
	}
	from, row, err := x.archive.Open(ctx, x.entry.CallID)
	if err != nil {
		x.recording = "without a recording"
		x.lacks = append(x.lacks, lack{fmt.Sprintf("the recording (%s): %v", row.Status, err), unopened(row.Status), err.Error()})
		return nil
	}
	defer from.Close()
	h := sha256.New()
	if err := x.copy(exhibitRecording, io.TeeReader(from, h)); err != nil {
		return err
	}
	if got := recorder.Digest(hex.EncodeToString(h.Sum(nil))); got != row.Digest {
		return fmt.Errorf("the recording that was copied has digest %s, sealed was %s: its disk fails", got, row.Digest)
	}
	x.recording = "with its recording"
	x.lacks = append(x.lacks, voicesLacking(row)...)
	return nil
}

// unopened says in Chinese why there is no recording to take along.
func unopened(s recorder.Status) string {
	word := "录音：" + paper.Word(paper.RecordingNames, s)
	if s == recorder.Sealed {
		word += "，但无法打开"
	}
	return word
}

// put writes one file durably and remembers it for the list.
func (x *exhibit) put(name string, text []byte) error { return x.copy(name, bytes.NewReader(text)) }

func (x *exhibit) copy(name string, from io.Reader) error {
	f, err := os.OpenFile(filepath.Join(x.folder, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	x.files = append(x.files, name)
	return nil
}

// writeManifest lists every file with its digest and signs the list.
func (x *exhibit) writeManifest(context.Context) error {
	text, err := manifestOf(x.folder, x.files)
	if err != nil {
		return err
	}
	if x.key != nil && x.key.Verifier() == x.verifier {
		if text, err = x.key.SignText(text); err != nil {
			return err
		}
	}
	return x.put(exhibitManifest, []byte(text))
}

const manifestHead = "dutyline exhibit"

func manifestOf(folder string, files []string) (string, error) {
	files = slices.Clone(files)
	slices.Sort(files)
	text := manifestHead + "\n"
	for _, name := range files {
		sum, err := sumOf(filepath.Join(folder, name))
		if err != nil {
			return "", err
		}
		text += sum + "  " + name + "\n"
	}
	return text, nil
}

func sumOf(name string) (string, error) {
	f, err := openRegular(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}
