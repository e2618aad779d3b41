#!/bin/sh
# ordinary.sh — ordinary calls of every outcome: what was told of them (ORDINARY_CALLS, make ordinary), or how
# their times agree with the peers' own (AGREEMENT_CALLS and RUN, make agreement).
set -eu
cd "$(dirname "$0")/.."
VAR=$(cd "${VAR:-var}" && pwd)
. deploy/env.sh
export VAR
go test ./cmd/dutyline -count 1 -timeout 30m -run "${RUN:-TestSystemOrdinaryCalls}" -v
