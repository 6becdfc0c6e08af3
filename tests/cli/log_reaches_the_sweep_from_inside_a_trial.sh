#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
code 0 hdrive submit sweep.yml -- sh -c 'hdrive log acc=0.25 "my loss"=3 --step 7'
code 0 hdrive metrics @ --csv
has out '^0,1,acc,0.25,7,metrics$'
has out '^1,2,my loss,3,7,metrics$'
