#!/bin/sh
# e2e.sh VAR — the page in real browsers, each against a practice line of its own on free ports: the desk with a
# present Chromium; an officer's whole shift without a mouse and the pages beside the desk; an incident, and typing; and
# Chromium 78, and what supervisors work with. The four run side by side, for most of the time they wait for a telephone.
set -eu
cd "$(dirname "$0")/.."
VAR=$(cd "${1:-var}" && pwd)
. deploy/env.sh
CHROMIUM=${CHROMIUM:-$(command -v chromium)}
ASTERISK=${ASTERISK:-$VAR/asterisk/bin/asterisk}
DUTYLINE=$VAR/bin/dutyline
export CHROMIUM ASTERISK DUTYLINE

# lane SCRIPT... runs scripts of package.json against a new practice line, one after the other.
lane() {
	DIR=$(mktemp -d "$VAR/e2e.XXXXXX")
	daemon= job=
	trap 'for p in $job $daemon; do kill "$p" 2>/dev/null && wait "$p" || :; done; rm -rf "$DIR"' EXIT
	trap 'exit 1' INT TERM
	"$DUTYLINE" practice --var "$DIR" --templates deploy/asterisk --http-port 0 --sip-port 0 --programme off \
		--asterisk "$ASTERISK" >"$DIR/daemon.log" 2>&1 & daemon=$!
	n=0
	until [ -s "$DIR/practice.json" ] && grep -q '^ready' "$DIR/daemon.log"; do
		kill -0 "$daemon" 2>/dev/null || { cat "$DIR/daemon.log"; echo 'e2e: the daemon ended before it was ready'; exit 1; }
		n=$((n + 1)); [ "$n" -lt 600 ] || { cat "$DIR/daemon.log"; echo 'e2e: the daemon was not ready within a minute'; exit 1; }
		sleep 0.1
	done
	for script in "$@"; do
		(cd web/page && DUTYLINE_PRACTICE="$DIR/practice.json" exec npm run --silent "$script") & job=$!
		wait "$job" || { job=; echo "e2e: $script failed; what its daemon said last:"; tail -40 "$DIR/log/daemon.log"; exit 1; }
		job=
	done
}
lanes=
trap 'for p in $lanes; do kill "$p" 2>/dev/null && wait "$p" || :; done' EXIT
trap 'exit 1' INT TERM
for scripts in 'e2e' 'shift rooms' 'incidents typing' 'e2e78 supervision'; do
	# shellcheck disable=SC2086 # the words are the scripts
	(lane $scripts) & lanes="$lanes $!"
done
failed=
for p in $lanes; do wait "$p" || failed=1; done
lanes=
[ -z "$failed" ]
