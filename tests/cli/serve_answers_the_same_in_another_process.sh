#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Sixty trials of every expression under each sampler that takes them, one at
# a time: the second study of a process, and a new process, give the same.
space='{"a": ["choice", [["x", "y", null, {"k": [1]}]]], "b": ["randint", [50]],
"c": ["uniform", [0, 1]], "d": ["quniform", [0, 8, 0.5]],
"e": ["loguniform", [-9, 0]], "f": ["qloguniform", [0, 5, 2]],
"g": ["normal", [0, 1]], "h": ["qnormal", [0, 9, 2]],
"i": ["lognormal", [0, 1]], "j": ["qlognormal", [0, 1, 1]]}'
space=$(echo "$space" | tr '\n' ' ')
study() {
	echo "{\"space\": $space, \"seed\": $2, \"max_total\": 60, \"sampler\": \"$1\"}"
	n=0
	while [ $n -lt 60 ]; do
		n=$((n + 1))
		echo '{"op": "ask"}'
		echo "{\"op\": \"tell\", \"id\": $n, \"value\": $((n * 7919 % 101)).5}"
	done
}
for sampler in random sobol tpe auto bayesian; do
	study $sampler 3 >one
	{ study $sampler 4; study $sampler 3; } >two
	hdrive serve --stdio <one >a
	hdrive serve --stdio <one >b
	cmp a b
	hdrive serve --stdio <two >both
	tail -n 60 both >c
	cmp a c
	same "$(grep -c '"id": ' a)" 60
	head -n 60 both >d
	if cmp -s a d; then
		fail "$sampler draws the same with another seed"
	fi
done
