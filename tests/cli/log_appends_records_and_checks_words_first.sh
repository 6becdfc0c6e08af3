#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

export HDRIVE_METRICS="$PWD/metrics"
code 0 hdrive log acc=0.5 loss=-1e-3 --step 4
code 0 hdrive log bad=nan worse=inf
same "$(wc -l <metrics)" 4
for word in acc acc= =1 acc=high acc=0x10 'acc= 1' 'acc=1 '; do
	code 2 hdrive log fine=1 "$word"
done
code 2 hdrive log acc=1 --step soon
same "$(wc -l <metrics)" 4
HDRIVE_METRICS="$PWD/no/such/folder/metrics" code 3 hdrive log acc=1
