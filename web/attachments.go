package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dutyline/dutylog"
	"dutyline/dutylog/attached"
	"dutyline/recorder"
)

// uploadTime is how long a file may take to arrive: a slow line brings 20 MB in it.
const uploadTime = 5 * time.Minute

var uploadPath = regexp.MustCompile("^" + prefix + "/entries/[^/]+/attachments$")

// uploads reports whether a request brings a file: its body is larger than those of other
// requests, of any type, and never held in memory.
func uploads(r *http.Request) bool {
	return r.Method == http.MethodPost && uploadPath.MatchString(r.URL.EscapedPath())
}

type attachInput struct {
	ID     string `path:"id" maxLength:"200"`
	Name   string `query:"name" required:"true" maxLength:"500" doc:"Of the file, with its ending"`
	Reason string `query:"reason" maxLength:"500" doc:"Why it is attached to an entry that is complete: that is a correction. Of an open entry it is passed over"`

	body io.Reader
}

// Resolve implements huma.Resolver: the file is read as it arrives, by the handler.
func (in *attachInput) Resolve(ctx huma.Context) []error {
	in.body = ctx.BodyReader()
	return nil
}

type attachmentInput struct {
	ID         string `path:"id" maxLength:"200"`
	Attachment int64  `path:"attachment" minimum:"1"`
}

type attachmentBody struct {
	ID       int64  `json:"id"`
	Name     string `json:"name" doc:"Empty once it was erased"`
	Type     string `json:"type" doc:"What is in it, for instance image/jpeg"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"`
	By       string `json:"by" doc:"Who attached it: a name"`
	At       stamp  `json:"at"`
	State    string `json:"state" enum:"kept,erased,expired"`
	Decision int64  `json:"decision" doc:"By which it was erased or expired; 0: it was not"`
	Reason   string `json:"reason,omitempty" doc:"Why it was attached to an entry that was complete; absent: the entry was open"`
}

type attachmentList struct {
	Items []attachmentBody `json:"items" nullable:"false"`
}

type attachmentListOutput struct{ Body attachmentList }

type attachmentOutput struct{ Body attachmentBody }

func attachmentShown(a dutylog.Attachment) attachmentBody {
	return attachmentBody{ID: a.ID, Name: a.Name, Type: a.Type, Size: a.Size, SHA256: string(a.Digest), By: a.By.Name, At: stamp(a.At), State: string(a.State), Decision: a.Decision, Reason: a.Reason}
}

func (a *app) attachments(ctx context.Context, in *entryInput) (*attachmentListOutput, error) {
	e, err := a.entry(ctx, seeEntries, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := a.Log.Attachments(ctx, in.ID)
	if err != nil {
		return nil, problemOf(err)
	}
	all = filesShown(visitorOf(ctx), e, all)
	items := make([]attachmentBody, len(all))
	for i, x := range all {
		items[i] = attachmentShown(x)
	}
	a.audit(ctx, seeEntries, in.ID)
	return &attachmentListOutput{attachmentList{Items: items}}, nil
}

// attachFile takes a file: judged by its content, encrypted on the disk, then its row in the log.
func (a *app) attachFile(ctx context.Context, in *attachInput) (*attachmentOutput, error) {
	e, err := a.entry(ctx, writeEntries, in.ID)
	if err != nil {
		return nil, err
	}
	if a.Vault == nil {
		return nil, newProblem(http.StatusServiceUnavailable, "", "Nothing can be attached here: the daemon's log says why at its start.")
	}
	name, err := dutylog.CleanFileName(in.Name)
	if err != nil {
		return nil, inQuery(err)
	}
	if _, err := e.AttachReason(in.Reason); err != nil {
		return nil, inQuery(err)
	}
	have, err := a.Log.Attachments(ctx, in.ID)
	if err == nil {
		err = dutylog.CheckAttachments(have, recorder.SealedFile{}) // before 20 MB are sent in vain
	}
	if err != nil {
		return nil, uploadProblem(err)
	}
	x, err := a.keepFile(ctx, in.body, dutylog.Attachment{EntryID: in.ID, Name: name, Reason: in.Reason, By: visitorOf(ctx).actor()})
	if err != nil {
		return nil, uploadProblem(err)
	}
	return &attachmentOutput{attachmentShown(x)}, nil
}

// keepFile seals what arrives and writes its row. From the moment at which all of it is there, one
// file after the other: a file that its row was refused is removed again, unless it is another's.
func (a *app) keepFile(ctx context.Context, from io.Reader, x dutylog.Attachment) (dutylog.Attachment, error) {
	held := false
	defer func() {
		if held {
			a.attach.Unlock()
		}
	}()
	var err error
	x.SealedFile, err = a.Vault.Receive(ctx, from, dutylog.LargestAttachment, func(content io.ReaderAt, size int64) (err error) {
		if x.Type, err = attached.Judge(x.Name, content, size); err != nil {
			return err
		}
		a.attach.Lock()
		held = true
		return nil
	})
	if err != nil {
		return x, err
	}
	kept, err := a.Log.AddAttachment(ctx, x)
	if err == nil {
		return kept, nil
	}
	if used, fault := a.Log.AttachmentUsed(ctx, x.Digest); fault == nil && !used {
		err = errors.Join(err, a.Vault.Remove(x.Digest))
	}
	return x, err
}

// uploadProblem says in one sentence why a file was not taken.
func uploadProblem(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, recorder.ErrTooLarge), errors.As(err, &tooLarge):
		return newProblem(http.StatusRequestEntityTooLarge, "", "The file has more than %d MB; attach a smaller one, for instance a scan with fewer dots.", dutylog.LargestAttachment>>20)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, io.ErrUnexpectedEOF):
		return newProblem(http.StatusRequestTimeout, "", "The file did not arrive as a whole; attach it again.")
	case errors.Is(err, recorder.ErrNoKey):
		p := newProblem(http.StatusServiceUnavailable, typeKeyAbsent, "Nothing can be attached now: the key with which files are encrypted is not here. Tell the administrator: the key file has to come back.")
		p.cause = err
		return p
	}
	return problemOf(inBody(err))
}

