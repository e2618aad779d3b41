#!/bin/sh
# bench.sh VAR [NAME] — print one line per figure: figure NAME VALUE UNIT. NAME selects one, or several with spaces between.
# What is seen on the way goes to the standard error output; a failure is an exit status.
set -eu
cd "$(dirname "$0")/.."
VAR=${1:-var}
mkdir -p "$VAR/bin"
VAR=$(cd "$VAR" && pwd)
. deploy/env.sh
export VAR
export DUTYLINE_FIGURE="${2:-}"
export LOAD_SECONDS="${LOAD_SECONDS:-}" # how long calls go on for daemon_cpu_share; a minute
# A test program that is built first keeps its two outputs apart; go test would mix them.
go test -c -o "$VAR/bin/figures.test" ./cmd/dutyline
cd cmd/dutyline
{
	status=0
	"$VAR/bin/figures.test" -test.run '^$' -test.bench '^BenchmarkFigures$' -test.benchtime 1x -test.cpu "$(nproc)" -test.timeout 60m || status=$?
	printf '\nstatus %s\n' "$status"
} | awk '
	/^figure [a-z0-9_]+ [0-9.]+ [^ ]+$/ { print; fflush(); n++; next }
	/^status [0-9]+$/ { status = $2; next }
	/^(goos|goarch|pkg|cpu):|^Benchmark|^--- (FAIL|BENCH): |^ +[0-9]+\t +[0-9.]+ ns\/op|^(PASS|FAIL)?$/ { next }
	{ print > "/dev/stderr" }
	END { exit (status || !n) ? 1 : 0 }'
