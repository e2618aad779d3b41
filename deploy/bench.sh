#!/bin/sh
# bench.sh VAR [NAME] — print one line per figure: figure NAME VALUE UNIT.
set -eu
cd "$(dirname "$0")/.."
VAR=$(mkdir -p "${1:-var}" && cd "${1:-var}" && pwd)
. deploy/env.sh
export DUTYLINE_ASTERISK="${ASTERISK:-$VAR/asterisk}"
DUTYLINE_FIGURE=${2:-} go test -timeout 20m -count=1 -run '^TestFigures$' -v ./cmd/dutyline -figures 2>&1 |
	awk '/^ *figure /{sub(/^ */, ""); print; n++} /FAIL|panic:|_test.go:/{print > "/dev/stderr"; bad=1} END{exit (bad || !n)}'
