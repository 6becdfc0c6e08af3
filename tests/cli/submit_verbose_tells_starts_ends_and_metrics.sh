#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
code 0 hdrive submit sweep.yml -v -- sh -c 'echo acc=1; echo acc=2'
has err '^trial 0 started'
has err '^trial 1 interval 2: acc 2'
has err '^trial 1 completed after'
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=1; echo acc=2'
hasnt err 'started$'
