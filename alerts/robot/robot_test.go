package robot_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"dutyline/alerts"
	"dutyline/alerts/alertstest"
	"dutyline/alerts/robot"
)

const (
	key    = "hidden-key-693a91f6"
	secret = "SEChidden-secret/+="
)

// addresses of the vendors, below a host of their own.
var addresses = map[robot.Kind]string{
	robot.WeCom:    "/cgi-bin/webhook/send?key=" + key,
	robot.DingTalk: "/robot/send?access_token=" + key,
	robot.Feishu:   "/open-apis/bot/v2/hook/" + key,
}

// yes of each vendor.
var yes = map[robot.Kind]string{
	robot.WeCom:    `{"errcode":0,"errmsg":"ok"}`,
	robot.DingTalk: `{"errcode":0,"errmsg":"ok"}`,
	robot.Feishu:   `{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}`,
}

// busy and refused are what they say of too many messages and of a key or signature that is
// wrong: with HTTP 200, and repeating what was sent.
var (
	busy = map[robot.Kind]string{
		robot.WeCom:    `{"errcode":45009,"errmsg":"api freq out of limit, key ` + key + `"}`,
		robot.DingTalk: `{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}`,
		robot.Feishu:   `{"code":11232,"msg":"frequency limited psm[lark.oapi.app_platform_runtime]appID[` + key + `]","data":{}}`,
	}
	refused = map[robot.Kind]string{
		robot.WeCom:    `{"errcode":93000,"errmsg":"invalid webhook url ` + key + `, more info at https://open.work.weixin.qq.com/devtool/query?e=93000"}`,
		robot.DingTalk: `{"errcode":310000,"errmsg":"description:机器人发送签名不匹配; token ` + key + `; secret ` + secret + `"}`,
		robot.Feishu:   `{"code":19021,"data":{},"msg":"sign match fail or timestamp is not within one hour from current time ` + key + ` ` + secret + `"}`,
	}
)

func answers(k robot.Kind) map[alertstest.Manner]alertstest.Answer {
	return map[alertstest.Manner]alertstest.Answer{
		alertstest.Well:     {Status: 200, Body: yes[k]},
		alertstest.Broken:   {Status: 500, Body: "fault " + key},
		alertstest.Busy:     {Status: 200, Body: busy[k]},
		alertstest.Refusing: {Status: 200, Body: refused[k]},
	}
}

