package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/config"
	"dutyline/telephony"
)

const small = `
site: {area_code: "024"}
lines:
  - {name: duty, number: "02422739110", endpoints: [PJSIP/duty], trunks: [PJSIP/trunk]}
`

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "dutyline.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestExampleFileIsValidAndHoldsTheDefaults(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "secret")
	got, err := config.Load("../deploy/dutyline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.Site.Name = "值班室"
	want.ARI.PasswordFile, want.ARI.Password = "/etc/dutyline/ari.password", "secret"
	want.Lines, want.Web.TLSNames = got.Lines, []string{}
	want.Tests.Times, want.Tests.Handovers = []string{}, []string{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deploy/dutyline.yaml differs from the defaults (-default +file):\n%s", diff)
	}
	lines := []telephony.Line{{Name: "duty", Number: "02422739110", Endpoints: []string{"PJSIP/duty"}, Trunks: []string{"PJSIP/trunk"},
		AreaCode: "024", Rule: telephony.DefaultRule(), Supervision: telephony.SupervisionSIP}}
	if diff := cmp.Diff(lines, got.TelephonyLines()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestEveryFaultIsReportedAtOnceWithItsPath(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "")
	_, err := config.Load(write(t, `
sight: {name: x}
site: {area_code: "24", time_zone: Mars/Olympus}
lines:
  - {name: Duty Line, endpoints: [duty], trunks: [], rule: {limit: 0, colour: red}, codes: {without: [morse], own: [{code: "*5x", means: forward_all}]}}
  - {name: b, endpoints: [PJSIP/b], trunks: [PJSIP/b], supervision: maybe}
  - {name: b, endpoints: [PJSIP/b], trunks: [PJSIP/t]}
ari: {url: "localhost:8088"}
evidence: {checkpoint_every: 1s, send_to: elsewhere}
tape: {days: 0, max_mb: 1}
retention: {recordings: -1, tape: -2, journal: -3, entries: 1}
keys: {escrow_recipient: AGE-SECRET-KEY-1, file: x}
disk: {reserve_mb: 1, warn_days: 0}
recording: {by: magic}
web: {listen: "8480", tls_cert: /x, session_idle: 1s, lock_after: 30s}
alerts:
  channels:
    - {name: Leader, least: bad, mail: {server: smtp.example.cn, from: x, to: []}}
    - {name: g, robot: {kind: icq, webhook_file: /none.url}}
    - {name: g, robot: {kind: wecom}, webhook: {url: "ftp://x", template: fax}}
    - {name: nothing}
    - {name: call, details: true, phone: {via: [PJSIP/b, trunk], people: [{name: x, phone: "02422730000"}], ring: 1s, prompts: x}}
tests: {second_line: {server: "192.0.2.1", number: me, password_file: /none.password}, times: ["7:30"], handovers: [noon], every: 1s, before_handover: 13h}
`))
	var faults *config.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want faults", err)
	}
	text := strings.Join(faults.List, "\n")
	for _, path := range []string{
		"sight:", "site.area_code:", "site.time_zone:", "lines[0].name:", "lines[0].endpoints:", "lines[0].trunks:",
		"lines[0].rule:", "lines[0].rule.colour:", "lines[1].supervision:", "lines[1].trunks:", "lines[2].name:", "lines[2].endpoints:",
		"ari.url:", "ari.password_file:", "tape.days:", "tape.max_mb:", "retention.recordings:", "retention.tape:", "retention.journal:", "retention.entries:", "keys.escrow_recipient:", "keys.file:", "disk.reserve_mb:", "disk.warn_days:", "recording.by:", "web.listen:", "evidence.checkpoint_every:", "evidence.send_to:", "web.tls_cert:", "web.lock_after:", "web.session_idle:",
		"lines[0].codes.without:", "lines[0].codes.own:",
		"alerts.channels[0].name:", "alerts.channels[0].least:", "alerts.channels[0].mail.server:", "alerts.channels[0].mail.from:", "alerts.channels[0].mail.to:",
		"alerts.channels[1].robot.kind:", "alerts.channels[1].robot.webhook_file:", "alerts.channels[2].name:", "alerts.channels[2]:", "alerts.channels[2].webhook.url:", "alerts.channels[3]:",
		"alerts.channels[4].details:", "alerts.channels[4].phone.via:", "alerts.channels[4].phone.ring:", "alerts.channels[4].phone.prompts:",
		"tests.second_line.server:", "tests.second_line.number:", "tests.second_line.password_file:", "tests.times:", "tests.handovers:", "tests.every:", "tests.before_handover:",
	} {
		if !strings.Contains(strings.ToLower(text), path) {
			t.Errorf("no fault at %s in:\n%s", path, text)
		}
	}
}

