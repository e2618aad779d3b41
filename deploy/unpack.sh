#!/bin/sh
# unpack.sh DEST PACKAGE… — download Debian packages with everything they depend on (as far as
# this machine lacks it), verify them with apt, unpack them under DEST and write one wrapper per
# program into DEST/bin. Needs no root; installs nothing on the machine.
set -eu
DEST=${1:?usage: unpack.sh DEST PACKAGE...}; shift
mkdir -p "$DEST"; DEST=$(cd "$DEST" && pwd)
T=$DEST/.apt
say() { printf 'unpack: %s\n' "$*" >&2; }
mkdir -p "$T/lists/partial" "$T/cache/archives/partial" "$T/debs" "$DEST/bin"
apt_() { # private lists and cache; the machine's own sources, keys and installed set
	c=$1; shift
	"$c" -q -o Dir::State::lists="$T/lists" -o Dir::Cache="$T/cache" -o Acquire::Languages=none -o Acquire::Retries=3 \
		-o APT::Install-Recommends=0 -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@"
}
say "reading package lists"
apt_ apt-get update >"$T/update.log" 2>&1 || { tail -2 "$T/update.log" >&2; exit 1; }
# What would be installed, given what the machine has.
apt_ apt-get install -y --print-uris "$@" 2>"$T/solve.log" | sed -n "s/^'[^']*' \([^ ]*\)_[^_]*_[^_ ]* .*/\1/p" | sed 's/%3a.*//' | sort -u >"$T/all"
[ -s "$T/all" ] || { tail -2 "$T/solve.log" >&2; exit 1; }
say "downloading $(wc -l <"$T/all") packages"
(cd "$T/debs" && apt_ apt-get download $(cat "$T/all") >"$T/download.log" 2>&1) || { tail -2 "$T/download.log" >&2; exit 1; }
for d in "$T"/debs/*.deb; do dpkg-deb -x "$d" "$DEST"; done
rm -rf "$DEST/usr/share/doc" # nobody reads it here, and examples in Go would count as packages of ours
libs=$(find "$DEST/usr/lib" "$DEST/lib" -name '*.so*' -printf '%h\n' 2>/dev/null | sort -u | tr '\n' ':')
for p in "$DEST"/usr/bin/* "$DEST"/usr/games/*; do
	[ -f "$p" ] && [ -x "$p" ] || continue
	n=$(basename "$p")
	printf '#!/bin/sh\nLD_LIBRARY_PATH="%s${LD_LIBRARY_PATH:-}" exec "%s" "$@"\n' "$libs" "$p" >"$DEST/bin/$n"
	chmod +x "$DEST/bin/$n"
done
# Debian's chromium start script looks for its program under /usr/lib: call the program itself.
if [ -x "$DEST/usr/lib/chromium/chromium" ]; then
	printf '#!/bin/sh\nLD_LIBRARY_PATH="%s${LD_LIBRARY_PATH:-}" exec "%s" "$@"\n' "$libs" "$DEST/usr/lib/chromium/chromium" >"$DEST/bin/chromium"
	chmod +x "$DEST/bin/chromium"
fi
# Debian's alertmanager reads its templates under /usr/share: let the copy read them where it is
# started, in a name of the same length, and start it beside them (give it absolute paths).
if [ -x "$DEST/usr/bin/prometheus-alertmanager" ]; then
	sed -i "s|/usr/share/prometheus/alertmanager|$(printf './%.0s' $(seq 17))|g" "$DEST/usr/bin/prometheus-alertmanager"
	printf '#!/bin/sh\ncd "%s" && exec "%s" "$@"\n' "$DEST/usr/share/prometheus/alertmanager" "$DEST/usr/bin/prometheus-alertmanager" >"$DEST/bin/prometheus-alertmanager"
fi
# Fonts: a user's own font folder is searched by default.
if [ -d "$DEST/usr/share/fonts" ]; then
	mkdir -p "${XDG_DATA_HOME:-$HOME/.local/share}/fonts"
	ln -sfn "$DEST/usr/share/fonts" "${XDG_DATA_HOME:-$HOME/.local/share}/fonts/dutyline-tests"
fi
rm -rf "$T"
