#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
code 4 hdrive submit sweep.yml -- true
code 4 hdrive best
code 0 hdrive status
has out 'best *none'
code 0 hdrive status --json
has out '"best_trial":null'
code 0 hdrive metrics --json
same "$(grep -c '":{}' out)" 2
code 0 hdrive ls
code 0 hdrive show @
