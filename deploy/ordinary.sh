#!/bin/sh
# ordinary.sh — ORDINARY_CALLS ordinary calls of every outcome, and what was told of them (make ordinary).
set -eu
cd "$(dirname "$0")/.."
VAR=$(cd "${VAR:-var}" && pwd)
. deploy/env.sh
export VAR
go test ./cmd/dutyline -count 1 -timeout 30m -run TestSystemOrdinaryCalls -v
