#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive help policies
has out '^bandit (BanditPolicy)'
has out 'slack_factor'
has out 'truncation_percentage.*1 to 99'
has out 'evaluation_interval'
code 0 hdrive help samplers
has out '^random:'
has out '^grid:'
