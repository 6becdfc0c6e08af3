#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
. "$TEST_ROOT/tests/support/watch.sh"

# What a terminal would obey: a title, another colour, a cleared screen, a bell,
# another direction of writing; and a line without end.
cat >sweep.yml <<'END'
sampling:
  type: grid
  parameter_space:
  - {name: --x, expression: choice, values: ["\e]0;TAKEN\a\e[2J\e[31mred", "<b>&amp;\u202Eback"]}
  - {name: --deep, expression: choice, values: ["深層学習"]}
primary_metric_name: "a\tc\u009bc"
primary_metric_goal: maximize
max_total_runs: 2
max_concurrent_runs: 1
END
script prog <<'END'
printf '{"a\\tc\\u009bc": 0.5}\n'
printf 'plain\n\033]0;TAKEN\007\033[2J\033c\303\050 end\n'
printf 'early\rlate\n'
i=0
while [ $i -lt 300 ]; do printf 'endless endless endless endless '; i=$((i + 1)); done
printf '\n' 
printf '\033[?1049l\033[31mcrash \342\200\256\n' >&2
exit 1
END
hdrive submit sweep.yml --name wild-1 --max-failures 5 -- ./prog >/dev/null 2>&1 || :

terminal 120 30
types 'hdrive watch wild-1'
shows '^ wild-1  '
shows '#0     exit 1: \\x1b\[?1049l\\x1b\[31mcrash \\xe2\\x80\\xae'
same "$(pane alternate_on)" 1
keys / red
shows '^. trials 1 '
keys Enter Enter
shows '^ trial 0 of wild-1  failed'
shows '^ --x  *\\x1b\]0;TAKEN\\x07\\x1b\[2J\\x1b\[31mred '
shows '^ --deep 深層学習'
shows '^ plain$'
shows '^ \\x1b\]0;TAKEN\\x07\\x1b\[2J\\x1bc\\xc3( end$'
shows '^ late$'
shows '^ endless .*…$'
shows '  \\x1b\[?1049l\\x1b\[31mcrash \\xe2\\x80\\xae$'
resize 80 24
shows '^ --x  *\\x1b\]0;TAKEN\\x07\\x1b\[2J\\x1b\[31mred'
keys q Escape Down Enter
shows '^ trial 1 of wild-1 '
shows '^ --x  *<b>&amp;\\xe2\\x80\\xaeback'
case $(pane pane_title) in *TAKEN*) fail 'it took the title' ;; esac
keys q q
shows '^ready> *$'
