package recorder_test

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutyline/recorder"
)

// A call whose id somebody chose is fetched under its exact name, lands inside the archive, and
// never stops or takes another call's recording. What others left on the switch under other
// names is not touched.
func TestAnAttackersNamesHarmNobody(t *testing.T) {
	play(t, func(s *stage) {
		far, officer := talk()
		foreign := []string{"../../1.0-far", "1.0-far/../2.0-far", "somebody-else", "1.0-far.wav"}
		for _, name := range foreign {
			s.sw.Put(name, []byte("RIFF\xff\xff\xff\xffWAVE"))
		}
		ids := []string{"../../../etc/passwd", "..", "1.0-far", "a\x00b", "1.0/../2.0", strings.Repeat("long", 100)}
		for _, id := range append(slices.Clone(ids), "1.0", "2.0") {
			s.sw.PutCall(id, far, officer)
			s.hangUp(id)
		}
		s.pass(time.Minute)
		s.want("1.0", recorder.Sealed, "")
		s.want("2.0", recorder.Sealed, "")
		for _, id := range ids[:len(ids)-1] {
			s.want(id, recorder.Sealed, "")
		}
		s.want(ids[len(ids)-1], recorder.Failed, "too long for a file name")
		left := s.sw.Names()
		for _, name := range foreign {
			if !slices.Contains(left, name) {
				t.Errorf("%q was removed from the switch", name)
			}
		}
		sealed := 0
		err := filepath.WalkDir(s.folder, func(name string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				sealed++
			}
			return err
		})
		if err != nil || sealed != len(ids)+1 {
			t.Errorf("%d files in the archive, want %d; %v", sealed, len(ids)+1, err)
		}
	})
}
