#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
code 0 hdrive validate sweep.yml
same "$(cat out)" 'sweep.yml: OK'
sed 's/maximize/upwards/; s/max_total_runs: 4/max_total_runs: 0/' sweep.yml >bad.yml
code 2 hdrive validate bad.yml sweep.yml
has err '^bad.yml:8:'
has err '^bad.yml:9:'
has out '^sweep.yml: OK'
code 3 hdrive validate nowhere.yml
