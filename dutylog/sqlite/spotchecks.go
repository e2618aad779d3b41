package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/telephony"
)

const spotCheckColumns = "entry, direction, day, unit, inspector, questions, result, findings, call_id, change, struck, by_login, by_name, by_role, at"

// newestVersion is whether no later version of the same entry is there.
const newestVersion = "NOT EXISTS (SELECT 1 FROM spot_checks n WHERE n.entry = s.entry AND n.id > s.id)"

func scanSpotCheck(row scanner) (s dutylog.SpotCheck, err error) {
	return s, row.Scan(&s.ID, &s.Check, &s.Direction, instant{&s.Day}, &s.Unit, &s.Inspector, &s.Questions, &s.Result, &s.Findings, &s.CallID, &s.Change, &s.Struck,
		&s.By.Login, &s.By.Name, &s.By.Role, instant{&s.At})
}

// SpotChecks implements dutylog.SpotCheckStore.
func (db *DB) SpotChecks(ctx context.Context, q dutylog.SpotCheckQuery) (items []dutylog.SpotCheck, next string, err error) {
	var w where
	w.add(newestVersion)
	w.period("s.day", q.From, q.To)
	w.equal("s.direction", string(q.Direction))
	if q.Cursor != "" {
		at, id, err := decodeCursor("s", q.Cursor)
		if err != nil {
			return nil, "", err
		}
		number, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return nil, "", errCursor
		}
		w.add("(s.day, s.id) < (?, ?)", at, number)
	}
	limit := pageSize(q.Limit)
	rows, err := db.reading(ctx).Query("SELECT s.id, "+spotCheckColumns+" FROM spot_checks s"+w.String()+" ORDER BY s.day DESC, s.id DESC LIMIT ?", append(w.args, limit+1)...)
	if items, err = all(rows, err, scanSpotCheck); err != nil {
		return nil, "", db.explain("list the spot checks", err)
	}
	if len(items) > limit {
		last := items[limit-1]
		items, next = items[:limit], encodeCursor("s", last.Day.UnixMicro(), strconv.FormatInt(last.ID, 10))
	}
	return items, next, nil
}

// SpotCheckVersions implements dutylog.SpotCheckStore.
func (db *DB) SpotCheckVersions(ctx context.Context, check int64) ([]dutylog.SpotCheck, error) {
	list, err := spotCheckVersions(db.reading(ctx), check)
	return list, db.explain("read a spot check", err)
}

func spotCheckVersions(s source, check int64) ([]dutylog.SpotCheck, error) {
	rows, err := s.Query("SELECT id, "+spotCheckColumns+" FROM spot_checks WHERE entry = ? ORDER BY id", check)
	list, err := all(rows, err, scanSpotCheck)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("spot check %d: %w", check, dutylog.ErrNotFound)
	}
	return list, err
}

// SaveSpotCheck implements dutylog.SpotCheckStore.
func (db *DB) SaveSpotCheck(ctx context.Context, s dutylog.SpotCheck, by dutylog.Actor) (dutylog.SpotCheck, error) {
	given := s // a write that shares its commit with one that fails is done again
	err := db.write(ctx, "keep a spot check", func(t *tx) (err error) {
		if s, err = given.CheckAt(t.now); err != nil {
			return err
		}
		if s.Check != 0 {
			versions, err := spotCheckVersions(t.sql, s.Check)
			if err != nil {
				return err
			}
			if err := dutylog.MayChange(versions, by); err != nil {
				return err
			}
			if last := versions[len(versions)-1]; last.ID != s.ID || last.Struck {
				return fmt.Errorf("somebody else changed this spot check meanwhile, or struck it out: %w", dutylog.ErrExists)
			}
		} else if err := t.sql.QueryRow("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'spot_checks'), 0) + 1").Scan(&s.Check); err != nil {
			return err
		}
		if err := t.checkedBy(s, by); err != nil {
			return err
		}
		s.By, s.At = by, t.now
		result, err := t.sql.Exec("INSERT INTO spot_checks ("+spotCheckColumns+") VALUES ("+marks(spotCheckColumns)+")",
			s.Check, string(s.Direction), plainMicros(s.Day), s.Unit, s.Inspector, s.Questions, string(s.Result), s.Findings, s.CallID, s.Change, s.Struck,
			by.Login, by.Name, string(by.Role), micros(t.now))
		if err != nil {
			return err
		}
		if s.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		return t.proveRow(audit.SpotCheck, strconv.FormatInt(s.ID, 10))
	})
	return s, err
}

// checkedBy ties a check to its call: it has to be there, to go the right way and to have no other entry;
// one that came in gets its tag.
func (t *tx) checkedBy(s dutylog.SpotCheck, by dutylog.Actor) error {
	if s.CallID == "" || s.Struck {
		return nil
	}
	call, err := t.call(s.CallID)
	if errors.Is(err, sql.ErrNoRows) {
		return &dutylog.InvalidError{Field: "call_id", Reason: "there is no such call"}
	}
	if err != nil {
		return err
	}
	if err := s.Fits(call.asShown()); err != nil {
		return err
	}
	var taken bool
	if err := t.sql.QueryRow("SELECT EXISTS (SELECT 1 FROM spot_checks s WHERE s.call_id = ? AND s.entry <> ? AND s.struck = 0 AND "+newestVersion+")", s.CallID, s.Check).Scan(&taken); err != nil {
		return err
	}
	if taken {
		return fmt.Errorf("this call is in the register already: %w", dutylog.ErrExists)
	}
	if s.Direction == telephony.Outbound {
		return nil
	}
	return t.setTag(s.CallID, telephony.TagSpotCheck, true, by)
}

// UnregisteredSpotChecks implements dutylog.SpotCheckStore.
func (db *DB) UnregisteredSpotChecks(ctx context.Context, since time.Time, limit int) ([]dutylog.Call, error) {
	rows, err := db.reading(ctx).Query(callSelect+` WHERE c.tags LIKE '%"spot_check"%' AND c.offered_at >= ? AND NOT EXISTS (SELECT 1 FROM spot_checks s WHERE s.call_id = c.id AND s.struck = 0 AND `+newestVersion+`)
		ORDER BY c.offered_at DESC, c.id DESC LIMIT ?`, micros(since), limit)
	list, err := all(rows, err, scanCall)
	return list, db.explain("list the spot checks that nobody registered", err)
}
