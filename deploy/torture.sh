#!/bin/sh
# torture.sh VAR — calls are made and everything is hurt: daemon and Asterisk killed, disk and
# journal broken, clock set (make torture). What the SIP peers saw must be in the duty log.
#   CALLS= how many calls (default 200), KILLS= how many kill -9 (8), SEED= repeats a run;
#   HARMS=disk takes only the other harms with that word in their name, HARMS=none none; it says how many it left out.
# The last line is the result; the exit status is 0 only when its last four figures are 0 and
# every fault could be injected. A failing run keeps its folder under VAR/torture.
set -eu
cd "$(dirname "$0")/.."
VAR=${1:-var}
mkdir -p "$VAR/bin" "$VAR/torture"
VAR=$(cd "$VAR" && pwd)
. deploy/env.sh
export VAR
export CALLS="${CALLS:-}" KILLS="${KILLS:-}" SEED="${SEED:-}" HARMS="${HARMS:-}" DUTYLINE_TORTURE_DIR="$VAR/torture"
go test -c -o "$VAR/bin/torture.test" ./cmd/dutyline
cd cmd/dutyline
# Mounts of its own: they vanish with the bench. Root can mount an ext4 that stands still;
# anybody else gets a file system in memory, where the kernel gives user namespaces.
if [ "$(id -u)" = 0 ]; then own='unshare -m --propagation private'; else own='unshare -Urm'; fi
$own true 2>/dev/null || own=
{
	status=0
	$own "$VAR/bin/torture.test" -test.run '^$' -test.bench '^BenchmarkTorture$' -test.benchtime 1x -test.timeout 4h || status=$?
	printf '\nstatus %s\n' "$status"
} | awk '
	/^status [0-9]+$/ { status = $2; next }
	/^torture: calls=/ { last = $0; next }
	/^(goos|goarch|pkg|cpu):|^--- (FAIL|BENCH): |^ +[0-9]+\t +[0-9.]+ ns\/op|^(PASS|FAIL)?$/ { next }
	/^BenchmarkTorture/ { sub(/^BenchmarkTorture[^ \t]*[ \t]*/, ""); if ($0 == "" || $0 ~ /ns\/op/) next }
	{ print; fflush() }
	END { if (last != "") print last; exit (status || last == "") ? 1 : 0 }'
