package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"dutyline/config"
	"dutyline/recorder"
	"dutyline/telephony"
)

// checkRoom says when the disk that is the worst off will be full, from what the daemon noted of its growth.
func checkRoom(ctx context.Context, c config.Config) telephony.Check {
	check := telephony.Check{Name: "room on the disk", OK: true, Remedy: "make room, shorten the days in the section retention, or put what lies there on a larger disk; nothing is deleted by itself"}
	disks, err := disksOf(growthOf(c), func(folder string) (space, error) { return spaceOn(nearest(folder)) })
	if err != nil {
		check.Detail = "not known: " + err.Error()
		return check // that the folder is not there is said elsewhere
	}
	usages, err := usagesOf(ctx, c.Log.File)
	if err != nil {
		check.Detail = "not known, because the duty log cannot be read"
		return check
	}
	o := outlookOf(disks, usages, int64(c.Disk.ReserveMB)<<20, c.Disk.WarnDays, time.Now())
	check.OK = o.Room != recorder.RoomEdge && o.Room != recorder.RoomSoon
	on := inWords(o.Free) + " are free on the disk of " + o.disk.folder
	switch {
	case !check.OK:
		check.Detail = inSentences(o)
	case o.Room == recorder.RoomUnknown:
		check.Detail = on + "; how fast it fills is known after two days"
	case o.Days < 0:
		check.Detail = on + ", and it does not fill"
	default:
		check.Detail = fmt.Sprintf("%s and %s are added a day: enough for %d days", on, inWords(o.PerDay), o.Days)
	}
	return check
}

// usagesOf reads what the daemon noted; it makes and changes nothing.
func usagesOf(ctx context.Context, file string) (all []recorder.Usage, err error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	db, err := openReadOnly(file)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, "SELECT day, kind, bytes FROM disk_usage")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var u recorder.Usage
		var day int64
		if err := rows.Scan(&day, &u.Kind, &u.Bytes); err != nil {
			return nil, err
		}
		u.Day = time.UnixMicro(day).UTC()
		all = append(all, u)
	}
	return all, rows.Err()
}
