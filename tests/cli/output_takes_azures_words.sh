#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive ls -o json
same "$(cat out)" '[]'
sweep total=2
script prog <<'END'
echo acc=1
echo '{"a,\"b\"": 2}'
END
code 0 hdrive submit sweep.yml --name out-1 --no-smoke -- ./prog
# All that two looks a moment apart may differ in.
ageless() {
	sed 's/[0-9][0-9.a-z ]* ago/some ago/' "$1"
}
for command in ls best metrics status show; do
	code 0 hdrive $command -o table
	mv out table
	code 0 hdrive $command
	[ -s out ] || fail "$command: nothing"
	ageless out >plain
	ageless table | cmp - plain || fail "$command: another table"
	code 0 hdrive $command -o json
	mv out json
	code 0 hdrive $command --json
	cmp out json || fail "$command: other JSON"
	code 2 hdrive $command -o xml
	has err "^hdrive: unknown output 'xml', one of: json, table"
done
code 0 hdrive ls -o tsv
has out "^out-1	HD_[0-9a-f-]*	Completed	2	2	acc	1	[01]$"
code 0 hdrive best -o tsv
has out '^[01]	1	Completed	{'
# Commas and quotes of a text do not become fields.
code 0 hdrive metrics -o tsv
has out '^0	2	a,"b"	2		stdout$'
code 2 hdrive show -o tsv
