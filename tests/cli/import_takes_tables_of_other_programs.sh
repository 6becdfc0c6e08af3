#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
printf ',learning_rate,opt,epoch,val_acc\r\n0,0.1,adam,3,0.5\r\n1,1e-5,"sgd, m",4,0.75\r\n' >a.csv
# Every column that is nothing else is a parameter, unless --map names them.
code 0 hdrive import a.csv --metric val_acc --goal max --name all
code 0 hdrive export all
has out '^trial,.*,objective,value,params.learning_rate,params.opt,params.epoch,metrics.val_acc$'
has out '^1,Completed,exit,,,,max:val_acc,0.75,1e-5,"sgd, m",4,0.75$'
code 0 hdrive import a.csv --metric val_acc --goal max --map learning_rate=lr --map opt=opt \
	--name two
code 0 hdrive export two
has out 'value,params.lr,params.opt,metrics.val_acc$'
code 0 hdrive best two --format args
same "$(cat out)" "--lr 1e-5 --opt 'sgd, m'"
printf '{"lr":0.1,"acc":1}\n\n{"acc":0.5,"lr":0.3,"state":"FAIL","layers":[1,2]}\n' >b.jsonl
code 0 hdrive import b.jsonl --metric acc --goal max --name three
code 0 hdrive export three --format jsonl
has out '"state":"Failed".*"params":{"lr":0.3,"layers":\[1,2\]}'
# A new sweep begins with what it found; bayesian wants its very space.
cat >sweep.yml <<'END'
sampling:
  type: bayesian
  parameter_space:
  - {name: --lr, expression: loguniform, values: [-12, -1]}
  - {name: --opt, expression: choice, values: [adam, "sgd, m"]}
primary_metric_name: val_acc
primary_metric_goal: maximize
max_total_runs: 3
END
script prog <<'END'
echo val_acc=0.5
END
code 0 hdrive run -p lr=1e-6..1:log -p 'opt=adam,"sgd, m"' -m max:val_acc -n 2 \
	--resume-from two -- ./prog
has err 'warm start: 2 trials'
code 2 hdrive submit sweep.yml --resume-from two -- ./prog
has err 'bayesian cannot learn from'
code 0 hdrive import a.csv --space sweep.yml --map learning_rate=lr --map opt=opt --name four
code 0 hdrive submit sweep.yml --resume-from four -- ./prog
has err 'warm start: 2 trials'
replays @
# What does not fit the space is said of its line, and nothing is there.
printf 'lr,opt,val_acc\n0.1,adam,1\n0.2,rmsprop,1\n' >c.csv
code 2 hdrive import c.csv --space sweep.yml --name five
has err '^hdrive: c.csv:3:1: .*opt'
code 3 hdrive show five
[ ! -e .hdrive/five ] || fail 'a folder was left'
sound