// hmac256 is written down once more here, for the receivers.
func hmac256(key, message string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// inTime is what both vendors ask: the time stamp is not an hour off.
func inTime(stamp string, unit time.Duration) error {
	n, err := strconv.ParseInt(stamp, 10, 64)
	if off := time.Since(time.Unix(0, n*int64(unit))).Abs(); err != nil || off > time.Hour {
		return fmt.Errorf("time stamp %q is %v off", stamp, off)
	}
	return nil
}

// reader is a receiver that checks what the vendor documents, and understands the message.
func reader(k robot.Kind, signed bool) func(*http.Request, []byte) (alertstest.Taken, error) {
	return func(r *http.Request, body []byte) (alertstest.Taken, error) {
		var m struct {
			MsgType  string                   `json:"msgtype"`
			Text     struct{ Content string } `json:"text"`
			MsgType2 string                   `json:"msg_type"`
			Content  struct{ Text string }    `json:"content"`
			Stamp    string                   `json:"timestamp"`
			Sign     string                   `json:"sign"`
		}
		if err := json.Unmarshal(body, &m); err != nil {
			return alertstest.Taken{}, err
		}
		want, _ := url.Parse(addresses[k])
		query := r.URL.Query()
		err := errors.Join(
			same("method", r.Method, "POST"), same("path", r.URL.Path, want.Path), same("content type", r.Header.Get("Content-Type"), "application/json; charset=utf-8"),
			same("kind of message", m.MsgType+m.MsgType2, "text"),
		)
		for name := range want.Query() {
			err = errors.Join(err, same(name, query.Get(name), want.Query().Get(name)))
		}
		switch {
		case signed && k == robot.DingTalk:
			stamp := query.Get("timestamp")
			err = errors.Join(err, inTime(stamp, time.Millisecond), same("sign", query.Get("sign"), hmac256(secret, stamp+"\n"+secret)))
		case signed && k == robot.Feishu:
			err = errors.Join(err, inTime(m.Stamp, time.Second), same("sign", m.Sign, hmac256(m.Stamp+"\n"+secret, "")))
		default:
			err = errors.Join(err, same("sign", m.Sign+query.Get("sign")+m.Stamp+query.Get("timestamp"), ""))
		}
		text := m.Text.Content + m.Content.Text
		return alertstest.Taken{ID: text, Text: text}, err
	}
}

func same(what, got, want string) error {
	if got != want {
		return fmt.Errorf("%s is %q, want %q", what, got, want)
	}
	return nil
}

func config(k robot.Kind, base string) robot.Config {
	c := robot.Config{Kind: k, Webhook: base + addresses[k], Zone: alertstest.Zone}
	if k != robot.WeCom {
		c.Secret = secret
	}
	return c
}

func start(t *testing.T, k robot.Kind) (*robot.Robot, *alertstest.HTTP) {
	t.Helper()
	h := alertstest.NewHTTP(t, answers(k), reader(k, k != robot.WeCom))
	r, err := robot.New(config(k, h.Server.URL))
	if err != nil {
		t.Fatal(err)
	}
	return r, h
}

func TestChannel(t *testing.T) {
	for k := range addresses {
		t.Run(string(k), func(t *testing.T) {
			alertstest.Run(t, alertstest.Bench{
				Secrets: []string{"hidden", "sign="},
				Start: func(t *testing.T) (alerts.Channel, alertstest.Receiver) {
					return start(t, k)
				},
			})
		})
	}
}

func TestARobotThatSignsNothing(t *testing.T) {
	for k := range addresses {
		h := alertstest.NewHTTP(t, answers(k), reader(k, false))
		c := config(k, h.Server.URL)
		c.Secret = ""
		r, err := robot.New(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Deliver(t.Context(), alertstest.Notice()); err != nil || len(h.Taken()) != 1 {
			t.Errorf("%s: %v", k, err)
		}
	}
}

func TestEveryAnswerIsJudgedByItsCode(t *testing.T) {
	for _, c := range []struct {
		kind   robot.Kind
		status int
		body   string
		want   string
	}{
		{robot.WeCom, 200, `{"errcode":0,"errmsg":"ok"}`, "taken"},
		{robot.WeCom, 200, `{"errcode":-1,"errmsg":"system busy"}`, "again"},
		{robot.WeCom, 200, `{"errcode":45009}`, "again"},
		{robot.WeCom, 200, `{"errcode":93000}`, "never"},
		{robot.WeCom, 200, `{"errcode":93008}`, "never"},
		{robot.WeCom, 200, `{"errcode":77777}`, "again"},
		{robot.WeCom, 200, `{"code":0}`, "again"}, // of something in between
		{robot.WeCom, 200, `{"errcode":"0"}`, "again"},
		{robot.WeCom, 200, `{"errcode":null}`, "again"},
		{robot.WeCom, 200, `{}`, "again"},
		{robot.WeCom, 200, `[]`, "again"},
		{robot.WeCom, 200, `<html>please log in</html>`, "again"},
		{robot.WeCom, 200, ``, "again"},
		{robot.WeCom, 500, `{"errcode":0}`, "again"},
		{robot.WeCom, 302, ``, "again"},
		{robot.WeCom, 404, `not found`, "never"},
		{robot.DingTalk, 200, `{"errcode":310000,"errmsg":"keywords not in content"}`, "never"},
		{robot.DingTalk, 200, `{"errcode":300001,"errmsg":"token is not exist"}`, "never"},
		{robot.DingTalk, 200, `{"errcode":400102}`, "never"},
		{robot.DingTalk, 200, `{"errcode":410100}`, "again"},
		{robot.DingTalk, 200, `{"errcode":130101}`, "again"},
		{robot.DingTalk, 200, `{"code":0}`, "again"},
		{robot.DingTalk, 429, ``, "again"},
		{robot.Feishu, 200, `{"code":0,"msg":"success","data":{}}`, "taken"},
		{robot.Feishu, 200, `{"Extra":null,"StatusCode":0,"StatusMessage":"success"}`, "taken"},
		{robot.Feishu, 200, `{"code":19024,"msg":"Key Words Not Found"}`, "never"},
		{robot.Feishu, 200, `{"code":19022,"msg":"Ip Not Allowed"}`, "never"},
		{robot.Feishu, 400, `{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}`, "never"},
		{robot.Feishu, 400, `{"code":9499,"msg":"too many request"}`, "again"},
		{robot.Feishu, 200, `{"code":11232}`, "again"},
		{robot.Feishu, 200, `{"errcode":0}`, "again"},
	} {
		r, h := start(t, c.kind)
		h.Says(alertstest.Broken, alertstest.Answer{Status: c.status, Body: c.body})
		got, err := "again", r.Deliver(t.Context(), alertstest.Notice())
		if err == nil {
			got = "taken"
		} else if errors.Is(err, alerts.ErrNever) {
			got = "never"
		}
		if got != c.want {
			t.Errorf("%s %d %s: %s (%v), want %s", c.kind, c.status, c.body, got, err, c.want)
		}
	}
}

// Only the code says yes: where the answer breaks off before it, nobody knows.
func TestAnAnswerThatBreaksOffIsNoYes(t *testing.T) {
	r, h := start(t, robot.WeCom)
	h.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte(yes[robot.WeCom])) // whole, yet the connection ends before what was announced
	})
	if err := r.Deliver(t.Context(), alertstest.Notice()); err == nil || errors.Is(err, alerts.ErrNever) {
		t.Errorf("%v, want that it is tried again", err)
	}
}

