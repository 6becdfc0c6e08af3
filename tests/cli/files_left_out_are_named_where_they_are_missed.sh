#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2 concurrent=1
mkdir data
echo 1 >data/x.csv
echo data/ >.gitignore
script prog <<'END2'
cat data/x.csv || exit
echo acc=0.5
END2

# By the program itself: said once, with the rule.
code 4 hdrive submit sweep.yml -- ./prog
has err "^note: 'data/' is left out of the snapshot by '.gitignore', which may be what failed: "
same "$(grep -c 'left out' err)" 1

# On the command line: said before anything fails.
code 4 hdrive submit sweep.yml -- ./prog --data=./data/x.csv
has err "^note: 'data/' is left out of the snapshot by '.gitignore', so that '--data=./data/x.csv' "
# A full path leads to the file, so there is nothing to say.
code 4 hdrive submit sweep.yml -- ./prog --data "$PWD/data/x.csv"
hasnt err 'so that'

# The ways out.
echo '!data/' >.amlignore
code 0 hdrive submit sweep.yml -- ./prog
hasnt err 'left out'
rm .amlignore
code 0 hdrive submit sweep.yml --no-snapshot -- ./prog
hasnt err 'left out'

# A file of the snapshot that the program would write to: as any user but root
# would be told.
echo 1 >state.json
code 4 hdrive submit sweep.yml -- sh -c \
	"echo \"PermissionError: [Errno 13] Permission denied: 'state.json'\" >&2; exit 1"
has err "^note: 'state.json' is a file of the snapshot and read-only, which may be what failed: "
same "$(grep -c 'read-only' err)" 1

# What is no file is left out as well, and said.
mkfifo pipe
code 0 hdrive submit sweep.yml --set max_total_runs=1 -- sh -c 'echo acc=1'
has err "^note: 'pipe' is neither file, folder nor link"
