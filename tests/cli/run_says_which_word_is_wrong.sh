#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
# Each is said with the word it stands in; nothing is created.
code 2 hdrive run -p lr=logunifrom:-9:-2 -p bs= -m min:loss -- true
has err "^-p lr=logunifrom:-9:-2: unknown expression 'logunifrom', did you mean 'loguniform'?$"
has err '^-p bs=: expected NAME=EXPR'
code 2 hdrive run -p lr=1,2 -m loss -- true
has err '^-m loss: the goal is missing: min:loss or max:loss$'
code 2 hdrive run -p lr=1,2 -m min:loss -n 0 -- true
has err "^--max-trials: 'max_total_runs' must be a whole number of at least 1, got 0$"
code 2 hdrive run -p lr=1,2 -m min:loss --timeout soon -- true
has err "'--timeout' must be a time"
code 2 hdrive run -p lr=1,2 -- true
has err 'no metric: -m min:NAME'
code 2 hdrive run -m min:loss -- true
has err 'no parameter: hdrive run -p'
code 2 hdrive run -p lr=1,2 -m min:loss
has err 'no training program: hdrive run'
code 2 hdrive run -p lr=1,2 -m min:loss train.py -- true
has err "unexpected 'train.py'"
code 2 hdrive run lst
has err "did you mean 'run list'"
[ ! -e .hdrive ] || fail 'something was created'
