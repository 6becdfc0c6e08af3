#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# A sweep over branches is drawn, run, resumed, replayed, exported and gone on
# with; each trial has the parameters of one branch and no others.
cat >sweep.yml <<'END'
sampling:
  type: random
  parameter_space:
  - name: --model
    expression: choice
    values:
    - bayes
    - svm:
        C: {expression: loguniform, values: [-3, 3]}
        kernel: {type: choice, values: [rbf, {poly: {degree: {type: randint, upper: 4}}}]}
    - {kind: net, size: 3, C: {expression: quniform, values: [8, 64, 8]}}
  - {name: --last, expression: choice, values: [a, b]}
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 12
max_concurrent_runs: 2
END
script prog <<'END'
echo "$*" >>"$ALL"
case "$*" in
"--model bayes --last "[ab]) ;;
"--model svm --C "*" --kernel rbf --last "[ab]) ;;
"--model svm --C "*" --kernel poly --degree "[0-3]" --last "[ab]) ;;
"--kind net --size 3 --C "[1-6]*" --last "[ab]) ;;
*) exit 1 ;;
esac
case "$*" in *net*) echo acc=0.9 ;; *) echo acc=0.5 ;; esac
[ -e "$ALL.go" ] || sleep 0.3
END
export ALL="$PWD/all"
code 0 hdrive validate sweep.yml
has err "portability.*'--model': option 2 is a branch"
code 2 hdrive validate --azure sweep.yml
for format in table jsonl argv; do
	code 0 hdrive sample sweep.yml --seed 5 --format $format
done
code 0 hdrive submit sweep.yml --dry-run --seed 5 -- ./prog
hdrive submit sweep.yml --name cond-1 --seed 5 -- ./prog >out 2>err &
engine=$!
within 60 grep -q leads err
kill -9 $engine
wait $engine 2>/dev/null || :
touch all.go
code 0 hdrive resume cond-1
has err '12 completed'
for word in bayes 'svm.*rbf' 'svm.*poly.*degree' 'kind net'; do
	has all "$word"
done
code 0 hdrive replay cond-1
has out ': all the same$'

# What reached the script, and what is known of it.
code 0 hdrive best cond-1 --format args
has out '^--kind net --size 3 --C [0-9]* --last [ab]$'
code 0 hdrive best cond-1 --format json
has out '"--model":"net/3","kind":"net","size":3,"C":'
hasnt out kernel
code 0 hdrive best cond-1 --format yaml
has out '^"--model": "net/3"$'
code 0 hdrive best cond-1 --format env
has out '^model=net/3$'
code 0 hdrive show cond-1 0

# Points by hand, from another sweep, and with another space.
code 0 hdrive enqueue cond-1 -p model=net/3 -p kind=net -p size=3 -p C=16 -p last=a
code 2 hdrive enqueue cond-1 -p model=bayes -p C=1 -p last=a
has err "'C' does not exist when '--model' is 'bayes'"
code 2 hdrive enqueue cond-1 -p model=svm -p C=1 -p last=a
has err "'kernel' is missing"
code 0 hdrive resume cond-1 --max-trials 13
same "$(tail -n 1 all)" '--kind net --size 3 --C 16 --last a'
sed 's/upper: 4/upper: 5/' sweep.yml >other.yml
code 1 hdrive resume cond-1 --file other.yml
has err "'degree' of 'poly' was randint(4) and is randint(5)"
code 0 hdrive submit sweep.yml --name cond-2 --seed 6 --resume-from cond-1 \
	--resume-child-runs cond-1/0 -- ./prog
has err '13 trials of earlier sweeps are known'
code 0 hdrive replay cond-2
has out ': all the same$'
sound
