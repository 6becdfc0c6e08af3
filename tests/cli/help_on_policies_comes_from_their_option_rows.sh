#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive help policies
has out '^bandit (BanditPolicy)'
has out 'slack_factor'
has out 'truncation_percentage.*1 to 99'
has out 'evaluation_interval'
has out '^asha: '
has out 'first_rung .*1 to 1000000; default 3'
has out 'spacing .*1 to 1000; default none'
has out 'lower .*any number; default none'
has out 'percentile .*0 to 100; default required'
code 0 hdrive help samplers
has out '^random:'
has out '^grid:'
