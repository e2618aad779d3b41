#!/bin/sh
# fuzz.sh [TIME] [all] — the decoders of whatever comes from outside, each under random input for
# TIME: so long (1m), or so many inputs (make test gives them 2000x, which no busy machine cuts
# short). Where a number stands behind a decoder, it gets no more inputs than that unless TIME is a
# time: each of its inputs is a whole request, a whole call or all settings of a site. A number of inputs begins with the known
# ones only: what earlier runs found interesting would be tried first and leave no new ones, and takes
# longer with each run. With "all" also those whose build takes a minute. A failing input is left under testdata/fuzz of its package: mend the decoder and commit the
# file, it is a test from then on.
set -eu
cd "$(dirname "$0")/.."
TIME=${1:-2000x}
DECODERS='
telephony/ari FuzzDecode
telephony/cel FuzzDecode
telephony/cel FuzzRecords
telephony/hep FuzzDecode
telephony/probe FuzzParse
telephony/tape FuzzReader
telephony/tape FuzzRecord
telephony/tape FuzzWhole
recorder/archive FuzzReceive
dutylog FuzzParsePatch
dutylog FuzzParseDirectory
dutylog FuzzParseRoster
dutylog FuzzBill
dutylog FuzzLedgerNames
dutylog/sheet FuzzRead
dutylog/attached FuzzJudge
dutylog/backup FuzzManifest
dutylog/backup FuzzList
config FuzzConfig 300x
config FuzzRules 300x
alerts FuzzReadCode
telephony FuzzTracker 500x
web FuzzBodies 300x
'
SLOW='
web FuzzLastEventID
dutylog/sqlite FuzzCursor
dutylog FuzzCleanText
dutylog/pinyin FuzzFind
recorder FuzzPathFor
recorder FuzzFileNames
recorder/archive FuzzSealRoundTrip
recorder/archive FuzzEncryptedFile
telephony FuzzParseNumber
telephony/practice FuzzReadWAV
telephony/ringback FuzzListener
dutylog/paper FuzzPages
dutylog/workbook FuzzSafe
'
# Go calls it a failure when the time is up in the middle of an input; no input is left then.
outOfTime() { case $1 in *'Failing input written'*) return 1 ;; *'context deadline exceeded'*) return 0 ;; *) return 1 ;; esac; }
FOUND=$(mktemp -d)
trap 'rm -rf "$FOUND"' EXIT
[ "${2:-}" != all ] || DECODERS="$DECODERS$SLOW"
echo "$DECODERS" | while read -r package name most; do
	[ -n "$package" ] || continue
	bound=$TIME found=
	case $TIME in *x) bound=${most:-$TIME} found="-args -test.fuzzcachedir=$FOUND/$package" ;; esac
	# Without a bound, making one interesting input shorter would take all of a short time.
	# shellcheck disable=SC2086 # found is two words or none
	if ! said=$(go test "./$package" -run '^$' -fuzz "^$name\$" -fuzztime "$bound" -fuzzminimizetime 10x $found 2>&1) && ! outOfTime "$said"; then
		printf '%s\n' "$said"
		echo "fuzz: $package $name failed; the input is under $package/testdata/fuzz/$name" >&2
		exit 1
	fi
	inputs=$(printf '%s\n' "$said" | sed -n 's|.* execs: \([0-9]*\).*|\1|p' | tail -1)
	echo "$package $name: ${inputs:-only the known} inputs, bound $bound"
done
