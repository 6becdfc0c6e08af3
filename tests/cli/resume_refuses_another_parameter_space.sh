#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2 concurrent=1
script prog <<'END'
echo acc=0.5
END
code 0 hdrive submit sweep.yml --name space-1 -- ./prog
sed 's/name: tag, expression: choice, values: .*/name: depth, expression: randint, values: [4]}/' \
	sweep.yml >other.yml
sed -i 's/max_total_runs: 2/max_total_runs: 4/' other.yml
code 1 hdrive resume space-1 --file other.yml
has err "the parameter space differs: 'tag' was choice(a b, c'd) and is gone; 'depth' is new"
code 0 hdrive show space-1
code 0 hdrive resume space-1 --file other.yml --accept-space
has err '4 completed'
code 0 hdrive show space-1 3 --json
has out '"depth"'
sound
