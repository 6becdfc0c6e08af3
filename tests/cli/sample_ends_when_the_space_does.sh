#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
code 0 hdrive sample sweep.yml -n 1000 --seed 1 --format jsonl
same "$(sort -u out | wc -l)" 24
same "$(wc -l <out)" 24
