#!/bin/sh
# fetch.sh DEST — put a private Asterisk under DEST. Nothing is installed on the machine, root
# is not needed, and every package is verified with Debian's keys.
#
#   DEST/bin/asterisk  starts it (through its own loader: the machine's libc does not matter)
#   DEST/moddir        its module folder, relative to DEST
#   DEST/VERSION       what was taken, with the digest of every package
#
# With ASTERISK=<program> in the environment that one is looked at instead, and nothing is
# fetched. The machine's own package sources say where packages come from, or
# ASTERISK_MIRROR=<address of a Debian mirror>. ASTERISK_SUITES="…" names other releases.
# DEST appears complete or not at all: what an interrupted run left is cleared and begun anew.
set -eu

DEST=${1:?usage: fetch.sh DEST}
HERE=$(cd "$(dirname "$0")" && pwd)
RULE='asterisk: '
say() { printf '%s%s\n' "$RULE" "$*" >&2; }
die() {
	say "$*"
	exit 1
}

# --- a configured Asterisk ---------------------------------------------------------------------
if [ -n "${ASTERISK:-}" ]; then
	[ -x "$ASTERISK" ] || die "ASTERISK=$ASTERISK is not a program. Name an installed Asterisk 22, for instance ASTERISK=/usr/sbin/asterisk, or unset it to fetch a private one."
	say "using $ASTERISK ($("$ASTERISK" -V 2>/dev/null || echo 'version unknown'))"
	exit 0
fi
if [ -x "$DEST/bin/asterisk" ] && [ -s "$DEST/VERSION" ] && [ -s "$DEST/moddir" ]; then
	exit 0
fi

# --- what this needs ---------------------------------------------------------------------------
ELSE="or install Asterisk 22 yourself and set ASTERISK=<program>"
for tool in apt-get apt-cache dpkg dpkg-deb tar awk sed; do
	command -v "$tool" >/dev/null 2>&1 || die "$tool is missing, and with it Debian's package tools. Use a Debian-like machine, $ELSE."
done
KEYRING=
for k in /usr/share/keyrings/debian-archive-keyring.pgp /usr/share/keyrings/debian-archive-keyring.gpg; do
	[ -r "$k" ] && KEYRING=$k && break
done
[ -n "$KEYRING" ] || die "Debian's keys are missing, so packages could not be verified. Run: apt-get install debian-archive-keyring, $ELSE."
ARCH=$(dpkg --print-architecture)

# The address is that of the machine's own sources: a site's local mirror stays in use.
sources_mirror() {
	apt-get indextargets --format '$(ORIGIN)|$(CODENAME)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		awk -F'|' '$1 == "Debian" && $2 !~ /security/ { print $3; exit }'
}
listed_mirror() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
		grep -v '^[[:space:]]*#' | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' '
}
MIRROR=${ASTERISK_MIRROR:-$(sources_mirror || true)}
[ -n "$MIRROR" ] || MIRROR=$(listed_mirror || true)
[ -n "$MIRROR" ] || die "this machine's package sources name no Debian mirror. Set ASTERISK_MIRROR=<address>, $ELSE."

# --- work folder beside DEST, so that the last step is a rename -----------------------------------
mkdir -p "$(dirname "$DEST")"
DEST=$(cd "$(dirname "$DEST")" && pwd)/$(basename "$DEST")
WORK=$DEST.part
rm -rf "$WORK"
mkdir -p "$WORK"
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM HUP
A=$WORK/apt
NEW=$WORK/new

# apt with lists, cache and installed set of its own; the machine's proxies stay in force.
private_apt() {
	tool=$1
	shift
	"$tool" -q -o Dir::Etc::sourcelist="$A/sources.list" -o Dir::Etc::sourceparts="$A/none" \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$A/none" \
		-o Dir::State="$A" -o Dir::State::lists="$A/lists" -o Dir::State::status="$A/status" -o Dir::Cache="$A/cache" \
		-o APT::Architecture="$ARCH" -o APT::Architectures::="$ARCH" -o Acquire::Languages=none -o Acquire::Retries=3 \
		-o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 \
		-o APT::Install-Recommends=0 -o APT::Get::AllowUnauthenticated=false -o APT::Sandbox::User="$(id -un)" "$@"
}

# --- the first release that carries Asterisk ------------------------------------------------------
own_release() { (. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ] && echo "${VERSION_CODENAME:-}") || true; }
SUITE=
for s in ${ASTERISK_SUITES:-$(own_release) forky sid}; do
	say "looking for Asterisk in Debian $s"
	rm -rf "$A"
	mkdir -p "$A/none" "$A/lists/partial" "$A/cache/archives/partial" "$A/debs"
	: >"$A/status"
	echo "deb [signed-by=$KEYRING arch=$ARCH target=Packages] $MIRROR $s main" >"$A/sources.list"
	if ! private_apt apt-get update >"$A/update.log" 2>&1; then
		say "  not readable: $(grep -E '^(E|W|Err)' "$A/update.log" | head -n 1)"
		continue
	fi
	if private_apt apt-cache policy asterisk 2>/dev/null | grep -q 'Candidate: [0-9]'; then
		SUITE=$s
		break
	fi
done
[ -n "$SUITE" ] || die "no Debian release that this machine can reach carries Asterisk for $ARCH. Check the network and the package sources (apt-get update), name another mirror with ASTERISK_MIRROR=<address>, $ELSE."

