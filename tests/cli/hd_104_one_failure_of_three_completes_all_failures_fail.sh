#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=3
code 0 hdrive submit sweep.yml -- sh -c '[ $HDRIVE_TRIAL != 1 ] || exit 1; echo acc=1'
has err ': Completed in .*1 failed'
code 4 hdrive submit sweep.yml -- false
has err ': Failed in .*3 failed'
code 0 hdrive ls --state Failed
same "$(wc -l <out)" 2
