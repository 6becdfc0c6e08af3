#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
. "$TEST_ROOT/tests/support/watch.sh"

sweep total=2 concurrent=1
script prog <<'END'
echo acc=0.$2
until [ -e ../../../../go ]; do sleep 0.1; done
END
pid_of() {
	/usr/bin/python3 -c 'import sqlite3, sys
print(sqlite3.connect(".hdrive/hdrive.db").execute(
	"SELECT engine_pid FROM sweep WHERE name = ?", sys.argv[1:]).fetchone()[0])' "$1"
}
code 0 hdrive submit sweep.yml --name first-1 --detach -- ./prog
within 60 sh -c 'hdrive status first-1 | grep -q "1 running"'

# One runs: that one, by no name or by a part of one.
terminal 100 24
types 'hdrive watch --interval 0.1s'
shows '^ first-1  Running '
keys q
shows '^ready> *$'

# Two run: a list to choose from, which grows while it is looked at.
code 0 hdrive submit sweep.yml --name second-1 --detach -- ./prog
within 60 sh -c 'hdrive status second-1 | grep -q "1 running"'
types 'hdrive watch --interval 0.1s'
shows '^ sweeps 2, running 2'
shows '^  first-1  *Running  *·* *0/2 '
code 0 hdrive submit sweep.yml --name third-1 --detach -- ./prog
shows '^ sweeps 3, running 3'
keys Down Down Enter
shows '^ first-1  Running '
keys Escape
shows '^ sweeps 3, running 3'
keys Up Enter
shows '^ second-1  Running '

# Its engine dies: said within a look, with the way on.
engine=$(pid_of second-1)
kill -9 "$engine"
shows '^ second-1  engine gone '
shows "engine gone: process $engine is no more; go on with: hdrive resume second-1"
# What can be stored is, what cannot says how.
keys p
shows '^held: a resume will start no new trials'
shows '^ second-1  engine gone'
code 0 hdrive status second-1 --json
has out '"held":true'
keys +
shows '^a resume will run 2 at a time'
keys c y
shows 'no engine runs it; what is left is stopped by: hdrive cancel second-1 0'
keys p
shows 'held no more; no engine runs it: hdrive resume second-1'
touch go
code 0 hdrive resume second-1
shows '^ second-1  Completed '
shows ' 2/2  2 completed$'
code 0 hdrive wait first-1
code 0 hdrive wait third-1

# The sweep goes, then the store: what stood last stays, and is said to be the past.
code 0 hdrive gc second-1 --sweeps --yes
shows 'the sweep was removed: this is how it stood last'
shows '^ second-1  removed '
keys l
shows '^ sweeps 2, running 0'
keys Enter
shows ' 2/2  2 completed$'
mv .hdrive gone
shows 'the store was removed: this is how it stood last'
shows '  removed '
shows ' 2/2  2 completed$'
keys Down Up s f q
shows '^ready> *$'
mv gone .hdrive
