#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
code 0 hdrive submit sweep.yml --name logs-1 -- sh -c '
	echo acc=1; echo oops >&2; echo mine >logs/own; hdrive log more=2'
code 2 hdrive run download-logs -r logs-1
has err "^hdrive: '-d' is missing: hdrive run download-logs -r ID -d DIR"
code 2 hdrive run download-logs -d there
has err "^hdrive: '-r' is missing"
[ ! -e there ] || fail 'something was made'

code 0 hdrive run download-logs -r logs-1/1 -d one/folder
same "$(cat one/folder/user_logs/std_log.txt)" "$(printf 'acc=1\noops')"
same "$(cat one/folder/logs/own)" mine
has one/folder/azureml-logs/metrics more

id=$(hdrive run show -r logs-1 --query run_id -o tsv)
code 0 hdrive run download-logs -r logs-1 -d all
for number in 0 1; do
	has "all/${id}_$number/user_logs/std_log.txt" '^acc=1$'
	same "$(cat "all/${id}_$number/logs/own")" mine
done
hdrive metrics logs-1 --json | cmp - all/metrics.json || fail 'other metrics'
same "$(find all one -name '*.tmp')" ''
code 3 hdrive run download-logs -r nobody -d all
