package sqlite_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dutyline/dutylog"
	"dutyline/dutylog/audit"
	"dutyline/dutylog/sqlite"
	"dutyline/telephony"
)

var unmatched = cmpopts.IgnoreFields(dutylog.Contact{}, "Match", "Change")

func directory(t *testing.T, db *sqlite.DB) dutylog.Directory {
	t.Helper()
	return must(db.Directory(ctx))(t)
}

// names lists contacts as "unit person title".
func names(contacts []dutylog.Contact) []string {
	all := []string{}
	for _, c := range contacts {
		all = append(all, c.Name())
	}
	return all
}

func TestTheDirectoryIsReplacedAsAWhole(t *testing.T) {
	db := withPractice(t, open(t))
	before := directory(t, db).Contacts
	want := must(dutylog.PracticeDirectory("024"))(t)
	for i := range before {
		want[i].ID = before[i].ID
	}
	if diff := cmp.Diff(want, before, unmatched); diff != "" {
		t.Errorf("(-imported +kept):\n%s", diff)
	}
	found := must(db.Candidates(ctx, telephony.ParseNumber("+86 24 2386 0012", "")))(t)
	if len(found) != 3 || found[0].Person != "赵敏" {
		t.Errorf("%+v", found)
	}
	for _, withheld := range []string{"", "anonymous", "6001"} {
		if got := must(db.Candidates(ctx, telephony.ParseNumber(withheld, "024")))(t); len(got) != 0 {
			t.Errorf("%q is %+v", withheld, got)
		}
	}
	ok(t, db.ReplaceDirectory(ctx, []dutylog.Contact{listed("新单位", "22730009"), before[0]}, leader))
	after := directory(t, db).Contacts
	if len(after) != 2 || after[0].ID != before[0].ID || after[1].ID <= before[len(before)-1].ID {
		t.Errorf("a contact got the id of another that was offered before: %+v", after)
	}
	if got := must(db.Candidates(ctx, telephony.ParseNumber("02423860012", "024")))(t); len(got) != 0 {
		t.Errorf("whoever was removed is offered: %+v", got)
	}
	revision := directory(t, db).Revision
	ok(t, db.ReplaceDirectory(ctx, after, leader))
	if got := must(db.DirectoryRevision(ctx))(t); got != revision {
		t.Errorf("the same once more is a change: revision %d, %d before", got, revision)
	}
}

func TestEveryChangeOfAContactIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	at := newClock(noon)
	db := openAt(t, path, sqlite.Options{Now: at.now})
	c := must(db.SaveContact(ctx, listed(" 市水务局　", "22730001"), dutylog.ContactAdded, leader))(t)
	if c.ID == 0 || c.Unit != "市水务局" {
		t.Fatalf("%+v", c)
	}
	at.advance(time.Minute)
	edited := c
	edited.Person, edited.Superior = "徐文博", true
	edited = must(db.SaveContact(ctx, edited, dutylog.ContactEdited, leader))(t)
	at.advance(time.Minute)
	edited.LastConfirmed, edited.ConfirmedBy = dutylog.DayOf(at.now(), shanghai), officer.Name
	confirmed := must(db.SaveContact(ctx, edited, dutylog.ContactStillRight, officer))(t)
	if again := must(db.SaveContact(ctx, confirmed, dutylog.ContactStillRight, officer))(t); again.Change != confirmed.Change {
		t.Error("nothing new is a change")
	}
	if got := must(db.Contact(ctx, c.ID))(t); cmp.Diff(confirmed, got) != "" {
		t.Errorf("%+v", got)
	}
	ok(t, db.RemoveContact(ctx, c.ID, confirmed.Change, leader))
	var got []string
	for _, ch := range must(db.ContactChanges(ctx, c.ID))(t) {
		line := fmt.Sprintf("%s %s %s", ch.At.Sub(noon).Round(time.Minute), ch.How, ch.By.Name)
		if ch.Before != nil && ch.After != nil {
			for _, d := range ch.Before.Differences(*ch.After) {
				line += fmt.Sprintf("; %s: %q→%q", d.Field, d.Before, d.After)
			}
		}
		got = append(got, line)
	}
	want := []string{
		"2m0s removed 赵振华",
		`2m0s confirmed 张伟; last_confirmed: ""→"2026-11-23"; confirmed_by: ""→"张伟"`,
		`1m0s edited 赵振华; person: ""→"徐文博"; superior: ""→"是"`,
		"0s added 赵振华",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +kept):\n%s", diff)
	}
	if _, err := db.Contact(ctx, c.ID); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := db.ContactChanges(ctx, 99); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("%v", err)
	}
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact || *r.Of("contact") != (audit.Tally{Intact: 4}) {
		t.Errorf("%s %+v\n%s", r.Verdict(), r.Of("contact"), findings(r))
	}
}

