#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

code 3 hdrive plot
code 0 hdrive run -p lr=1..9 -p opt=a,b -n 3 -j 1 --seed 1 -m min:loss --name one -- \
	sh -c 'echo "loss=$HDRIVE_TRIAL"; echo other=1'
code 4 hdrive run -p x=1,2 -m min:loss --name two -- true
code 3 hdrive plot three
for format in text svg png; do
	code 4 hdrive plot two -o x --format $format
	has err "no trial of 'two' has reported 'loss'"
	code 0 hdrive plot two timeline -o x --format $format
	rm x
	code 2 hdrive plot one scatter --x lrr -o x --format $format
	has err "no parameter 'lrr', did you mean 'lr'?"
	code 2 hdrive plot one histroy -o x --format $format
	has err "did you mean 'history'?"
	code 2 hdrive plot one history --x lr -o x --format $format
	has err "'history' does not take --x"
	code 2 hdrive plot one -o x --format $format --size 3x3
	code 4 hdrive plot one curves --metric nothing -o x --format $format
	code 2 hdrive plot one curves --metric othr -o x --format $format
	has err "did you mean 'other'?"
	code 2 hdrive plot one curves --trials 0,7 -o x --format $format
	has err 'there is no trial 7'
	[ ! -e x ] || fail 'something was written'
done
code 2 hdrive plot one -o x.jpg
has err "'x.jpg' ends in neither .svg, .png nor .txt"
code 2 hdrive plot one --format gif
code 2 hdrive plot one --theme pink
code 2 hdrive plot one --size 800
code 2 hdrive plot one --size 800x600 --width 3
code 2 hdrive plot one history more
code 0 hdrive plot one curves --metric other --trials 0,2
has out '^one: curves of other$'
code 0 hdrive plot one scatter --x loss --y duration --best 2 --json
same "$(grep -o '"trial":[0-9]*' out | tr '\n' ' ')" '"trial":0 "trial":1 '
# As it was on the day that it was drawn by hand.
code 0 hdrive plot one --ascii --size 50x12
cat >wanted <<'EOF'
one: history of loss
minimize loss, 3 trials, best 0 by trial 0
o completed  --- best so far
loss
2 +                                              o
  |
1 +                       o
  |
0 +o----------------------------------------------
  ++----------------------+----------------------+
   0                      1                      2
                        trial
EOF
cmp -s out wanted || fail "$(diff out wanted)"
