package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
)

const phraseColumns = "phrase, seed, field, category, code, title, text, ended, by_login, by_name, by_role, at"

func scanPhrase(row scanner) (p dutylog.Phrase, err error) {
	err = row.Scan(&p.ID, &p.Phrase, &p.Seed, &p.Field, &p.Category, &p.Code, &p.Title, &p.Text, &p.Ended, &p.By.Login, &p.By.Name, &p.By.Role, instant{&p.At})
	return p, err
}

func phrases(s source) ([]dutylog.Phrase, error) {
	rows, err := s.Query("SELECT id, " + phraseColumns + " FROM phrases WHERE id IN (SELECT max(id) FROM phrases GROUP BY phrase) ORDER BY phrase")
	return all(rows, err, scanPhrase)
}

// Phrases implements dutylog.PhraseStore.
func (db *DB) Phrases(ctx context.Context) ([]dutylog.Phrase, error) {
	list, err := phrases(db.reading(ctx))
	return list, db.explain("list the phrases", err)
}

// SavePhrase implements dutylog.PhraseStore.
func (db *DB) SavePhrase(ctx context.Context, p dutylog.Phrase, by dutylog.Actor) (after dutylog.Phrase, err error) {
	if p, err = p.Check(); err != nil {
		return p, err
	}
	err = db.write(ctx, "keep a phrase", func(t *tx) error {
		list, err := phrases(t.sql)
		if err != nil {
			return err
		}
		if p.Phrase != 0 {
			last := slices.IndexFunc(list, func(o dutylog.Phrase) bool { return o.Phrase == p.Phrase })
			if last < 0 {
				return fmt.Errorf("phrase %d: %w", p.Phrase, dutylog.ErrNotFound)
			}
			if list[last].ID != p.ID {
				return dutylog.ErrExists
			}
			p.Seed = list[last].Seed
		}
		if o, clash := p.Clashes(list); clash {
			return &dutylog.InvalidError{Field: "code", Reason: fmt.Sprintf("%q is the code of %q already: choose another one", p.Code, o.Title)}
		}
		after, err = t.addPhrase(p, by)
		return err
	})
	return after, err
}

func (t *tx) addPhrase(p dutylog.Phrase, by dutylog.Actor) (dutylog.Phrase, error) {
	if p.Phrase == 0 { // its own number, which is not known before
		if err := t.sql.QueryRow("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'phrases'), 0) + 1").Scan(&p.Phrase); err != nil {
			return p, err
		}
	}
	p.By, p.At = by, t.now
	result, err := t.sql.Exec("INSERT INTO phrases ("+phraseColumns+") VALUES ("+marks(phraseColumns)+")",
		p.Phrase, p.Seed, string(p.Field), p.Category, p.Code, p.Title, p.Text, p.Ended, by.Login, by.Name, string(by.Role), micros(t.now))
	if err != nil {
		return p, err
	}
	if p.ID, err = result.LastInsertId(); err != nil {
		return p, err
	}
	return p, t.proveRow(audit.Phrase, strconv.FormatInt(p.ID, 10))
}

// SeedPhrases adds the phrases of the product that the log never had. One that was changed or ended
// stays as people left it, and one whose code somebody else's has is left out.
func (db *DB) SeedPhrases(ctx context.Context) error {
	have, err := db.Phrases(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, p := range have {
		known[p.Seed] = true
	}
	var fresh []dutylog.Phrase
	for _, p := range dutylog.SeededPhrases() {
		if _, clash := p.Clashes(have); !known[p.Seed] && !clash {
			fresh = append(fresh, p)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return db.write(ctx, "add phrases", func(t *tx) error {
		for _, p := range fresh {
			if _, err := t.addPhrase(p, dutylog.SystemActor()); err != nil {
				return err
			}
		}
		return nil
	})
}
