package sqlite

import (
	"context"
	"strings"

	"dutyline/telephony"
)

// homeMark begins the marks that keep where a duty phone was registered last: eye and phone follow.
const homeMark = "home/"

func (t *tx) recordHome(h telephony.Home) error {
	return t.setMark(homeMark+string(h.Eye)+"/"+h.Phone, t.now, h.Host)
}

// Homes are where the duty phones were registered last.
func (db *DB) Homes(ctx context.Context) ([]telephony.Home, error) {
	rows, err := db.reading(ctx).Query("SELECT name, body FROM marks WHERE name >= ? AND name < ? ORDER BY name", homeMark, "home0") // 0 follows /
	list, err := all(rows, err, func(row scanner) (h telephony.Home, err error) {
		var name string
		err = row.Scan(&name, &h.Host)
		eye, phone, _ := strings.Cut(strings.TrimPrefix(name, homeMark), "/")
		h.Eye, h.Phone = telephony.HomeEye(eye), phone
		return h, err
	})
	return list, db.explain("read where the duty phones were registered", err)
}
