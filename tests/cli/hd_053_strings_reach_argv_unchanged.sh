#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep type=grid total=2 concurrent=1
script prog <<'END'
for word in "$@"; do printf '<%s>' "$word"; done
echo; echo acc=1
END
code 0 hdrive submit sweep.yml -- ./prog 'x  y' '$HOME' ''
code 0 hdrive logs @ 0 --stdout
has out '^<x  y><$HOME><><--x><1><--tag><a b>$'
code 0 hdrive logs @ 1 --stdout
has out "<--tag><c'd>"
