#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=4
script prog <<-'END'
echo acc=$2
echo $2 >outputs/model.txt
mkdir outputs/more
echo $2 >outputs/more/log
END
mkdir there
code 0 hdrive submit sweep.yml --best-output outputs/model.txt=model \
	--best-output outputs/model.txt=there --best-output outputs -- ./prog
best=$(hdrive best --format json | sed 's/.*"value":\([0-9]*\).*/\1/')
for file in model there/model.txt outputs/model.txt outputs/more/log; do
	same "$(cat "$file")" "$best"
done
code 0 hdrive best --output-path outputs/model.txt
same "$(cat "$(cat out)")" "$best"

# What is not there is said, and leaves nothing.
code 3 hdrive submit sweep.yml --best-output outputs/other=gone -- ./prog
has err "^hdrive: trial [0-9], the best one, left no 'outputs/other' in '/"
[ ! -e gone ] || fail 'something was made'
code 3 hdrive best --output-path outputs/other
code 4 hdrive submit sweep.yml --best-output outputs/model.txt=gone -- true
has err "'outputs/model.txt': no trial has reported the primary metric"
[ ! -e gone ] || fail 'something was made'

# What can be no file of a trial's is told before anything is made.
for path in '' /etc/passwd ../stdout a/.. x=; do
	code 2 hdrive submit sweep.yml --best-output "$path" -- ./prog
	has err '^hdrive: --best-output'
done

# A requirement that is not met has no result that the next step could take.
code 7 hdrive submit sweep.yml --best-output outputs/model.txt=gone --require 'best>99' -- ./prog
[ ! -e gone ] || fail 'a model that is not what was required'