func TestALongMessageIsCutToTheVendorsLimit(t *testing.T) {
	n := alertstest.Notice()
	n.Text = strings.Repeat("很长的说明", 5000)
	for k, limit := range map[robot.Kind]int{robot.WeCom: 2048, robot.DingTalk: 20000, robot.Feishu: 20 << 10} {
		r, h := start(t, k)
		if err := r.Deliver(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		text := h.Taken()[0].Text
		if len(text) > limit || len(text) < 2000 || strings.Contains(text, "\ufffd") || !strings.HasSuffix(text, "…\n") || !strings.Contains(text, n.EntryNumber) {
			t.Errorf("%s: %d bytes, %q", k, len(text), text[len(text)-20:])
		}
	}
}

func TestFaultsOfAConfigurationAreSaidAtOnce(t *testing.T) {
	for _, c := range []struct {
		config robot.Config
		want   []string
	}{
		{robot.Config{}, []string{"kind: ", "webhook_file: "}},
		{robot.Config{Kind: "slack", Webhook: "http://192.0.2.1/" + key}, []string{"use wecom", "use https"}},
		{robot.Config{Kind: robot.WeCom, Webhook: key}, []string{"the whole one"}},
		{robot.Config{Kind: robot.WeCom, Webhook: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?kee=" + key, Secret: secret}, []string{"no key in the address", "sign nothing"}},
		{robot.Config{Kind: robot.DingTalk, Webhook: "https://oapi.dingtalk.com/robot/send?key=" + key, SecretFile: "x"}, []string{"access_token=…", "secret_file: is empty"}},
		{robot.Config{Kind: robot.Feishu, Webhook: "https://open.feishu.cn/open-apis/bot/v2/hook/"}, []string{"hook/…"}},
		{robot.Config{Kind: robot.Feishu, Webhook: "https://open.feishu.cn"}, []string{"hook/…"}},
		{robot.Config{Kind: robot.Feishu, Webhook: "https://own host/" + key}, []string{"holds no address"}},
	} {
		err := c.config.Validate()
		if err == nil {
			t.Errorf("%+v is valid", c.config)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
		if strings.Contains(err.Error(), key) || strings.Contains(err.Error(), secret) {
			t.Errorf("a fault tells a secret: %v", err)
		}
		if _, err := robot.New(c.config); err == nil {
			t.Errorf("%+v makes a channel", c.config)
		}
	}
	for k, address := range addresses {
		for _, host := range []string{"https://im.example.gov.cn", "http://127.0.0.1:8080", "http://localhost"} {
			if err := (robot.Config{Kind: k, Webhook: host + address}).Validate(); err != nil {
				t.Errorf("%s %s: %v", k, host, err)
			}
		}
	}
}
