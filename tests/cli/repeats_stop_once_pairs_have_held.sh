#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Of its two parameters one has no effect: trials of a width log the same. Those
# of width 9 fail behind their third value.
script prog <<'EOF'
i=0
while [ $i -lt 8 ]; do
	i=$((i + 1))
	echo "acc: $(($1 * 10 + i * i % 7 + i)).$1"
	[ $i != 2 ] || sleep 0.2 # time to be stopped in
	[ "$1$i" != 93 ] || exit 1
done
EOF
repeating() {
	hdrive run -p width=3,5,7,9,11 -p nothing=1..9 -m max:acc -n 18 -j 1 \
		--seed 5 "$@" -- ./prog '{width}'
}

repeating --policy 'asha:first_rung=100' --name some >out 2>err
has err ' at interval 2: the first 2 values are those of trial '
again=$(sed -n 's/.*trial \([0-9]*\) .*at interval 2: the first.*/\1/p' err | head -n 1)
code 0 hdrive show some "$again" --why
has out 'of [0-9]* pairs that agreed so far [0-9]* went on alike'
replays some
has out ' [1-9][0-9]* stops: all the same$'
# Who failed tells nothing: none of width 9 was stopped.
code 0 hdrive show some
has out 'Failed .*--width 9'
has out 'Canceled .*--width 5'
hasnt out 'Canceled .*--width 9'

repeating --policy 'asha:first_rung=100,repeats=keep' --name none >out 2>err
hasnt err ' at interval 2: the first'
replays none
has out ' 0 stops: all the same$'

code 2 hdrive run -p x=0..1 -m max:acc --policy 'asha:repeats=perhaps' -- ./prog 1
has err 'repeats'
sound
