#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
. "$TEST_ROOT/tests/support/watch.sh"

sweep total=3 concurrent=1
script prog <<'END'
for value in 1 2 3 4 5 6 7 8 9; do
	echo acc=0.$value
done
exit $((HDRIVE_TRIAL == 1))
END
code 0 hdrive submit sweep.yml --name fits-1 -- ./prog

# Not on a terminal, or not on one that can be drawn on.
code 2 hdrive watch
has err "^hdrive: 'hdrive watch' needs a terminal, and standard input is none; .*: hdrive status"
code 2 hdrive watch --interval soon
has err "'soon' is no time such as 2s"
code 2 hdrive watch --interval 2h
has err "'--interval' takes 0.05s to 1h, got '2h'"
code 2 hdrive watch a b

# says TEXT CODE COMMAND: on a terminal, where nothing is taken over.
says() {
	rm -f code
	types "clear; $3; echo \$? >code"
	within 30 test -s code
	same "$(cat code)" "$2"
	shows "$1"
	same "$(pane alternate_on)" 0
}
terminal 140 24
says 'standard output is none' 2 'hdrive watch >out'
says "TERM is 'dumb'; instead: hdrive status" 2 'TERM=dumb hdrive watch'
says "TERM is ''" 2 'env -u TERM hdrive watch'
says "watch: the terminal 'no-such-one' (TERM) is not known here" 2 'TERM=no-such-one hdrive watch'
says "no sweep.*'none-such'" 3 'hdrive watch none-such'
says 'no store at' 3 'hdrive --db nowhere/hdrive.db watch'

# Every size; what is too small says so until it is larger.
whole() {
	shows '^ fits-1  Completed '
	shows ' q quit  ? help '
	[ "$(screen | LC_ALL=C.UTF-8 wc -L)" -le "$1" ] || fail "wider than $1"
}
foot_is_line() {
	screen | sed -n "$1p" | grep -q 'q quit'
}
types 'hdrive watch'
whole 140
for size in 80x24 120x40 200x60 40x10 60x12 300x100; do
	resize "${size%x*}" "${size#*x}"
	within 30 foot_is_line "${size#*x}"
	whole "${size%x*}"
done
resize 39 24
shows 'terminal too small: 39x24'
shows '40x10 are needed'
hides 'q quit'
resize 80 9
shows 'terminal too small: 80x9'
resize 1 1
resize 7 3
resize 80 24
whole 80

# Without a key for each terminal: none of these is Escape, which would leave.
keys End
in_tmux send-keys -t t -H 1b 5b 46 1b 4f 50 1b 5b 39 39 7e 1b 5b 31 7e
keys '?'
shows '^ act$'
keys x Enter
shows '^ trial [0-9] of fits-1 '
resize 40 10
shows '^ Esc back'
resize 150 50
shows ' metrics .* last, curve, range '
keys q q
shows '^ready> *$'

# Colours only where they are wanted, and signs of ASCII where nothing else is known.
colored() {
	in_tmux capture-pane -e -p -t t | grep -q "$(printf '\033')\\[[0-9;]*[34][0-8]"
}
types 'hdrive watch'
whole 150
colored || fail 'no colours'
keys q
for without in 'NO_COLOR=1 hdrive watch' 'hdrive --no-color watch' 'hdrive watch --no-color'; do
	shows '^ready> *$'
	types "clear; $without"
	whole 150
	! colored || fail "colours by $without"
	keys q
done
shows '^ready> *$'
types 'clear; LC_ALL=C hdrive watch'
shows '^ fits-1  Completed '
resize 80 24
shows '^ best acc 0.9 (#0)'
shows '^- trials 3  by value v '
! screen | LC_ALL=C grep -q '[^ -~]' || fail 'more than ASCII'
keys Enter
shows '^ acc  *0.9 _.:-==+\*#'
keys q q
