#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

header='{"space": {"lr": ["uniform", [0, 1]]}, "seed": 3}'
{
	echo '{"op": "ask"}'
	echo garbage
	printf '{"x": "\377\001"}\n\n'
	head -c 1000000 /dev/zero | tr '\0' '['
	echo
	echo '{"space": {"lr": ["uniform", [1, 0]]}}'
	echo '{"op": "ask"}'
	echo "$header"
	echo '{"op": "ask"}'
	echo '{"op": "tell", "id": 1, "value": NaN}'
	# The last line needs no newline.
	printf '{"op": "ask"}'
} >questions
hdrive serve --stdio <questions >out
[ "$(wc -l <out)" = 7 ]
[ "$(grep -c '"error"' out)" = 5 ]
[ "$(tail -n 2 out | grep -c '"params"')" = 2 ]
code 0 hdrive serve --stdio
[ ! -s out ]

code 2 hdrive serve
has err 'serve --stdio'
code 2 hdrive serve --stdio --sampler foo
has err "unknown sampler 'foo'"
