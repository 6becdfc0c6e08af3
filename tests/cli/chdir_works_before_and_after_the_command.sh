#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

mkdir deep
(cd deep && sweep)
code 0 hdrive -C deep validate sweep.yml
has out 'sweep.yml: OK'
code 0 hdrive validate sweep.yml -C deep
code 3 hdrive -C nowhere validate sweep.yml
