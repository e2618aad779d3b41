package dutylog

import (
	"context"
	"time"
)

// Post is one of the three levels on duty (Art. 7).
type Post string

// The three posts.
const (
	PostOfficer Post = "duty_officer"       // 值班员
	PostChief   Post = "duty_section_chief" // 值班处(科)领导
	PostLeader  Post = "duty_leader"        // 带班领导
)

// Shift puts one person on one post for a time.
type Shift struct {
	From, To time.Time // [From, To)
	Post     Post
	Name     string
	Phone    string
}

// OnDuty is who is on duty at a moment, by post; a post nobody holds is absent.
type OnDuty map[Post]Shift

// RosterStore keeps the roster 值班表.
type RosterStore interface {
	// ReplaceRoster swaps the shifts of the days that these rows cover.
	ReplaceRoster(ctx context.Context, rows []Shift) error
	OnDuty(ctx context.Context, at time.Time) (OnDuty, error)
	Shifts(ctx context.Context, from, to time.Time) ([]Shift, error)
}
