#!/bin/sh
# e2e.sh VAR — start practice lines of their own on free ports and drive their page: with a present
# Chromium and with Chromium 78, and an officer's whole shift without a mouse.
set -eu
cd "$(dirname "$0")/.."
VAR=$(cd "${1:-var}" && pwd)
. deploy/env.sh
CHROMIUM=${CHROMIUM:-$(command -v chromium)}
export CHROMIUM
DIR=
daemon=
stop() {
	if [ -n "$daemon" ]; then kill -INT "$daemon" 2>/dev/null || :; wait "$daemon" 2>/dev/null || :; fi
	daemon=
	if [ -n "$DIR" ]; then rm -rf "$DIR"; fi
}
trap stop EXIT
trap 'exit 1' INT TERM

# drive SCRIPT... runs scripts of package.json against a new practice line, one after the other.
drive() {
	DIR=$(mktemp -d "$VAR/e2e.XXXXXX")
	"$VAR/bin/dutyline" practice --var "$DIR" --templates deploy/asterisk --http-port 0 --sip-port 0 --programme off \
		--asterisk "${ASTERISK:-$VAR/asterisk/bin/asterisk}" >"$DIR/daemon.log" 2>&1 & daemon=$!
	n=0
	until [ -s "$DIR/practice.json" ] && grep -q '^ready' "$DIR/daemon.log"; do
		kill -0 "$daemon" 2>/dev/null || { cat "$DIR/daemon.log"; echo 'e2e: the daemon ended before it was ready'; exit 1; }
		n=$((n + 1)); [ "$n" -lt 300 ] || { cat "$DIR/daemon.log"; echo 'e2e: the daemon was not ready within 30 s'; exit 1; }
		sleep 0.1
	done
	for script in "$@"; do
		(cd web/page && DUTYLINE_PRACTICE="$DIR/practice.json" npm run --silent "$script") || { tail -40 "$DIR/log/daemon.log"; exit 1; }
	done
	stop
}
drive shift
drive e2e e2e78
