#!/bin/sh
# fuzz.sh [TIME] [all] — the decoders of whatever comes from outside, each under random input for
# TIME: so long (1m), or so many inputs (make test gives them 2000x, which no busy machine cuts
# short). Where a number stands behind a decoder, it gets no more inputs than that unless TIME is a
# time: each of its inputs is a whole request, a whole call or all settings of a site. A number of inputs begins with the known
# ones only: what earlier runs found interesting would be tried first and leave no new ones, and takes
# longer with each run. They are changed at random; with a time, what they reach in the code guides them, too.
# With "all" also the properties that no input from outside reaches as it comes. Every fuzz
# test of the tree stands in one of the two lists. A failing input is left under testdata/fuzz of its package: mend
# the decoder and commit the file, it is a test from then on.
set -eu
cd "$(dirname "$0")/.."
TIME=${1:-2000x}
DECODERS='
telephony/ari FuzzDecode
telephony/ari FuzzCallerName
telephony/cel FuzzDecode
telephony/cel FuzzRecords
telephony/hep FuzzDecode
telephony/probe FuzzParse
telephony/tape FuzzReader
telephony/tape FuzzRecord
telephony/tape FuzzWhole
recorder/archive FuzzReceive
recorder/archive FuzzEncryptedFile
dutylog FuzzParsePatch
dutylog FuzzParseDraft
dutylog FuzzParseDirectory
dutylog FuzzParseRoster
dutylog FuzzBill
dutylog FuzzLedgerNames
dutylog FuzzSearch
dutylog/audit FuzzParse
dutylog/audit FuzzContent
dutylog/sheet FuzzRead
dutylog/sheet FuzzRosterTable
dutylog/document FuzzATemplate 300x
dutylog/attached FuzzJudge
dutylog/backup FuzzManifest
dutylog/backup FuzzList
config FuzzConfig 300x
config FuzzRules 300x
alerts FuzzReadCode
telephony FuzzTracker 500x
telephony FuzzSettle 500x
telephony FuzzDialable
web FuzzBodies 900x
web FuzzLastEventID
cmd/dutyline FuzzSweep 300x
'
PROPERTIES='
telephony FuzzParseNumber
telephony FuzzARuleHasOneSpelling
telephony/practice FuzzReadWAV
telephony/practice FuzzDisplayName
telephony/practice FuzzNumber
telephony/ringback FuzzListener
recorder FuzzPathFor
recorder FuzzFileNames
recorder FuzzRetention
recorder/archive FuzzSealRoundTrip
dutylog FuzzCleanText
dutylog FuzzDates
dutylog FuzzHolidays
dutylog FuzzMask
dutylog FuzzNoteInto
dutylog FuzzPhrase
dutylog FuzzASampleIsOfItsMonth
dutylog FuzzTalliesAreReadOrRefused
dutylog/pinyin FuzzFind
dutylog/paper FuzzPages
dutylog/paper FuzzAnySheet
dutylog/paper FuzzThePictureStaysOnThePaper
dutylog/sqlite FuzzCursor
dutylog/sqlite FuzzGroups
dutylog/sqlite FuzzHolders
dutylog/workbook FuzzSafe
'
grep -rn --include='*_test.go' '^func Fuzz' alerts cmd config dutylog recorder telephony web | sed 's|/[^/]*_test.go:[0-9]*:func | |; s|(.*||' | while read -r package name; do
	case "$DECODERS$PROPERTIES" in *"
$package $name
"* | *"
$package $name "*) ;; *) echo "fuzz: $package $name stands in no list of deploy/fuzz.sh: add it" >&2; exit 1 ;; esac
done
# Go calls it a failure when the time is up in the middle of an input; no input is left then.
outOfTime() { case $1 in *'Failing input written'*) return 1 ;; *'context deadline exceeded'*) return 0 ;; *) return 1 ;; esac; }
[ "${2:-}" != all ] || DECODERS="$DECODERS$PROPERTIES"
FOUND=$(mktemp -d)
trap 'rm -rf "$FOUND"' EXIT
# fuzz PACKAGE runs its fuzz tests one after the other, from one program.
fuzz() {
	package=$1
	program=$FOUND/$(echo "$package" | tr / -).test
	# What guides the inputs is built into the program and all that it uses, which takes minutes; so few inputs are hardly guided.
	case $TIME in *x) guided= ;; *) guided='-fuzz .' ;; esac
	# shellcheck disable=SC2086 # two words or none
	go test -c $guided -o "$program" "./$package"
	echo "$DECODERS" | while read -r of name most; do
		[ "$of" = "$package" ] || continue
		bound=$TIME known=$(go env GOCACHE)/fuzz/$package hands=
		case $TIME in *x) bound=${most:-$TIME} known=$FOUND/$package hands='-test.parallel 1' ;; esac
		# Without a bound, making one interesting input shorter would take all of a short time.
		# shellcheck disable=SC2086 # hands is two words or none
		if ! said=$(cd "$package" && "$program" -test.run '^$' -test.fuzz "^$name\$" -test.fuzztime "$bound" -test.fuzzminimizetime 10x -test.fuzzcachedir "$known" $hands 2>&1) && ! outOfTime "$said"; then
			printf '%s\n' "$said"
			echo "fuzz: $package $name failed; the input is under $package/testdata/fuzz/$name" >&2
			exit 1
		fi
		inputs=$(printf '%s\n' "$said" | sed -n 's|.* execs: \([0-9]*\).*|\1|p' | tail -1)
		case $TIME in *x) [ -n "$inputs" ] || { echo "fuzz: $package $name: of $bound inputs none was new, it has as many known ones: give it more in deploy/fuzz.sh" >&2; exit 1; } ;; esac
		echo "$package $name: ${inputs:-only the known} inputs, bound $bound"
	done
}
# Where inputs are counted, the packages go in two halves beside one another; where time is, one after the other.
packages=$(echo "$DECODERS" | awk 'NF { print $1 }' | uniq | awk '!seen[$0]++')
halves=1
case $TIME in *x) halves=2 ;; esac
half() { echo "$packages" | awk -v n="$1" -v of="$halves" 'NR % of == n' | while read -r p; do fuzz "$p" || exit 1; done; }
if [ "$halves" = 1 ]; then
	half 0
else
	half 0 &
	other=$!
	status=0
	half 1 || status=$?
	wait "$other" || status=$?
	exit "$status"
fi