func TestNobodyOverwritesAContactUnseen(t *testing.T) {
	db := open(t)
	a := must(db.SaveContact(ctx, listed("甲", "22730001"), dutylog.ContactAdded, leader))(t)
	b := must(db.SaveContact(ctx, listed("乙", "22730002"), dutylog.ContactAdded, leader))(t)
	first, second := a, a
	first.Person, second.Person = "张", "李"
	first = must(db.SaveContact(ctx, first, dutylog.ContactEdited, leader))(t)
	_, err := db.SaveContact(ctx, second, dutylog.ContactEdited, officer)
	var moved *dutylog.DirectoryMovedError
	if !errors.As(err, &moved) || moved.Current == nil || moved.Current.Person != "张" {
		t.Errorf("%v", err)
	}
	if err := db.RemoveContact(ctx, a.ID, a.Change, leader); !errors.As(err, &moved) {
		t.Errorf("%v", err)
	}
	twin := b
	twin.Unit, twin.Person = "甲", "张"
	if wrong := (*dutylog.InvalidError)(nil); !errors.As(errOf(db.SaveContact(ctx, twin, dutylog.ContactEdited, leader)), &wrong) || wrong.Field != "unit" {
		t.Error("two contacts of one name")
	}
	bad := b
	bad.Numbers = nil
	if wrong := (*dutylog.InvalidError)(nil); !errors.As(errOf(db.SaveContact(ctx, bad, dutylog.ContactEdited, leader)), &wrong) {
		t.Error("a contact without a number")
	}
	ok(t, db.RemoveContact(ctx, b.ID, b.Change, leader))
	if err := errOf(db.SaveContact(ctx, b, dutylog.ContactEdited, leader)); !errors.As(err, &moved) || moved.Current != nil {
		t.Errorf("one that is gone: %v", err)
	}
	if err := errOf(db.SaveContact(ctx, dutylog.Contact{ID: 77, Unit: "丙", Numbers: b.Numbers}, dutylog.ContactEdited, leader)); !errors.Is(err, dutylog.ErrNotFound) {
		t.Errorf("one that never was: %v", err)
	}
	if diff := cmp.Diff([]string{"甲 张"}, names(directory(t, db).Contacts)); diff != "" {
		t.Errorf("(-want +kept):\n%s", diff)
	}
}

func errOf[T any](_ T, err error) error { return err }

func TestAnImportOfAnOldPreviewIsRefused(t *testing.T) {
	db := withPractice(t, open(t))
	before := directory(t, db)
	wanted := append(slices.Clone(before.Contacts[:3]), listed("新单位", "22730009"))
	plan := must(dutylog.PlanDirectory(before, dutylog.TableOf(wanted), true))(t)
	c := before.Contacts[5]
	c.Remark = "meanwhile"
	must(db.SaveContact(ctx, c, dutylog.ContactEdited, officer))(t)
	now := directory(t, db)
	if moved := (*dutylog.DirectoryMovedError)(nil); !errors.As(db.ImportDirectory(ctx, plan, leader), &moved) || !strings.Contains(moved.Error(), "the directory was changed meanwhile") {
		t.Error("an import from an old preview was done")
	}
	if diff := cmp.Diff(now, directory(t, db)); diff != "" {
		t.Errorf("something was imported:\n%s", diff)
	}
}

