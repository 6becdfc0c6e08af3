#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep type=grid total=3 concurrent=1
code 0 hdrive submit sweep.yml -- sh -c 'echo acc=$HDRIVE_TRIAL'
code 0 hdrive best
has out '^acc 2  trial 2 of'
code 0 hdrive best --format args
same "$(cat out)" "--x 2 --tag 'a b'"
eval "set -- $(cat out)"
same "$4" 'a b'
code 0 hdrive best --format env
has out '^x=2$'
has out "^tag='a b'$"
code 0 hdrive best --format yaml
has out '^"--x": 2$'
code 0 hdrive best --json
has out '"parameters":{"--x":2,"tag":"a b"}'
code 0 hdrive best -k 2 --json
/usr/bin/python3 -c 'import json; assert [t["number"] for t in json.load(open("out"))] == [2, 1]'
code 0 hdrive best -k 10 --format csv
same "$(wc -l <out)" 4
code 2 hdrive best --format xml
has err 'args, yaml, env'
code 2 hdrive best -k 0
