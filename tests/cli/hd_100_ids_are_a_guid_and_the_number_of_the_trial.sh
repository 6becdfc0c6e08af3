#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=3
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=1'
code 0 hdrive show @ --json
hex='[0-9a-f]'
guid="HD_$hex\{8\}-$hex\{4\}-$hex\{4\}-$hex\{4\}-$hex\{12\}"
has out '^{"name":"[a-z]*-[a-z]*-[0-9]*","id":"'"$guid"'"'
for number in 0 1 2; do
	has out "\"number\":$number,\"id\":\"${guid}_$number\""
done