// An import that fails in its middle leaves nothing behind, neither rows nor records.
func TestAnImportIsAllOrNothing(t *testing.T) {
	for seed := range uint64(12) {
		path := filepath.Join(t.TempDir(), "log.db")
		db := withPractice(t, openAt(t, path, sqlite.Options{Now: newClock(noon).now}))
		r := rand.New(rand.NewPCG(seed, 3))
		before := directory(t, db)
		wanted := slices.Clone(before.Contacts[:r.IntN(len(before.Contacts))])
		for i := range wanted {
			if r.IntN(2) == 0 {
				wanted[i].Title += "（新）"
			}
		}
		for i := range 1 + r.IntN(20) {
			wanted = append(wanted, listed(fmt.Sprint("单位", i), fmt.Sprint(22730100+i)))
		}
		plan := must(dutylog.PlanDirectory(before, dutylog.TableOf(wanted), r.IntN(2) == 0))(t)
		broken := plan
		broken.Items = slices.Clone(plan.Items)
		at := slices.IndexFunc(broken.Items, func(i dutylog.PlanItem) bool { return i.Kind == dutylog.PlanAdded })
		bad := *broken.Items[at+r.IntN(plan.Count(dutylog.PlanAdded))].After
		bad.Numbers = nil
		broken.Items = append(broken.Items, dutylog.PlanItem{Kind: dutylog.PlanAdded, After: &bad})
		if db.ImportDirectory(ctx, broken, leader) == nil {
			t.Fatal("a contact without a number was imported")
		}
		if diff := cmp.Diff(before, directory(t, db)); diff != "" {
			t.Fatalf("seed %d: half of it was imported:\n%s", seed, diff)
		}
		ok(t, db.ImportDirectory(ctx, plan, leader))
		if got := len(directory(t, db).Contacts); got != len(before.Contacts)+plan.Count(dutylog.PlanAdded)-plan.Count(dutylog.PlanRemoved) {
			t.Errorf("seed %d: %d contacts", seed, got)
		}
		must(db.Checkpoint(ctx, newKey(t), false))(t)
		ok(t, db.Close())
		if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact {
			t.Errorf("seed %d: %s\n%s", seed, r.Verdict(), findings(r))
		}
	}
}

// Names are free for whoever gets them in the same import.
func TestTwoContactsSwapTheirNames(t *testing.T) {
	db := open(t)
	ok(t, db.ReplaceDirectory(ctx, []dutylog.Contact{listed("甲", "22730001"), listed("乙", "22730002")}, leader))
	d := directory(t, db)
	swapped := slices.Clone(d.Contacts)
	swapped[0].Unit, swapped[1].Unit = "乙", "甲"
	ok(t, db.ReplaceDirectory(ctx, swapped, leader))
	if got := directory(t, db).Contacts; got[0].Unit != "乙" || got[0].Numbers[0].Number.Raw != "22730001" || got[1].Unit != "甲" {
		t.Errorf("%+v", got)
	}
}

func TestOneNumberOfTwoKindsIsOneCandidate(t *testing.T) {
	db := open(t)
	c := listed("市水务局", "22730001")
	c.Numbers = append(c.Numbers, dutylog.ContactPhone{Kind: dutylog.NumberFax, Number: c.Numbers[0].Number}, dutylog.ContactPhone{Kind: dutylog.NumberMobile, Number: telephony.ParseNumber("13804050062", "024")})
	must(db.SaveContact(ctx, c, dutylog.ContactAdded, leader))(t)
	for _, number := range []string{"024-22730001", "+8613804050062"} {
		if got := must(db.Candidates(ctx, telephony.ParseNumber(number, "024")))(t); len(got) != 1 || got[0].Match.Reason != dutylog.OnlyOne {
			t.Errorf("%s: %+v", number, got)
		}
	}
}

// Whom an officer named is offered first at the next call, and the entry keeps what it was
// offered, whatever becomes of the directory.
func TestWhomOfficersNamedIsOfferedFirst(t *testing.T) {
	db := withPractice(t, open(t))
	const shared = "02423860012"
	c := inbound(0, shared)
	ok(t, db.Record(ctx, story(c, telephony.AnsweredInTime)))
	e := must(db.Entry(ctx, "e-"+c.ID))(t)
	if len(e.Candidates) != 3 || e.Candidates[0].Person != "赵敏" || e.Candidates[0].Reason != dutylog.Listed || e.Candidates[0].Number != shared {
		t.Fatalf("%+v", e.Candidates)
	}
	must(db.Amend(ctx, e.ID, patch(e.Revision, values{dutylog.CallerUnit: "和平区应急局", dutylog.CallerPerson: "周建华", dutylog.CallerTitle: "带班领导"}), officer, noon))(t)
	next := inbound(60, shared)
	ok(t, db.Record(ctx, story(next, telephony.AnsweredInTime)))
	offered := must(db.Entry(ctx, "e-"+next.ID))(t)
	if offered.Candidates[0].Person != "周建华" || offered.Candidates[0].Reason != dutylog.TakenLast || offered.Candidates[0].Taken != 1 || offered.Candidates[1].Person != "赵敏" {
		t.Errorf("%+v", offered.Candidates)
	}
	if len(offered.Values) > 1 {
		t.Errorf("one of several was chosen in silence: %+v", offered.Values)
	}
	ok(t, db.ReplaceDirectory(ctx, nil, leader))
	if diff := cmp.Diff(offered, must(db.Entry(ctx, offered.ID))(t)); diff != "" {
		t.Errorf("the entry changed with the directory:\n%s", diff)
	}
}

