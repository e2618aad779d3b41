package archive

import (
	"bytes"
	"io"
	"os"
)

// intakeFile becomes a file when more than a header was written to it: a side without sound, of
// which there are two for every call that nobody answered, never touches the disk.
type intakeFile struct {
	disk disk
	name string
	head []byte
	file *os.File
}

func (f *intakeFile) Write(p []byte) (int, error) {
	if f.file == nil && len(f.head)+len(p) <= headerSize {
		f.head = append(f.head, p...)
		return len(p), nil
	}
	if f.file == nil {
		var err error
		if f.file, err = f.disk.create(f.name); err != nil {
			return 0, err
		}
		if _, err := f.file.Write(f.head); err != nil {
			return 0, err
		}
	}
	return f.file.Write(p)
}

// content is what was written, in place of what was there before.
func (f *intakeFile) content() (io.ReaderAt, int64, error) {
	if f.file == nil {
		return bytes.NewReader(f.head), int64(len(f.head)), f.disk.remove(f.name)
	}
	info, err := f.file.Stat()
	if err != nil {
		return nil, 0, err
	}
	return f.file, info.Size(), nil
}

func (f *intakeFile) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}