// Each is one sentence: the path, what is there, what to write. Nothing else is said of the
// gap that such a value leaves, and nothing else is kept back because of it.
func TestAWrongTypeIsOneFinishedSentence(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "x")
	_, err := config.Load(write(t, `
sight: {name: x}
site: {name: 7, area_code: 024, time_zone: [Asia/Shanghai]}
lines:
  - {name: duty, number: 110, endpoints: PJSIP/duty, trunks: [PJSIP/trunk, 5], rule: {on: 1 sec, off: 4, limit: 3.5, offset: soon, uncertainty: 0.1, colour: red}}
  - {name: b, endpoints: [PJSIP/b], trunks: [PJSIP/t], rule: 3 rings}
  - duty
ari: none
retention: {tape: many}
tape: {max_mb: "2048"}
web: {tls_off: "yes", session_idle: 12, tls_names: {a: b}}
`))
	var faults *config.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want faults", err)
	}
	const time = " is no length of time; write a number with its unit, for instance 4s or 500ms"
	const number = " is no whole number; write digits without quotes, for instance 30"
	const text = " is no text for YAML; write it in quotes, just as it should be read"
	const list = " is no list; write it in brackets, for instance [PJSIP/duty], or line by line with - before each"
	const group = " is no group of settings; write them below it as name: value, indented, as in deploy/dutyline.yaml"
	want := []string{
		"site.name: 7" + text,
		"site.time_zone: a list is no text; write one text in its place",
		"site.area_code: 20" + text, // as YAML reads 024
		"lines[0].number: 110" + text,
		`lines[0].endpoints: "PJSIP/duty"` + list,
		"lines[0].trunks[1]: 5" + text,
		`lines[0].rule.on: "1 sec"` + time,
		"lines[0].rule.off: 4" + time,
		"lines[0].rule.limit: 3.5" + number,
		`lines[0].rule.offset: "soon"` + time,
		"lines[0].rule.uncertainty: 0.1" + time,
		`lines[1].rule: "3 rings"` + group,
		`lines[2]: "duty"` + group,
		`ari: "none"` + group,
		`tape.max_mb: "2048"` + number,
		`retention.tape: "many"` + number,
		"web.tls_names: a group of settings" + list,
		`web.tls_off: "yes" is neither true nor false; write one of these, without quotes`,
		"web.session_idle: 12" + time,
		"lines[0].rule.colour: unknown key; check its spelling against deploy/dutyline.yaml",
		"sight: unknown key; check its spelling against deploy/dutyline.yaml",
	}
	if diff := cmp.Diff(want, faults.List); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMissingFileNamesTheRemedy(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"))
	if err == nil || !strings.Contains(err.Error(), "--config") {
		t.Errorf("got %v, want a sentence that names --config", err)
	}
}

func TestSecretFile(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "")
	secret := filepath.Join(t.TempDir(), "ari.password")
	if err := os.WriteFile(secret, []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := small + "\nari: {password_file: " + secret + "}\n"
	c, err := config.Load(write(t, text))
	if err != nil || c.ARI.Password != "hush" {
		t.Fatalf("got %q, %v", c.ARI.Password, err)
	}
	if err := os.Chmod(secret, 0o604); err != nil {
		t.Fatal(err)
	}
	if _, err = config.Load(write(t, text)); err == nil || !strings.Contains(err.Error(), "chmod 640") {
		t.Errorf("a secret that everybody can read: got %v, want the remedy chmod 640", err)
	}
	if strings.Contains(err.Error(), "hush") {
		t.Error("the secret is in the error")
	}
}

func TestLoadLinesNeedsNoSecret(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "")
	lines, err := config.LoadLines(write(t, strings.Replace(small, "trunks: [PJSIP/trunk]", "trunks: [PJSIP/trunk], rule: {off: 3s, limit: 4}", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if r := lines[0].Rule; r.Off != 3*time.Second || r.Limit != 4 || r.On != time.Second {
		t.Errorf("rule %+v: want the given values over the defaults", r)
	}
}

// A chain with the duty phone in it is refused at the start: it must stay free for callers.
func TestTheDutyPhoneIsNobodysPhone(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "x")
	call := func(step, people string) string {
		return `
lines:
  - name: duty
    number: "02422739110"
    endpoints: [PJSIP/duty]
    trunks: [PJSIP/trunk]
    chain: {steps: [{post: duty_section_chief, name: 王强, channels: [call], phone: "` + step + `"}]}
alerts: {channels: [{name: call, phone: {via: [PJSIP/trunk], people: [` + people + `]}}]}
`
	}
	c, err := config.Load(write(t, call("13900000003", `{name: 陈刚, phone: "13900000001"}`)))
	if err != nil || !c.Alerts.Routes()[0].Calls || c.Alerts.Channels[0].Kind() != "phone" || c.Alerts.Channels[0].TryTime() < time.Minute {
		t.Fatalf("%+v, %v", c.Alerts, err)
	}
	_, err = config.Load(write(t, call("+86 24 2273 9110", `{name: 陈刚, phone: "13900000001"}, {name: 值班员, phone: "22739110"}`)))
	for _, want := range []string{
		`alerts.channels[0].phone.people[1].phone: 22739110 is the duty phone of line "duty", which must stay free for callers; name another phone of this person, for instance a mobile`,
		`lines[0].chain.steps[0].phone: +86 24 2273 9110 is the duty phone of line "duty", which must stay free for callers; name another phone of this person, for instance a mobile, or none`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// What is right one by one may not fit together.
func TestTestsThatCannotBeMade(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "x")
	for name, c := range map[string]struct{ tests, want string }{
		"the duty line calls itself": {`{second_line: {server: "192.0.2.1:5060", number: "22739110"}}`, "tests.second_line.number: is that of the duty line"},
		"times and no second line":   {`{times: ["07:40"]}`, "tests.second_line.server: is missing although times are set"},
		"a number and no server":     {`{second_line: {number: "02422739119"}}`, "tests.second_line.server: is missing"},
		"all is well":                {`{second_line: {server: "192.0.2.1:5060", number: "02422739119"}, times: ["07:40"], handovers: ["08:00"], before_handover: 15m, every: 6h}`, ""},
	} {
		got, err := config.Load(write(t, small+"\ntests: "+c.tests+"\n"))
		if c.want == "" {
			if err != nil || !got.Tests.SecondLine.Set() || len(got.Tests.Timetable(time.UTC).Times) != 1 || got.Tests.Timetable(time.UTC).BeforeHandover != 15*time.Minute {
				t.Errorf("%s: %v, %+v", name, err, got.Tests)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
