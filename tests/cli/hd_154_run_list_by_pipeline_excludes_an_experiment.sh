#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 2 hdrive run list --pipeline-run-id x -e y
has err '^hdrive: --pipeline-run-id and --experiment-name exclude each other$'
# There are no pipelines here: none of one has runs.
sweep total=1
code 0 hdrive submit sweep.yml -- echo acc=1
code 0 hdrive run list --pipeline-run-id x
same "$(cat out)" '[]'
