#!/bin/sh
# deps.sh VAR — what the tests and the practice line need beyond Go, Node, gcc and make.
# As root it installs Debian packages. Otherwise it unpacks them under VAR/debian, where
# deploy/env.sh finds them, or prints the one line to run. It does nothing when all is there.
set -eu
VAR=${1:-var}
HERE=$(cd "$(dirname "$0")" && pwd)
say() { printf 'deps: %s\n' "$*" >&2; }

# program:package — programs that tests call
NEED='sipp:sip-tester chromium:chromium flac:flac espeak-ng:espeak-ng faketime:faketime'
# The same for packages that would start a service when they are installed: always unpacked.
UNPACKED='prometheus-alertmanager:prometheus-alertmanager prometheus:prometheus'
FONTS=fonts-noto-cjk

. "$HERE/env.sh"
missing=
for pair in $NEED; do
	command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
have_fonts() { [ -n "$(find /usr/share/fonts "$VAR/debian/usr/share/fonts" -iname 'NotoSansCJK*' 2>/dev/null | head -1)" ]; }
have_fonts || missing="$missing $FONTS"

if [ -n "$missing" ]; then
	command -v apt-get >/dev/null 2>&1 || { say "these are missing:$missing. Install them with your system's package manager and run again."; exit 1; }
	if [ "$(id -u)" = 0 ]; then
		say "installing:$missing"
		export DEBIAN_FRONTEND=noninteractive
		apt-get -q -o Acquire::Retries=3 update >/dev/null || { say "apt-get update failed: check this machine's package sources (/etc/apt/sources.list)"; exit 1; }
		apt-get -q -y --no-install-recommends -o Acquire::Retries=3 install $missing >/dev/null ||
			{ say "apt-get could not install:$missing. Run 'apt-get install$missing' to see why."; exit 1; }
	else
		say "not root: unpacking into $VAR/debian:$missing"
		sh "$HERE/unpack.sh" "$VAR/debian" $missing ||
			{ say "could not unpack them. Run this once instead: sudo apt-get install -y$missing"; exit 1; }
	fi
fi
missing=
for pair in $UNPACKED; do
	command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
if [ -n "$missing" ]; then
	say "unpacking into $VAR/debian:$missing"
	sh "$HERE/unpack.sh" "$VAR/debian" $missing || { say "could not unpack them. Install them and see that their services stay stopped:$missing"; exit 1; }
fi
. "$HERE/env.sh"
for pair in $NEED $UNPACKED; do
	command -v "${pair%%:*}" >/dev/null 2>&1 || { say "${pair%%:*} is still missing. Run: sudo apt-get install -y ${pair##*:}"; exit 1; }
done

# The private Asterisk, unless one is configured.
if [ -z "${ASTERISK:-}" ]; then sh "$HERE/asterisk/fetch.sh" "$VAR/asterisk"; fi
