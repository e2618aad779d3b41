package robot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"
)

// vendor is what one vendor's robots want.
type vendor struct {
	looks string                // of an address, for errors
	token func(*url.URL) string // the key in an address
	limit int                   // of a text, in bytes; what is above is refused as a whole
	body  func(text string) map[string]any
	sign  func(r *request, secret string, now time.Time) // nil: nothing is signed
	codes []string                                       // names of the code in an answer; 0 is a yes
	never map[int]string                                 // codes after which another try is pointless, with the remedy
}

// request is what is signed, in the address or in the body.
type request struct {
	query url.Values
	body  map[string]any
}

const (
	remedyKey     = "copy the robot's address from the group's settings again"
	remedyRobot   = "the robot was switched off or removed; look into the group's settings"
	remedySafety  = "compare secret, keywords (线路 is in every message) and admitted addresses in the robot's safety settings, and this machine's clock"
	remedyMessage = "it does not take this message; please report this with the code"
)

// Codes that are not listed, such as those for too many messages (WeCom 45009, DingTalk 130101
// and 410100, Feishu 11232 and 9499) or a busy system (-1), are worth another try.
var vendors = map[Kind]vendor{
	WeCom: {
		looks: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
		token: inQuery("key"),
		limit: 2048,
		body: func(text string) map[string]any {
			return map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
		},
		codes: []string{"errcode"},
		never: map[int]string{
			93000: remedyKey, 93004: remedyRobot, 93008: remedyRobot,
			40008: remedyMessage, 40058: remedyMessage, 44004: remedyMessage, 45002: remedyMessage,
		},
	},
	DingTalk: {
		looks: "https://oapi.dingtalk.com/robot/send?access_token=…",
		token: inQuery("access_token"),
		limit: 16 << 10,
		body: func(text string) map[string]any {
			return map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
		},
		sign:  signQuery,
		codes: []string{"errcode"},
		never: map[int]string{
			300001: remedyKey, 300005: remedyKey, 400101: remedyKey, 404: remedyKey,
			400013: remedyRobot, 400102: remedyRobot, 400106: remedyRobot,
			310000: remedySafety,
			40035:  remedyMessage, 43004: remedyMessage, 400105: remedyMessage,
			430101: remedyMessage, 430102: remedyMessage, 430103: remedyMessage, 430104: remedyMessage,
		},
	},
	Feishu: {
		looks: "https://open.feishu.cn/open-apis/bot/v2/hook/…",
		token: inPath,
		limit: 16 << 10, // 20 KB for the request as a whole
		body: func(text string) map[string]any {
			return map[string]any{"msg_type": "text", "content": map[string]string{"text": text}}
		},
		sign:  signBody,
		codes: []string{"code", "StatusCode"}, // older ones say StatusCode
		never: map[int]string{
			19001: remedyKey, 19007: remedyRobot,
			19021: remedySafety, 19022: remedySafety, 19024: remedySafety,
			19002: remedyMessage, 19036: remedyMessage,
		},
	},
}

// signQuery is DingTalk's: the time in milliseconds, and HMAC-SHA256 of it and the secret under
// the secret, both in the address.
func signQuery(r *request, secret string, now time.Time) {
	at := strconv.FormatInt(now.UnixMilli(), 10)
	r.query.Set("timestamp", at)
	r.query.Set("sign", digest(secret, at+"\n"+secret))
}

// signBody is Feishu's: the time in seconds, and HMAC-SHA256 of nothing under time and secret,
// both in the body.
func signBody(r *request, secret string, now time.Time) {
	at := strconv.FormatInt(now.Unix(), 10)
	r.body["timestamp"] = at
	r.body["sign"] = digest(at+"\n"+secret, "")
}

func digest(key, message string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// cut keeps a text below a vendor's limit without halving a character.
func cut(text string, limit int) string {
	const more = "…\n"
	if len(text) <= limit {
		return text
	}
	end := limit - len(more)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + more
}
