package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Names in a backup folder.
const (
	markName     = "dutyline-backup.json"
	readmeName   = "README.txt"
	lockName     = ".lock"
	generations  = "generations"
	recordings   = "recordings"
	keptFiles    = "files"
	manifestName = "manifest.json"
	listName     = "recordings.sha256"
	// LogName is the log's copy in a generation.
	LogName = "log.db"
	// ConfigName is the configuration's copy in a generation.
	ConfigName = "dutyline.yaml"
)

const readme = `This folder is a backup of a Dutyline duty log: calls, entries, recordings.
To restore it, install dutyline and run    dutyline restore THIS_FOLDER --into NEW_FOLDER
Keys are not in it: with encrypted recordings you also need the site key or the escrow key.
Whoever can read this folder can read the duty log. Change nothing in it by hand.

本目录是 Dutyline 值班日志的备份：通话、条目、录音。
恢复方法：安装 dutyline 后运行    dutyline restore 本目录 --into 新目录
备份不含密钥：录音加密时,还需要本单位密钥或托管密钥。
能读取本目录的人就能读取值班日志。请勿手工改动其中任何内容。
`

// mark says whose backup a folder is.
type mark struct {
	Format int    `json:"format"`
	Log    string `json:"log"`
}

// Folder is a backup folder.
type Folder struct {
	path string
	disk disk
	mark mark
	lock *os.File // held while a backup is made; nil when only read
}

// Open opens a folder that holds backups, to read them.
func Open(folder string) (*Folder, error) {
	f, err := open(folder)
	if err != nil {
		return nil, err
	}
	if err := f.readMark(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func open(folder string) (*Folder, error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("backup folder %s: %w", folder, err)
	}
	root, err := os.OpenRoot(abs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no backup folder %s: name the folder that was given to dutyline backup (is its disk mounted?)", folder)
	case err != nil && isFile(abs):
		return nil, fmt.Errorf("%s is no folder: name the folder that was given to dutyline backup", folder)
	case err != nil:
		return nil, fmt.Errorf("open backup folder: %w", remedy(folder, err))
	}
	return &Folder{path: abs, disk: disk{root: root}}, nil
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

func (f *Folder) readMark() error {
	text, err := f.disk.root.ReadFile(markName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is not a backup folder (there is no %s in it): name the folder that was given to dutyline backup", f.path, markName)
	case err != nil:
		return fmt.Errorf("open backup folder: %w", remedy(f.path, err))
	}
	if err := json.Unmarshal(text, &f.mark); err != nil || f.mark.Log == "" {
		return fmt.Errorf("%s in %s is damaged: its generations may still be whole; write {\"format\":1,\"log\":\"…\"} anew with \"log\" as in one of their manifests", markName, f.path)
	}
	if f.mark.Format > format {
		return fmt.Errorf("backup folder %s was made by a newer dutyline (format %d, this program knows %d): install the newer version", f.path, f.mark.Format, format)
	}
	return nil
}

// Create opens the folder for a backup of the log with this identity, and makes it when it is
// not there or empty. Only one backup at a time works in it.
func Create(folder, log string) (*Folder, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make backup folder: %w", remedy(folder, err))
	}
	f, err := open(folder)
	if err != nil {
		return nil, err
	}
	if err := f.claim(log); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *Folder) claim(log string) error {
	fresh, err := f.empty()
	if err != nil {
		return err
	}
	if err := f.takeLock(); err != nil {
		return err
	}
	if fresh {
		return f.begin(log)
	}
	if err := f.readMark(); err != nil {
		return err
	}
	if f.mark.Log != log {
		return fmt.Errorf("%s holds the backup of another duty log: choose a folder of its own for this one", f.path)
	}
	return nil
}

// empty says whether nothing is in the folder that means anything; what is there must be a
// backup, or nothing of it is touched.
func (f *Folder) empty() (bool, error) {
	entries, err := fs.ReadDir(f.disk.root.FS(), ".")
	if err != nil {
		return false, fmt.Errorf("look into backup folder: %w", remedy(f.path, err))
	}
	foreign := ""
	for _, e := range entries {
		switch e.Name() {
		case markName:
			return false, nil
		case lockName, readmeName, "lost+found", "." + markName + ".part", "." + readmeName + ".part":
		default:
			foreign = e.Name()
		}
	}
	if foreign != "" {
		return false, fmt.Errorf("%s holds other things (%s): give the backup an empty folder, or one that does not exist yet", f.path, foreign)
	}
	return true, nil
}

func (f *Folder) takeLock() error {
	lock, err := f.disk.root.OpenFile(lockName, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("lock backup folder: %w", remedy(f.path, err))
	}
	f.lock = lock
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("another backup works in %s at this moment: wait until it has ended", f.path)
	}
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("lock backup folder %s: %w", f.path, err)
	}
	return nil
}

