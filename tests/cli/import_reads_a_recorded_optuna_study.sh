#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
# Made by Optuna 3.1: three studies, one with two objectives.
/usr/bin/python3 - "$TEST_ROOT/tests/data/optuna/v3.1.sql" <<'END'
import sqlite3, sys
sqlite3.connect("study.db").executescript(open(sys.argv[1]).read())
END
code 2 hdrive import study.db
has err "has several studies, --study names one: resnet, other, two goals"
code 3 hdrive import study.db --study net
has err "no study 'net'; there are: resnet, other, two goals"
code 2 hdrive import study.db --study other
has err "the study of 'study.db' has no trials"
code 2 hdrive import study.db --study 'two goals'
has err 'has 2 objectives: a sweep has one'
code 0 hdrive import study.db --study resnet --name resnet
has err 'resnet: 7 trials'
has err 'note: 1 that had not ended were left out'
code 0 hdrive export resnet
has out '^trial,.*,params.lr,params.n,params.k,params.u,params.o,params.b,metrics.value$'
# Pruned is Canceled by policy, failed Failed, infinity itself.
has out '^2,Canceled,policy,.*,max:value,1,'
has out '^3,Failed,exit,'
has out '^4,Completed,.*,max:value,inf,'
has out '^0,Completed,.*,max:value,0.5,'
code 0 hdrive export resnet --metrics long
has out '^6,Completed,.*,value,nan,1,'
has out '^6,Completed,.*,value,2,5,'
code 0 hdrive show resnet --json
has out 'study.db'
# Its distributions are the space: a sweep of the same goes on from it.
code 0 hdrive run -p lr=1e-5..1e-1:log -p n=1,3,5,7,9 -p k=1..100:log -p u=0,0.25,0.5,0.75,1 \
	-m max:value -n 1 --resume-from resnet -- sh -c 'echo value=1'
has err 'warm start: 7 trials'
# What is no file of Optuna's, or half of one.
/usr/bin/python3 -c 'import sqlite3; sqlite3.connect("x.db").execute("CREATE TABLE t(a)")'
code 2 hdrive import x.db
has err "'x.db' is no Optuna file of version 2.4 or later: it has no 'studies.study_name'"
code 2 hdrive import .hdrive/hdrive.db
has err "is a store of hdrive's own: --db opens it"
head -c 9000 study.db >half.db
code 1 hdrive import half.db --study resnet
has err "'half.db' is damaged"
/usr/bin/python3 -c 'import sqlite3
db = sqlite3.connect("study.db")
db.execute("UPDATE trial_params SET param_value = 77 WHERE param_name = \"o\"")
db.commit()'
code 2 hdrive import study.db --study resnet --name odd
has err "parameter 'o' has 77, which its distribution does not"
[ ! -e .hdrive/odd ] || fail 'a folder was left'
sound
