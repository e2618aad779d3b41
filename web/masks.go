package web

import "dutyline/dutylog"

// maskable is what shows who called: an entry, a call, a revision.
type maskable[T any] interface{ Mask() T }

// listed is something as a list, the stream, a print or an export shows it to the visitor: whose
// work does not need to know who called sees names and numbers masked. One that is opened by itself
// is shown as it is, and that it was opened is in the log.
func listed[T maskable[T]](v visitor, x T) T {
	if v.can(seeNames) {
		return x
	}
	return x.Mask()
}

// allListed is listed for a whole list, which is never nil.
func allListed[T maskable[T]](v visitor, items []T) []T {
	shown := make([]T, len(items))
	for i, x := range items {
		shown[i] = listed(v, x)
	}
	return shown
}

// filesShown are attachments as the visitor may see their names.
func filesShown(v visitor, e dutylog.Entry, files []dutylog.Attachment) []dutylog.Attachment {
	if v.can(seeNames) {
		return files
	}
	shown := make([]dutylog.Attachment, len(files))
	for i, f := range files {
		shown[i] = f.Mask(e)
	}
	return shown
}

// entries is a list of them as the visitor sees it.
func (v visitor) entries(items []dutylog.Entry) []dutylog.Entry {
	shown := allListed(v, items)
	for i, e := range shown {
		shown[i] = v.own(e)
	}
	return shown
}

// maskedNote stands on a sheet on which something is masked.
const maskedNote = "来电人姓名和电话号码已按查阅权限隐去部分字符。"

// own is an entry as its reading account sees it: which other contacts its number may belong to is
// of the directory, which is not theirs.
func (v visitor) own(e dutylog.Entry) dutylog.Entry {
	if v.account.Role == dutylog.Reader {
		e.Candidates = nil
	}
	return e
}
