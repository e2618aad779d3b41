// Package dutylog is the duty log 值班日志: calls, the entries they open, the directory and
// the roster that fill them in, the people who write them, and the feed that tells everybody
// after each commit.
//
// It is a core: rules and values only. Storage is in dutylog/sqlite.
package dutylog