# --- which packages -------------------------------------------------------------------------------
private_apt apt-get install -y --download-only --print-uris asterisk 2>"$A/solve.log" |
	sed -n "s/^'[^']*' \([^ ]*\)_[^_]*_[^_ ]* .*/\1/p" | sed 's/%3a.*//' | sort -u >"$A/all"
[ -s "$A/all" ] || die "the packages of Asterisk do not fit together in Debian $SUITE: $(tail -n 1 "$A/solve.log"). Try ASTERISK_SUITES=sid, $ELSE."
# What the modules of modules.conf.tmpl need; the whole set when that turns out too little.
NEED='asterisk|asterisk-modules|libc6|libgcc-s1|libstdc\+\+6|libxml2(-[0-9]+)?|libxslt1\.1|libsqlite3-0|libssl[0-9].*|libjansson4|liburiparser1|libuuid1|libcrypt1|libsystemd0|libcap2|libedit2|libpopt0|zlib1g|libzstd1|libtinfo6|libbsd0|libmd0|libspeex1|libspeexdsp1|libgsm1|libresample1|libsrtp2-1|liblzma5'
grep -xE "$NEED" "$A/all" >"$A/few" || true

# --- download (apt verifies each against the signed lists) and unpack -----------------------------
unpack() { # unpack LIST
	say "downloading $(wc -l <"$1") packages"
	# shellcheck disable=SC2046 # package names are words
	(cd "$A/debs" && private_apt apt-get download $(cat "$1") >"$A/download.log" 2>&1) ||
		die "a download failed: $(tail -n 1 "$A/download.log"). Run it again when the network is back."
	say "unpacking"
	rm -rf "$NEW"
	mkdir -p "$NEW/bin" "$NEW/root/usr/lib" "$NEW/root/usr/sbin" "$NEW/root/usr/bin"
	for d in lib sbin bin; do ln -s "usr/$d" "$NEW/root/$d"; done
	ln -s usr/lib "$NEW/root/lib64"
	for d in "$A"/debs/*.deb; do
		dpkg-deb --fsys-tarfile "$d" | tar -x -C "$NEW/root" --keep-directory-symlink --no-same-owner \
			--exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' \
			--exclude='./usr/share/lintian' --exclude='./usr/lib/*/gconv' --exclude='./usr/lib/*/perl*' ||
			die "$(basename "$d") cannot be unpacked: is the disk full? ($(df -h "$WORK" | awk 'NR==2 { print $4 }') free)"
	done
	LOADER=$(find "$NEW/root/usr/lib" -name 'ld-linux*.so.*' -type f | head -n 1)
	[ -n "$LOADER" ] || LOADER=$(find "$NEW/root/usr/lib" -name 'ld-linux*.so.*' | head -n 1)
	MODULES=$(find "$NEW/root/usr/lib" -type d -path '*/asterisk/modules' | head -n 1)
	LIBS=$(dirname "$(find "$NEW/root/usr/lib" -name libc.so.6 | head -n 1)")
	[ -n "$LOADER" ] && [ -n "$MODULES" ] && [ -d "$LIBS" ] || die "the packages of Debian $SUITE are laid out in a way that is not known. Try ASTERISK_SUITES=forky, $ELSE."
}

# lacking lists what the program and the shipped modules need and do not find.
lacking() {
	for m in "$NEW/root/usr/sbin/asterisk" $(sed -n 's/^\(load\|require\) *= *\(.*\.so\).*/\2/p' "$HERE/modules.conf.tmpl" | sed "s|^|$MODULES/|"); do
		if [ ! -e "$m" ]; then
			echo "$(basename "$m") is not among the packages"
		else
			"$LOADER" --library-path "$LIBS" --list "$m" 2>&1 | awk -v m="$(basename "$m")" '/not found|cannot|error while/ { print m ": " $0 }'
		fi
	done
}

unpack "$A/few"
if [ -n "$(lacking)" ]; then
	say "these are too few ($(lacking | head -n 1)): taking all $(wc -l <"$A/all")"
	unpack "$A/all"
	[ -z "$(lacking)" ] || die "still missing: $(lacking | head -n 1). Try ASTERISK_SUITES=sid, $ELSE."
fi

# --- the start script, what was taken, and into place ---------------------------------------------
cat >"$NEW/bin/asterisk" <<W
#!/bin/sh
d=\$(cd "\$(dirname "\$0")/.." && pwd)
exec "\$d/${LOADER#"$NEW"/}" --library-path "\$d/${LIBS#"$NEW"/}" "\$d/root/usr/sbin/asterisk" "\$@"
W
chmod +x "$NEW/bin/asterisk"
echo "${MODULES#"$NEW"/}" >"$NEW/moddir"
VERSION=$("$NEW/bin/asterisk" -V 2>/dev/null) || die "the unpacked Asterisk does not start on this machine. Look with: $NEW/bin/asterisk -V, $ELSE."
{
	echo "$VERSION ($ARCH, Debian $SUITE)"
	(cd "$A/debs" && sha256sum ./*.deb)
} >"$NEW/VERSION"
rm -rf "$DEST"
mv "$NEW" "$DEST"
say "$VERSION is ready in $DEST ($(du -sk "$DEST" | awk '{ print int($1 / 1024) }') MB)"
