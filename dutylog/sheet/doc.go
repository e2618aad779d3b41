// Package sheet reads the files in which offices keep tables: .xlsx, and CSV in UTF-8
// or GBK. Such a file comes from strangers, so that nothing in it is trusted: it is looked at
// before it is unpacked, what it may unpack to is bounded, and whatever cannot be read is refused
// in one sentence with a remedy (dutylog.FileError).
package sheet
