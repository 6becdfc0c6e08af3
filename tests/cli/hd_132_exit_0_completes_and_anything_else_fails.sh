#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2 concurrent=1
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=1; exit $HDRIVE_TRIAL'
code 0 hdrive show @ --json
has out '"number":0,.*"state":"Completed"'
has out '"number":1,.*"state":"Failed"'
