#!/bin/sh
# test.sh VAR — everything that is checked, on real parts (make test). Nothing is skipped:
# what a test needs and does not find fails it.
set -eu
cd "$(dirname "$0")/.."
VAR=${1:-var}
mkdir -p "$VAR/log"
VAR=$(cd "$VAR" && pwd)
. deploy/env.sh
# step NAME says what begins, and what the step before took.
began=$(date +%s)
taken() { [ -z "${name:-}" ] || printf '   %s s: %s\n' "$(($(date +%s) - since))" "$name"; }
step() { taken; name=$* since=$(date +%s); printf '\n== %s\n' "$name"; }
# fails keeps what went wrong; the steps after it still say what they find.
failed=
fails() { failed="$failed; $name"; }
export VAR # where the tests find the private Asterisk, unless ASTERISK names another

step 'format and vet'
unformatted=$(gofmt -l cmd telephony recorder dutylog alerts web/*.go config)
[ -z "$unformatted" ] || { echo "not gofmt-ed: $unformatted (run gofmt -w)"; exit 1; }
go vet ./...

step 'page: types and unit tests'
(cd web/page && npm run --silent typecheck && npm test --silent) || fails

step 'Go tests (real Asterisk, real SIP, real SQLite)'
go test -timeout 20m -parallel 4 ./... || fails

step 'decoders under random input'
sh deploy/fuzz.sh 2000x || fails

step 'torture bench, short form'
CALLS=200 KILLS=8 sh deploy/torture.sh "$VAR" || fails

step 'page in real browsers, against a running daemon'
go build -o "$VAR/bin/dutyline" ./cmd/dutyline
sh deploy/e2e.sh "$VAR" || fails
taken
[ -z "$failed" ] || { printf '\nmake test: failed: %s\n' "${failed#; }"; exit 1; }
printf '\nmake test: everything passed in %s s\n' "$(($(date +%s) - began))"
