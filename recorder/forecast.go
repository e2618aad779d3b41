package recorder

import (
	"slices"
	"time"
)

// Usage is how many bytes one kind took at the end of a day, or at the last look.
type Usage struct {
	Day   time.Time // its beginning
	Kind  Kind
	Bytes int64
}

// KindLog is the duty log's own file, among usages.
const KindLog Kind = "log"

// Room says how a disk is.
type Room string

// The closed set of states of a disk.
const (
	RoomUnknown Room = "unknown" // nothing is known of the growth yet, and there is more than the reserve
	RoomPlenty  Room = "plenty"
	RoomSoon    Room = "soon" // it will be full within the days that are to be said before
	RoomEdge    Room = "edge" // less than the reserve is free: nothing more is archived
)

// Outlook is when a disk will be full.
type Outlook struct {
	Room    Room
	Free    int64
	Reserve int64
	PerDay  int64          // growth of all kinds together; one that shrank counts as none
	ByKind  map[Kind]int64 // growth a day
	Days    int            // until only the reserve is left; -1: not in sight
}

// lookBack is how far back growth is measured: long enough for a weekend and a busy day.
const lookBack = 14 * 24 * time.Hour

// Forecast says from the growth of the last two weeks when only the reserve will be free.
// warn is how many days before it is said.
func Forecast(usages []Usage, free, reserve int64, warn int, now time.Time) Outlook {
	o := Outlook{Free: free, Reserve: reserve, ByKind: map[Kind]int64{}, Days: -1}
	known := false
	byKind := map[Kind][]Usage{}
	for _, u := range usages {
		if !u.Day.Before(now.Add(-lookBack)) && !u.Day.After(now) {
			byKind[u.Kind] = append(byKind[u.Kind], u)
		}
	}
	for kind, of := range byKind {
		slices.SortFunc(of, func(a, b Usage) int { return a.Day.Compare(b.Day) })
		first, last := of[0], of[len(of)-1]
		if days := int64(last.Day.Sub(first.Day) / (24 * time.Hour)); days > 0 {
			known = true
			o.ByKind[kind] = max(0, (last.Bytes-first.Bytes)/days)
			o.PerDay += o.ByKind[kind]
		}
	}
	if o.PerDay > 0 {
		o.Days = int(max(0, free-reserve) / o.PerDay)
	}
	switch {
	case free < reserve:
		o.Room, o.Days = RoomEdge, 0
	case !known:
		o.Room = RoomUnknown
	case o.Days >= 0 && o.Days < warn:
		o.Room = RoomSoon
	default:
		o.Room = RoomPlenty
	}
	return o
}