func (f *Folder) begin(log string) error {
	f.mark = mark{Format: format, Log: log}
	text, err := json.Marshal(f.mark)
	if err != nil {
		return err
	}
	ctx := context.Background() // two lines of text
	if _, err = f.disk.write(ctx, readmeName, strings.NewReader(readme), sum{}); err == nil {
		_, err = f.disk.write(ctx, markName, strings.NewReader(string(text)+"\n"), sum{})
	}
	if err == nil {
		err = f.disk.syncFolder(".")
	}
	if err != nil {
		return fmt.Errorf("begin the backup folder: %w", remedy(f.path, err))
	}
	return nil
}

// Close lets go of the folder.
func (f *Folder) Close() error {
	var err error
	if f.lock != nil {
		err = f.lock.Close() // the lock ends with it
	}
	return errors.Join(err, f.disk.root.Close())
}

// Path is where the folder is.
func (f *Folder) Path() string { return f.path }

// File is where one of a finished generation's own files lies.
func (f *Folder) File(generation, name string) string {
	return filepath.Join(f.path, generations, generation, name)
}

// stamp is a generation's name.
const stamp = "20060102T150405.000Z"

// Generations names the finished generations, the oldest first.
func (f *Folder) Generations() ([]string, error) {
	finished, _, err := f.list()
	return finished, err
}

// list names the finished generations and those that were cut off.
func (f *Folder) list() (finished, cut []string, err error) {
	entries, err := fs.ReadDir(f.disk.root.FS(), generations)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("list the generations: %w", remedy(f.path, err))
	}
	for _, e := range entries {
		switch {
		case !e.IsDir():
		case strings.HasPrefix(e.Name(), "."):
			cut = append(cut, e.Name())
		case isGeneration(e.Name()):
			finished = append(finished, e.Name())
		}
	}
	slices.Sort(finished)
	return finished, cut, nil
}

func isGeneration(name string) bool {
	if len(name) < len(stamp) {
		return false
	}
	_, err := time.Parse(stamp, name[:len(stamp)])
	return err == nil && strings.Trim(name[len(stamp):], "-0123456789") == ""
}

// Generation finds a finished generation by the beginning of its name; "" is the newest one.
func (f *Folder) Generation(begin string) (string, error) {
	all, err := f.Generations()
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", fmt.Errorf("%s holds no finished backup yet: run dutyline backup again, or name another folder", f.path)
	}
	if begin == "" {
		return all[len(all)-1], nil
	}
	var found []string
	for _, name := range all {
		if name == begin {
			return name, nil
		}
		if strings.HasPrefix(name, begin) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%d generations of %s begin with %q: name one of %s", len(found), f.path, begin, strings.Join(all, ", "))
	}
	return found[0], nil
}

// Manifest reads what a finished generation says of itself, and the digest of that text.
func (f *Folder) Manifest(generation string) (Manifest, string, error) {
	name := path.Join(generations, generation, manifestName)
	text, err := f.disk.root.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, "", fmt.Errorf("generation %s in %s has lost its manifest: take another generation", generation, f.path)
	}
	if err != nil {
		return Manifest{}, "", fmt.Errorf("read the manifest of generation %s: %w", generation, remedy(f.path, err))
	}
	m, err := decodeManifest(text)
	if err != nil {
		return Manifest{}, "", fmt.Errorf("generation %s in %s: %w; take another generation", generation, f.path, err)
	}
	if m.Log != f.mark.Log {
		return Manifest{}, "", fmt.Errorf("generation %s in %s is a backup of another duty log: it was put there by hand; take another generation", generation, f.path)
	}
	s, err := read(context.Background(), strings.NewReader(string(text)))
	return m, s.SHA256, err
}
