#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
script prog <<'END'
echo loss=1
END
code 0 hdrive run -p x=1,2 -m min:loss --name one -- ./prog
code 0 hdrive run -p y=1,2,3 -m min:secret --name two -- sh -c 'echo secret=1'
# A store of one sweep alone, with nothing of the others.
code 0 hdrive export one --copy share.db
same "$(cat out)" share.db
code 0 hdrive --db share.db ls
has out '^one .* 2/2 '
hasnt out two
hasnt share.db secret
code 0 hdrive --db share.db best one
code 2 hdrive export two --copy share.db
has err "'share.db' is there already"
code 1 hdrive export two --copy nowhere/share.db
code 3 hdrive export two -o nowhere/x.csv
has err "cannot write 'nowhere/x.csv'"
code 3 hdrive export three
code 2 hdrive export one --format xml
has err "unknown format 'xml', one of: csv, jsonl"
code 2 hdrive export one --metrics deep
code 2 hdrive export one --copy a.db -o b.csv
[ ! -e a.db ] && [ ! -e b.csv ] || fail 'something was written'
same "$(find . -name '*.tmp')" ''
