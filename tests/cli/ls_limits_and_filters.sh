#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
for name in one-a-1 two-b-2 three-c-3; do
	hdrive submit sweep.yml -q --name $name -- sh -c 'echo acc=1' >out
done
code 4 hdrive submit sweep.yml -q --name four-d-4 -- false
code 0 hdrive ls
same "$(wc -l <out)" 5
same "$(sed -n 's/^\(four\).*/\1/p;2q' out)" four
code 0 hdrive ls --limit 2
same "$(wc -l <out)" 3
code 0 hdrive ls --state Failed
same "$(wc -l <out)" 2
code 0 hdrive ls --json --all
/usr/bin/python3 -c 'import json; assert len(json.load(open("out"))) == 4'
