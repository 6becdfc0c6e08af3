#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
hdrive sample - -n 2 --seed 1 --format jsonl <sweep.yml >a
hdrive sample sweep.yml -n 2 --seed 1 --format jsonl >b
cmp a b
