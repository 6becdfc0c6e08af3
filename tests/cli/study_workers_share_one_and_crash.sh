#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

cat >sweep.yml <<'END'
sampling:
  type: tpe
  parameter_space:
  - {name: --x, expression: uniform, values: [0, 1]}
primary_metric_name: loss
primary_metric_goal: minimize
max_total_runs: 24
max_concurrent_runs: 4
END
hdrive create sweep.yml --name shared >name 2>note
# Each asks until it is told to stop.
script worker <<'END'
while t=$(hdrive ask shared --client "$1") || exit $(($? != 10)); do
	eval "set -- $1 $t"
	hdrive tell shared "$2" "$4" --client "$1" || exit 1
	echo "$2" >>"told.$1"
done
END
workers=
for client in a b c d; do
	./worker $client 2>err.$client &
	workers="$workers $!"
done
for worker in $workers; do
	wait "$worker" || fail "a worker: $(cat err.*)"
done
same "$(cat told.* | sort -n)" "$(seq 0 23)"
code 0 hdrive wait shared
code 0 hdrive replay shared
has out '24 suggestions'
has out 'all the same'

# A worker that is killed between its ask and its tell has it back.
code 0 hdrive create sweep.yml --name again
script victim <<'END'
hdrive ask again --client "$1" >asked
exec sleep 1000
END
hdrive ask again --client other >other
./victim v &
victim=$!
within 60 test -s asked
kill -9 $victim
wait $victim || :
same "$(hdrive ask again --client v)" "$(cat asked)"
same "$(hdrive ask again --client v)" "$(cat asked)"
code 0 hdrive tell again 1 0.5 --client v
code 0 hdrive ask again --client v
same "$(cut -d ' ' -f 1 out)" 2
same "$(hdrive ask again --client other)" "$(cat other)"
code 0 hdrive cancel again
same "$(cat out)" 2
sound