// attachment gives a file as it was attached. It is always kept, never shown within this site: who
// wrote it is not known.
func (a *app) attachment(ctx context.Context, in *attachmentInput) (*huma.StreamResponse, error) {
	e, err := a.entry(ctx, takeAttached, in.ID)
	if err != nil {
		return nil, err
	}
	x, err := a.oneAttachment(ctx, in)
	if err != nil {
		return nil, err
	}
	file, err := a.Vault.Open(ctx, x.SealedFile)
	if err != nil {
		return nil, attachmentProblem(err)
	}
	x = filesShown(visitorOf(ctx), e, []dutylog.Attachment{x})[0]
	a.audit(ctx, takeAttached, in.ID+"/"+strconv.FormatInt(x.ID, 10))
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer file.Close()
		r, w := humago.Unwrap(hctx)
		h := w.Header()
		h.Set("Content-Type", x.Type)
		h.Set("ETag", `"`+string(x.Digest)+`"`)
		h.Set("Cache-Control", "private, no-cache")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		h.Set("Content-Disposition", attachmentNamed(x.Name))
		told := func(status int) *Problem { return a.reported(hctx, playProblem(status, h.Get("Content-Range"))) }
		http.ServeContent(&explained{ResponseWriter: newPatient(w, playStall), told: told}, r, "", x.At, file)
	}}, nil
}

// oneAttachment finds it among those of its entry, so that a number alone opens nothing.
func (a *app) oneAttachment(ctx context.Context, in *attachmentInput) (dutylog.Attachment, error) {
	all, err := a.Log.Attachments(ctx, in.ID)
	if err != nil {
		return dutylog.Attachment{}, problemOf(err)
	}
	i := slices.IndexFunc(all, func(x dutylog.Attachment) bool { return x.ID == in.Attachment })
	switch {
	case i < 0:
		return dutylog.Attachment{}, newProblem(http.StatusNotFound, "", "Entry %s has no attachment %d.", in.ID, in.Attachment)
	case all[i].State == dutylog.AttachmentErased:
		return dutylog.Attachment{}, newProblem(http.StatusNotFound, "", "Attachment %d was erased by decision %d.", in.Attachment, all[i].Decision)
	case all[i].State == dutylog.AttachmentExpired:
		return dutylog.Attachment{}, newProblem(http.StatusNotFound, "", "Attachment %d was deleted by decision %d: its days were over.", in.Attachment, all[i].Decision)
	case a.Vault == nil:
		return dutylog.Attachment{}, newProblem(http.StatusServiceUnavailable, "", "Attached files cannot be opened here: the daemon's log says why at its start.")
	}
	return all[i], nil
}

func attachmentProblem(err error) error {
	switch {
	case errors.Is(err, recorder.ErrNoKey):
		p := newProblem(http.StatusServiceUnavailable, typeKeyAbsent, "The file is there, but the key that opens it is not here. Tell the administrator: the key file has to come back.")
		p.cause = err
		return p
	case errors.Is(err, recorder.ErrAltered):
		p := newProblem(http.StatusInternalServerError, typeRecordingAltered, "The file is not the one that was attached and is not given. Tell the administrator: it has to come back from the backup.")
		p.cause = err
		return p
	}
	return problemOf(err)
}
