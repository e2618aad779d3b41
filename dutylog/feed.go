package dutylog

import (
	"context"
	"encoding/json"
	"time"
)

// Seq numbers what was committed, without gaps in time order; it is the id of an SSE frame.
type Seq int64

// Topic of a feed row.
type Topic string

// The closed set of topics.
const (
	TopicLine  Topic = "line"
	TopicCall  Topic = "call"
	TopicEntry Topic = "entry"
	TopicAlert Topic = "alert"
	// TopicInterval says that something was not seen for a while, or is seen again.
	TopicInterval Topic = "interval"
	// TopicIncident says that something was written about an incident; its subject is the number.
	TopicIncident Topic = "incident"
)

// Item is one row of the feed: something was committed. Subject is the line's name or the
// id of the call or entry; readers fetch the rest by it. Body is set for lines and alerts.
type Item struct {
	Seq     Seq
	At      time.Time
	Topic   Topic
	Subject string
	Line    string
	Body    json.RawMessage
}

// FeedStore replays the feed and says when there is more.
type FeedStore interface {
	// Since lists committed items after seq, oldest first, at most limit.
	Since(ctx context.Context, seq Seq, limit int) ([]Item, error)
	// LastSeq is the newest committed sequence number.
	LastSeq(ctx context.Context) (Seq, error)
	// Wake returns a channel that is closed at the next commit.
	Wake() <-chan struct{}
}

// Store is everything the log keeps.
type Store interface {
	CallStore
	EntryStore
	AttachmentStore
	LinkStore
	AccountStore
	DirectoryStore
	RosterStore
	FeedStore
	EvidenceStore
	HoldStore
	ApprovalStore
	IntervalStore
	LedgerStore
	HandoverStore
	TaskStore
	LateStore
	MissedStore
	DealingsStore
	PhraseStore
	DeviceStore
	NoteStore
	IncidentStore
	AnsweringStore
	MonthStore
	DutyStore
	ReviewStore
	SpotCheckStore
	WitnessStore
	ListeningStore
	AssessmentStore
	ViolationStore
	// LineStates is the last known state of each line, oldest line first.
	LineStates(ctx context.Context) ([]LineStatus, error)
}
