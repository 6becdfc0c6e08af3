#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

cat >sweep.yml <<'END'
sampling:
  type: random
  parameter_space:
  - {name: --lr, expression: loguniform, values: [-9, 0]}
  - {name: opt, expression: choice, values: ["a b", "it's", '$(echo no)', "new\nline"]}
policy: {type: BanditPolicy, slack_factor: 0.1}
primary_metric_name: loss
primary_metric_goal: minimize
max_total_runs: 9
max_concurrent_runs: 2
END
code 0 hdrive create sweep.yml --name night --seed 3
same "$(cat out)" night
[ ! -s err ]
code 2 hdrive create sweep.yml --name night
has err "the name 'night' is taken"
code 3 hdrive create no-such.yml
code 2 hdrive create sweep.yml --set max_total_runs=0
same "$(hdrive ls | wc -l)" 2

# The words are those of the JSON, whatever a shell makes of them.
for client in a b c d e f; do
	eval "set -- $(hdrive ask night --client $client)"
	same $# 5
	number=$1
	same "$2 $4" '--lr --opt'
	code 0 hdrive ask night --client $client --json
	same "$(cat out)" "$(/usr/bin/python3 - "$@" <<-'END'
	import json, sys
	print(json.dumps({"trial": int(sys.argv[1]),
	    "parameters": {"--lr": float(sys.argv[3]), "opt": sys.argv[5]},
	    "intervals": 0},
	    separators=(",", ":")))
	END
	)"
	lr=$3 opt=$5
	(
		eval "$(hdrive ask night --client $client --format env)"
		same "$HDRIVE_TRIAL" "$number"
		same "${lr-}" "$3"
		same "${opt-}" "$5"
	)
done
# The environment says who asks as well.
same "$(HDRIVE_CLIENT=c hdrive ask night)" "$(hdrive ask night --client c)"
code 2 hdrive ask night --client ''

code 0 hdrive report night 0 1
code 0 hdrive report night 1 1.05
code 10 hdrive report night 4 nan
code 10 hdrive report night 2 1.5
has out 'best so far 1.5 > 1.1'
code 0 hdrive tell night 2 1.5
code 0 hdrive tell night 0 -0.5
[ ! -s out ] && [ ! -s err ]
# Again and late: nothing changes, and it is no fault.
code 0 hdrive tell night 0 7
has err 'trial 0 has ended before: nothing was changed'
code 10 hdrive report night 0 7
has out 'has ended'
code 0 hdrive tell night 1
code 0 hdrive tell night 3 --failed --detail 'no luck'
code 0 hdrive tell night 4 --canceled
code 0 hdrive tell night 5 -inf --client f
code 2 hdrive tell night 5 1 --failed
code 2 hdrive tell night 5 1 --detail why
code 2 hdrive tell night 5 none
code 2 hdrive tell night x 1
code 3 hdrive tell night 77 1
has err 'there is no trial 77, 6 were asked for'
code 3 hdrive tell nobody 0 1
code 0 hdrive show night
has out ' 0  Completed  *-0.5 '
has out ' 1  Completed  *1.05  '
has out ' 2  Canceled '
has out ' 3  Failed '
has out ' 4  Canceled '
code 0 hdrive show night 3
has out 'no luck'
eval "set -- $(hdrive best night --format args)"
same "$*" "--lr $lr --opt $opt"

code 0 hdrive enqueue night -p lr=0.5 -p 'opt=a b'
same "$(cat out)" 1
code 0 hdrive ask night --client g
same "$(cat out)" "6 --lr 0.5 --opt 'a b'"
code 2 hdrive tell night 6 1 --client a
has err "asked for by 'g', not by 'a'"
code 0 hdrive tell night 6 1 --client g
hdrive ask night >last
hdrive ask night >last
code 10 hdrive ask night
has err 'nothing is left to ask for'
[ ! -s out ]
code 8 hdrive wait night --timeout 0.2s
code 0 hdrive tell night 7 1
code 0 hdrive tell night 8 1
# With the last of them the study has ended.
code 0 hdrive wait night
code 10 hdrive ask night
code 0 hdrive status night
has out 'Completed'
sound
