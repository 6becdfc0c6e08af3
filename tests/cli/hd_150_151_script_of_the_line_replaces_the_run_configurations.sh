#!/bin/sh
# A script must stand somewhere; the one behind "--" wins, with a note.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1 concurrent=1
echo 'arguments: [--n, 1]' >bare.runconfig
code 2 hdrive submit sweep.yml -c bare --dry-run=1
has err "run configuration 'bare' names no script"
[ ! -e .hdrive ] || fail 'a store was made'
printf 'print("acc=1")\n' >train.py
printf 'script: other.py\narguments: [--n, 1]\n' >both.runconfig
code 2 hdrive submit sweep.yml -c both --dry-run=1
has err "both.runconfig:1:9: script 'other.py' is not a file in '.'"
code 0 hdrive submit sweep.yml -c both --dry-run=1 --seed 1 -- train.py --m 2
has out '^0  \["python3\{0,1\}","train.py","--m","2","--x",'
has err "note: 'train.py' and its arguments in place of the run configuration's"
# What is no script is a program of its own.
script prog <<'END'
echo acc=1
END
code 0 hdrive submit sweep.yml -c both --dry-run=1 -- ./prog --m 2
has out '^0  \["./prog","--m","2","--x",'
# Options that only help a run configuration say so without one.
code 2 hdrive submit sweep.yml --dataset a=b -- ./prog
has err "'--dataset' needs a run configuration"
