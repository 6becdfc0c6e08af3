#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Each trial counts the engine's; with one at a time all see the same.
sweep total=24 concurrent=1
script prog <<'END'
engine=$(cat "$1/engine")
set -- /proc/"$engine"/fd/*
echo acc=$#
END
sh -c 'echo $$ >engine; exec hdrive submit sweep.yml --name a -- ./prog "$PWD"' \
	>out 2>err </dev/null || fail "it gave $?"
code 0 hdrive metrics a --json
/usr/bin/python3 - <<-'END'
	import json
	counts = [metrics["acc"][0] for metrics in json.load(open("out")).values()]
	assert len(counts) == 24 and max(counts) - min(counts) <= 3, counts
END
