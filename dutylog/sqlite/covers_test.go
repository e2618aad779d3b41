package sqlite

import (
	"slices"
	"testing"

	"dutyline/dutylog/audit"
)

// TestEveryCoveredKindIsListed: the list once lacked the witness, so that an exhibit of a call that was watched could
// not be told to be intact.
func TestEveryCoveredKindIsListed(t *testing.T) {
	for _, c := range covers {
		if !slices.Contains(audit.Kinds(), c.kind) {
			t.Errorf("records of kind %q are made, and audit.Kinds does not list it", c.kind)
		}
	}
}
