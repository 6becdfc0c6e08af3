#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
. "$TEST_ROOT/tests/support/watch.sh"

# Trials log as they are told: a value for each file of theirs, and an end.
sweep total=9 concurrent=2 type=grid
script prog <<'END'
cd ../../../..
at=1
echo "trial $HDRIVE_TRIAL says hello"
while :; do
	[ ! -e "value-$HDRIVE_TRIAL-$at" ] || { cat "value-$HDRIVE_TRIAL-$at"; at=$((at + 1)); }
	[ ! -e "end-$HDRIVE_TRIAL" ] || {
		code=$(cat "end-$HDRIVE_TRIAL")
		[ "$code" = 0 ] || echo 'ValueError: no such kernel' >&2
		rm "end-$HDRIVE_TRIAL"
		exit "$code"
	}
	sleep 0.05
done
END
say() {
	echo "acc=$3" >"value-$1-$2.new"
	mv "value-$1-$2.new" "value-$1-$2"
}
end() {
	echo "$2" >"end-$1.new"
	mv "end-$1.new" "end-$1"
}
status() {
	hdrive status seen-1 | grep -q -- "$1"
}
code 0 hdrive submit sweep.yml --name seen-1 --detach -- ./prog
terminal 80 24
types 'hdrive watch --interval 0.1s'
shows '^ seen-1  Running  *grid  [0-9.]* s$'
shows ' 0/9  1 running$'
shows 'best none: no trial has reported acc yet'
shows '^. running 1 of 2 at a time '
shows ' #0  *no value yet'

# A curve grows while it is looked at, and the best is told with its parameters.
say 0 1 0.25
shows ' best acc 0.25 (#0)  --x 1 tag a b$'
shows ' 0/9  2 running$'
say 0 2 0.75
shows '^ #0     ▁█ .* 0.75 at 2 '
say 0 3 0.5
shows '^ #0     ▁█▅ .* 0.5 at 3 '
shows ' best acc 0.75 (#0)'
shows '★#0     running  *0.75  *0.5  *3 '
end 0 0
shows ' 1/9  1 completed  2 running$'
end 1 3
shows '^ #1     exit 3: ValueError: no such kernel$'
shows ' 2/9  1 completed  1 failed  2 running$'

# Sorted, filtered, searched.
shows '^. trials 4  by value ▼ '
keys s
shows '  by state ▼ '
keys s
shows '  by time ▼ '
keys s r
shows '  by number ▲ '
within 30 sh -c 'tmux -S ./terminal capture-pane -p -t t | grep -A 2 "by number" | grep -q "^  #3"'
keys r f
shows ' running only '
shows '^. trials 2 '
keys f
shows ' failed only '
shows '^. trials 1 '
shows '^  #1     failed .*exit 3  ValueError'
keys f / 'x 2'
shows ' /x 2 '
shows '^. trials 2 '
keys BSpace BSpace BSpace '#1' Enter
shows '^. trials 1 '
shows '^  #1     failed '

# Open: parameters beside the best one's, why it ended, what it said.
keys Enter
shows '^ trial 1 of seen-1  failed  *attempt 1 '
shows '^ exit 3'
shows '^ --x  *1  *the same$'
shows "^ tag  *c'd  *a b$"
shows '^ trial 1 says hello$'
shows '^ ValueError: no such kernel$'

# Another attempt; one goes on living, its log too.
keys R
shows '^trial 1 gets another attempt'
keys Escape Escape
shows '^. trials 4 .* all '
end 2 0
within 60 status '2 running, 2 completed'
keys / '#1' Enter Enter
shows '^ trial 1 of seen-1  running  *attempt 2 '
shows '^. attempts before this one '
shows 'up to interval 0  exit 3'
say 1 1 0.5
shows '^ acc 0.5  last 0.5 at 1 '
shows '^ acc  *0.5 ▅'

# Cancelled only when it is meant.
keys c
shows '^cancel trial 1, for good?  y/n'
keys n
shows '^nothing was done'
code 0 status '2 running'
keys c y
shows '^trial 1 is asked to end'
shows '^ trial 1 of seen-1  stopped'
within 60 status '1 stopped'
keys q
shows '^ seen-1  Running '

# Held: what ends is followed by nothing, and how many at a time can be changed.
keys Escape p
shows '^ seen-1  held '
shows '^ held: no new trials start; p lets it go on$'
within 60 status '^waiting  *held'
end 3 0
end 4 0
shows ' 5/9  4 completed  1 stopped$'
keys + + -
within 60 status 'of 3 in use'
shows '^3 trials at a time'
keys p
shows '^new trials start again'
shows ' 5/9  4 completed  1 stopped  3 running$'
shows '^. running 3 of 3 at a time '
code 0 hdrive status seen-1 --json
has out '"held":false'

# The sweep, too.
keys C
shows '^cancel the sweep seen-1?'
keys y
shows '^ seen-1  Canceled '
code 130 hdrive wait seen-1
keys C
shows '^the sweep has ended'
keys '?'
shows '^ act$'
keys x q
shows '^ready> *$'
sound
code 0 hdrive replay seen-1
has out ': all the same$'
