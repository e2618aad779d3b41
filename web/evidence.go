package web

import (
	"context"

	"dutyline/dutylog/audit"
)

type evidenceBody struct {
	Records     int64           `json:"records" doc:"In the Merkle log now"`
	Fingerprint string          `json:"fingerprint" doc:"Of the key that signed; compare it with the one that was filed"`
	Checkpoint  *checkpointBody `json:"checkpoint"`
	Problem     string          `json:"problem" doc:"Why nothing is signed now, or that the checkpoints on the other machine tell of two different logs; empty when all is well"`
}

type checkpointBody struct {
	Size      int64  `json:"size" doc:"Records it covers"`
	At        stamp  `json:"at"`
	Root      string `json:"root" doc:"For print: the first 20 bytes of the root hash, ten groups of four digits"`
	Note      string `json:"note" doc:"As signed; dutyline verify --checkpoint reads it"`
	SentAt    stamp  `json:"sent_at" doc:"When it reached the other machine"`
	NextTry   stamp  `json:"next_try" doc:"When it is sent again"`
	Attempts  int    `json:"attempts" doc:"To send it, in vain"`
	SendError string `json:"send_error"`
}

type evidenceOutput struct{ Body evidenceBody }

// evidence is what is printed on the daily sheet and compared by eye later.
func (a *app) evidence(ctx context.Context, _ *struct{}) (*evidenceOutput, error) {
	e, err := a.Log.Evidence(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	body := evidenceBody{Records: e.Records, Fingerprint: e.Fingerprint}
	if err := a.Unsigned(); err != nil {
		body.Problem = err.Error()
	}
	if c := e.Latest; c != nil {
		body.Checkpoint = &checkpointBody{Size: c.Size, At: stamp(c.At), Root: audit.RootOf(c.Note), Note: c.Note,
			SentAt: stamp(c.SentAt), NextTry: stamp(c.NextTry), Attempts: c.Attempts, SendError: c.SendError}
	}
	return &evidenceOutput{body}, nil
}
