#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
# A line is a sweep: its values reach the program as they are, and it is gone
# on with and replayed like one of a file.
script prog <<'END'
printf '%s|' "$@" >>"$LOG"
echo >>"$LOG"
echo loss=0.5
END
LOG=$PWD/log
export LOG
code 0 hdrive run -p bs=16,32 -p 'w="a, b",c"d' -m min:loss --sampler grid --name line-1 \
	-- ./prog 'x{bs}' '{{bs}}' '${bs}' --k
has out '^line-1$'
has err 'line-1: 4 trials, grid, 1 at a time'
same "$(cat log)" 'x16|{bs}|${bs}|--k|--w|a, b|
x16|{bs}|${bs}|--k|--w|c"d|
x32|{bs}|${bs}|--k|--w|a, b|
x32|{bs}|${bs}|--k|--w|c"d|'
replays line-1
code 0 hdrive run -p x=1..10 -m max:loss -n 2 -j 2 --seed 3 --name line-2 -- ./prog
has err '2 trials, random, 2 at a time'
code 0 hdrive resume line-2 -n 5
code 0 hdrive status line-2
has out '5 completed'
# Flags of submit are its own too.
code 7 hdrive run -p x=1,2 -m min:loss --require 'best<0.1' -- ./prog
code 0 hdrive run -p x=1,2 -m min:loss --dry-run=1 -- ./prog
has out '^0  \["./prog","--x","[12]"\]$'
code 0 hdrive run -p x=1,2 -m min:loss --policy bandit:slack_factor=0.5 -q --detach --name line-3 \
	-- ./prog
code 0 hdrive wait line-3
code 0 hdrive best line-3 --format args
sound
# Azure's words are there still, and both are in the help.
code 0 hdrive run list -o table
code 0 hdrive run --help
has out '--param NAME=EXPR'
has out 'run submit-hyperdrive'
