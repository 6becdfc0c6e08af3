#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
code 0 hdrive submit sweep.yml --dry-run=2 --seed 4 -- python train.py --name 'a b'
same "$(wc -l <out)" 2
has out '^0  \["python","train.py","--name","a b","--x","[0-9]*","--tag",".*"\]$'
has out '^1  \['
[ ! -e .hdrive ] || fail 'a store was made'
code 0 hdrive submit sweep.yml --dry-run --seed 4 -- python train.py
same "$(wc -l <out)" 4
code 0 hdrive submit sweep.yml --dry-run=1 --json -- python
has out '"parameters":{'
