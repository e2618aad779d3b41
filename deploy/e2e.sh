#!/bin/sh
# e2e.sh VAR — start a practice line of its own on free ports, drive its page with a present
# Chromium and with Chromium 78, stop it again.
set -eu
cd "$(dirname "$0")/.."
VAR=$(cd "${1:-var}" && pwd)
. deploy/env.sh
DIR=$(mktemp -d "$VAR/e2e.XXXXXX")
daemon=
stop() {
	if [ -n "$daemon" ]; then kill -INT "$daemon" 2>/dev/null || :; wait "$daemon" 2>/dev/null || :; fi
	rm -rf "$DIR"
}
trap stop EXIT
trap 'exit 1' INT TERM
set -- practice --var "$DIR" --templates deploy/asterisk --http-port 0 --sip-port 0 --programme off
if [ -n "${ASTERISK:-}" ]; then set -- "$@" --asterisk "$ASTERISK"; else set -- "$@" --asterisk "$VAR/asterisk/bin/asterisk"; fi
"$VAR/bin/dutyline" "$@" >"$DIR/daemon.log" 2>&1 & daemon=$!
n=0
until [ -s "$DIR/practice.json" ] && grep -q '^ready' "$DIR/daemon.log"; do
	kill -0 "$daemon" 2>/dev/null || { cat "$DIR/daemon.log"; echo 'e2e: the daemon ended before it was ready'; exit 1; }
	n=$((n + 1)); [ "$n" -lt 300 ] || { cat "$DIR/daemon.log"; echo 'e2e: the daemon was not ready within 30 s'; exit 1; }
	sleep 0.1
done
export DUTYLINE_PRACTICE="$DIR/practice.json"
CHROMIUM=${CHROMIUM:-$(command -v chromium)}
export CHROMIUM
cd web/page
npm run --silent e2e || { tail -40 "$DIR/daemon.log"; exit 1; }
npm run --silent e2e78 || { tail -40 "$DIR/daemon.log"; exit 1; }
