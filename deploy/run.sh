#!/bin/sh
# run.sh — the newcomer's command (make run): fetch what is missing, build, start the whole
# product with its practice line in the foreground. Settings come from the Makefile.
set -eu
cd "$(dirname "$0")/.."
VAR=${VAR:-var}
say() { printf 'make run: %s\n' "$*"; }
die() { printf 'make run: %s\n' "$*" >&2; exit 1; }

# 1. What must be on the machine. Everything that is missing is named at once, with its remedy.
missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing
  $1 — $2"; }
need go 'Go 1.26 or newer, from go.dev or your system (golang-go)'
need node 'Node.js 20 or newer (nodejs.org, or apt-get install nodejs where that is new enough)'
if command -v node >/dev/null 2>&1; then
	major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
	[ "${major:-0}" -ge 20 ] || missing="$missing
  node — this one is $(node --version), Node.js 20 or newer is needed (nodejs.org; older Debian releases carry 18)"
fi
need npm 'npm 10 or newer (sudo apt-get install npm)'
need gcc 'a C compiler (sudo apt-get install gcc libc6-dev)'
if [ -z "${ASTERISK:-}" ] && [ ! -x "$VAR/asterisk/bin/asterisk" ]; then
	need apt-get 'to fetch a private Asterisk; on another system install Asterisk 22 and run make run ASTERISK=/usr/sbin/asterisk'
	need dpkg-deb 'comes with Debian-like systems (dpkg)'
fi
[ -z "$missing" ] || die "these are missing on this machine:$missing"
[ -z "${ASTERISK:-}" ] || [ -x "$ASTERISK" ] || die "ASTERISK=$ASTERISK is no program; name the asterisk program, for instance ASTERISK=/usr/sbin/asterisk"
mkdir -p "$VAR/bin" "$VAR/log"
. deploy/env.sh

# 2. Asterisk and the page side by side; the daemon's build is the longest part of a first start.
for word in HTTP_PORT SIP_PORT; do
	eval "value=\${$word:-}"
	case "$value" in *[!0-9]*) die "$word=$value is no port: give a number, or 0 for a free one" ;; esac
done
pids=
trap 'for p in $pids; do kill "$p" 2>/dev/null || :; done' INT TERM EXIT
fetch=
if [ -z "${ASTERISK:-}" ] && [ ! -s "$VAR/asterisk/VERSION" ]; then
	say 'fetching a private Asterisk (once, about 15 MB)'
	sh deploy/asterisk/fetch.sh "$VAR/asterisk" & fetch=$!
	pids="$pids $fetch"
fi
if ! make --no-print-directory -q page >/dev/null 2>&1; then
	say 'building the page (the first time: about half a minute)'
	make --no-print-directory page >"$VAR/log/page-build.log" 2>&1 || { tail -20 "$VAR/log/page-build.log" >&2; die "the page could not be built; see above and $VAR/log/page-build.log"; }
fi
[ -x "$VAR/bin/dutyline" ] || say 'building the daemon (the first time: one to three minutes)'
go build -ldflags "-X main.version=$(git describe --tags --always --dirty 2>/dev/null || echo dev)" -o "$VAR/bin/dutyline" ./cmd/dutyline ||
	die 'the daemon could not be built; see above'
if [ -n "$fetch" ]; then
	wait "$fetch" || die 'the private Asterisk could not be fetched; see above, or name an installed one: make run ASTERISK=/usr/sbin/asterisk'
fi
trap - INT TERM EXIT

# 3. Hand over: from here Ctrl-C reaches the daemon alone, which stops everything it started.
set -- practice --var "$VAR" --templates deploy/asterisk
[ -z "${ASTERISK:-}" ] || set -- "$@" --asterisk "$ASTERISK"
[ -z "${LISTEN:-}" ] || set -- "$@" --listen "$LISTEN"
[ -z "${HTTP_PORT:-}" ] || set -- "$@" --http-port "$HTTP_PORT"
[ -z "${SIP_PORT:-}" ] || set -- "$@" --sip-port "$SIP_PORT"
[ -z "${PROGRAMME:-}" ] || set -- "$@" --programme "$PROGRAMME"
exec "$VAR/bin/dutyline" "$@"
