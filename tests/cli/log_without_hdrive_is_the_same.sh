#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# The launcher under the command's name, as it lies on a host without hdrive,
# writes what the command writes and says what it says.
mkdir bin trial
cp "$TEST_BUILD/hdrive-launch" bin/hdrive
stand_in=$PWD/bin/hdrive
HDRIVE_DIR=$PWD/trial
export HDRIVE_DIR

logged() {
	rm -f theirs ours
	HDRIVE_METRICS=$PWD/theirs code 0 hdrive log "$@"
	HDRIVE_METRICS=$PWD/ours code 0 "$stand_in" log "$@"
	sed 's/"ts":[0-9.]*/"ts":0/' theirs >a
	sed 's/"ts":[0-9.]*/"ts":0/' ours >b
	cmp a b || fail "'$*' is written in another way: $(cat b)"
	case $(cat ours) in
	*'"ts":'[1-9][0-9]*.[0-9][0-9][0-9][0-9][0-9][0-9]'}') ;;
	*) fail "no time in '$(cat ours)'" ;;
	esac
}
logged loss=0.25
logged loss=0.25 accuracy=0.9 --step 3
logged --step=-7 'a=b=1' 'na"me=2'
logged x=nan y=inf z=-inf w=-0.5
logged café=1

refused() {
	HDRIVE_METRICS=$PWD/none code 2 "$stand_in" log "$@"
	[ -s err ] || fail "nothing was said of '$*'"
	[ ! -e none ] || fail "'$*' was written in part"
}
refused
refused loss
refused '=1'
refused good=1 bad=1x
refused loss=0x10
refused loss=1e
refused loss=1 --step x
refused loss=1 --step 99999999999999999999
refused loss="$(printf '%080d' 1)"
code 2 "$stand_in" log loss=1
has err 'not inside a trial'
code 2 "$stand_in" submit x.yml
has err "'hdrive log' alone"
HDRIVE_METRICS=$PWD/no/such/folder code 1 "$stand_in" log loss=1

# The engine asks it to stop.
: >trial/stop
HDRIVE_METRICS=$PWD/ours code 10 "$stand_in" log loss=1

# Other ways to write a number are made JSON's.
rm trial/stop ours
HDRIVE_METRICS=$PWD/ours code 0 "$stand_in" log a=9e-1 b=+.5 c=7. d=-007 e=1E+3
for value in 9e-1 0.5 7.0 -7 1E+3; do
	has ours "\"value\":$value,"
done
