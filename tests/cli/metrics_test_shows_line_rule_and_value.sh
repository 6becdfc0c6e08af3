#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

printf 'epoch 1\nacc=0.5\nnothing\nacc: 0.75\n{"acc": 0.9, "step": 3}\n' >log
code 0 hdrive metrics test log
has out '^ *2  0.5 .*acc$'
has out '^ *4  0.75 '
has out '^ *5  0.9 '
has err '3 values from 3 lines'
code 0 hdrive metrics test log --format json
same "$(wc -l <out)" 3
code 0 hdrive metrics test log --pattern '^(?<name>epoch) (?<value>\d+)'
same "$(grep -c epoch out)" 1
printf 'nothing\n' >log
code 4 hdrive metrics test log
code 3 hdrive metrics test nowhere
code 2 hdrive metrics test log --pattern '('
code 2 hdrive metrics test
printf 'acc=1\n' | hdrive metrics test - >out
has out '1  1 '