func TestCandidatesAreFoundByIndexes(t *testing.T) {
	db := open(t)
	for query, index := range sqlite.DirectoryQueries() {
		plan := must(db.PlanOf(query, "+862422730001", 40))(t)
		if !strings.Contains(plan, index) || strings.Contains(plan, "SCAN") {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}

// Many edit and import at the same time: each change is whole, and the revision never goes back.
func TestTheDirectoryUnderManyHands(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := withPractice(t, openAt(t, path, sqlite.Options{Now: newClock(noon).now}))
	var hands sync.WaitGroup
	for h := range 4 {
		hands.Go(func() {
			r := rand.New(rand.NewPCG(uint64(h), 4))
			for i := range 25 {
				d, err := db.Directory(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				c := d.Contacts[r.IntN(len(d.Contacts))]
				c.Remark = fmt.Sprint(h, " ", i)
				if r.IntN(4) == 0 {
					plan, err := dutylog.PlanDirectory(d, dutylog.TableOf([]dutylog.Contact{c}), false)
					if err == nil {
						err = db.ImportDirectory(ctx, plan, leader)
					}
					if moved := (*dutylog.DirectoryMovedError)(nil); err != nil && !errors.As(err, &moved) {
						t.Error(err)
					}
					continue
				}
				if _, err := db.SaveContact(ctx, c, dutylog.ContactEdited, officer); err != nil && !errors.As(err, new(*dutylog.DirectoryMovedError)) {
					t.Error(err)
				}
			}
		})
	}
	hands.Wait()
	must(db.Checkpoint(ctx, newKey(t), false))(t)
	ok(t, db.Close())
	if r := verify(t, path, sqlite.VerifyOptions{}); r.Verdict() != audit.Intact {
		t.Errorf("%s\n%s", r.Verdict(), findings(r))
	}
}

// What an older dutyline kept, one row for each number, becomes contacts with several numbers,
// once, under the ids that entries quoted.
func TestTheDirectoryOfAnOlderSchemaIsTakenOver(t *testing.T) {
	path := atSchema(t, 20)
	execIn(t, path, "DELETE FROM contacts", `INSERT INTO contacts (id, unit, person, title, number, e164, superior, last_confirmed) VALUES
		(5, '沈河区应急局', '王立新', '值班员', '22730001', '+862422730001', 0, 1793577600000000),
		(6, '沈河区应急局', '王立新', '值班员', '13804050062', '+8613804050062', 1, NULL),
		(9, '市水务局', '', '', '22730009', '+862422730009', 0, NULL)`)
	at := newClock(noon)
	for range 2 {
		db := openAt(t, path, sqlite.Options{Now: at.now})
		want := []dutylog.Contact{
			{ID: 5, Unit: "沈河区应急局", Person: "王立新", Title: "值班员", Superior: true, LastConfirmed: time.UnixMicro(1793577600000000).UTC(), Numbers: []dutylog.ContactPhone{
				{Kind: dutylog.NumberOffice, Number: telephony.Number{Raw: "22730001", E164: "+862422730001"}}, {Kind: dutylog.NumberMobile, Number: telephony.Number{Raw: "13804050062", E164: "+8613804050062"}}}},
			{ID: 9, Unit: "市水务局", Numbers: []dutylog.ContactPhone{{Kind: dutylog.NumberOffice, Number: telephony.Number{Raw: "22730009", E164: "+862422730009"}}}},
		}
		if diff := cmp.Diff(want, directory(t, db).Contacts, unmatched); diff != "" {
			t.Errorf("(-want +taken over):\n%s", diff)
		}
		if changes := must(db.ContactChanges(ctx, 5))(t); len(changes) != 1 || changes[0].How != dutylog.ContactTakenOver {
			t.Errorf("%+v", changes)
		}
		ok(t, db.Close())
	}
}
