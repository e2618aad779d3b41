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

// checkRoom says when the archive's disk will be full, from what the daemon noted of its growth.
func checkRoom(ctx context.Context, c config.Config) telephony.Check {
	check := telephony.Check{Name: "room on the disk", OK: true, Remedy: "make room, shorten the days in the section retention, or put archive.folder on a larger disk; nothing is deleted by itself"}
	free, err := freeOn(nearest(c.Archive.Folder))
	if err != nil {
		check.Detail = "not known: " + err.Error()
		return check // that the folder is not there is said elsewhere
	}
	usages, err := usagesOf(ctx, c.Log.File)
	if err != nil {
		check.Detail = "not known, because the duty log cannot be read"
		return check
	}
	o := recorder.Forecast(usages, free, int64(c.Disk.ReserveMB)<<20, c.Disk.WarnDays, time.Now())
	check.OK = o.Room != recorder.RoomEdge && o.Room != recorder.RoomSoon
	switch {
	case !check.OK:
		check.Detail = inSentences(o)
	case o.Room == recorder.RoomUnknown:
		check.Detail = fmt.Sprintf("%s are free; how fast it fills is known after two days", inWords(o.Free))
	case o.Days < 0:
		check.Detail = fmt.Sprintf("%s are free, and it does not fill", inWords(o.Free))
	default:
		check.Detail = fmt.Sprintf("%s are free and %s are added a day: enough for %d days", inWords(o.Free), inWords(o.PerDay), o.Days)
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
