package dutylog_test

import (
	"errors"
	"strings"
	"testing"

	"dutyline/dutylog"
	"dutyline/recorder"
)

func TestNamesOfFilesAreCleaned(t *testing.T) {
	for name, want := range map[string]string{
		"传真.pdf": "传真.pdf", `C:\用户\传真.pdf`: "传真.pdf", "../../etc/passwd": "passwd", " a b.txt ": "a b.txt", "a\x00\r\nb.pdf": "ab.pdf", "a\u202Efdp.exe": "afdp.exe",
	} {
		if got, err := dutylog.CleanFileName(name); err != nil || got != want {
			t.Errorf("%q became %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"", " ", "/", "..", ".htaccess", "a/", strings.Repeat("长", 121)} {
		var invalid *dutylog.InvalidError
		if got, err := dutylog.CleanFileName(name); !errors.As(err, &invalid) || invalid.Field != "name" {
			t.Errorf("%q became %q, %v", name, got, err)
		}
	}
}

func TestHowMuchAnEntryHolds(t *testing.T) {
	file := func(digest string, size int64) recorder.SealedFile {
		return recorder.SealedFile{Digest: recorder.Digest(digest), Size: size}
	}
	kept := func(f recorder.SealedFile) dutylog.Attachment {
		return dutylog.Attachment{Name: "a.pdf", SealedFile: f, State: dutylog.AttachmentKept}
	}
	var many []dutylog.Attachment
	for range dutylog.MostAttachments {
		many = append(many, dutylog.Attachment{State: dutylog.AttachmentErased})
	}
	full := []dutylog.Attachment{kept(file("a", dutylog.LargestAttachments-1))}
	for _, c := range []struct {
		have []dutylog.Attachment
		file recorder.SealedFile
		want string
	}{
		{nil, file("a", 5), ""},
		{many[1:], file("a", 5), ""},
		{many, file("a", 5), "one too many"},
		{full, file("b", 1), ""},
		{full, file("b", 2), "too much"},
		{full, file("a", 0), "attached to this entry already, as a.pdf"},
	} {
		err := dutylog.CheckAttachments(c.have, c.file)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d and %v: %v, want %q", len(c.have), c.file, err, c.want)
		}
	}
}
