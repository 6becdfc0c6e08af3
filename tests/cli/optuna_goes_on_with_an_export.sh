#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
/usr/bin/python3 -c 'import optuna' 2>/dev/null || exit 77
script prog <<'END'
[ "$HDRIVE_TRIAL" != 3 ] || exit 1
for value in 3 1 2; do echo "loss=$value"; done
END
code 0 hdrive run -p lr=1e-5..1e-1:log -p n=1..9 -p 'opt=adam,sgd' -p k=2,4 -m min:loss -n 6 \
	--name first --no-smoke -- ./prog
code 0 hdrive run -p x=1,2 -m max:acc --name second -- sh -c 'echo acc=1'
code 0 hdrive export first second --optuna study.db
cat >check.py <<'END'
import json, optuna, sys
from optuna.trial import TrialState
optuna.logging.set_verbosity(optuna.logging.ERROR)
storage = "sqlite:///study.db"
assert {s.study_name for s in optuna.get_all_study_summaries(storage)} == {"first", "second"}
study = optuna.load_study(study_name="first", storage=storage)
assert study.direction == optuna.study.StudyDirection.MINIMIZE
lines = [json.loads(line) for line in open("out")]
assert len(study.trials) == len(lines) == 6
for trial, line in zip(study.trials, lines):
    assert trial.number == line["trial"] and trial.params == line["params"]
    if line["trial"] == 3:
        assert trial.state == TrialState.FAIL and not trial.intermediate_values
    else:
        assert trial.intermediate_values == {0: 3, 1: 1, 2: 2}
        assert trial.state == TrialState.COMPLETE and trial.value == 1
    assert trial.user_attrs["hdrive"]["state"] == line["state"]
    assert trial.datetime_start < trial.datetime_complete
assert study.best_value == 1
def objective(trial):
    lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    n = trial.suggest_int("n", 1, 9)
    opt = trial.suggest_categorical("opt", ["adam", "sgd"])
    k = trial.suggest_categorical("k", [2, 4])
    trial.report(0.25, 0)
    if trial.number == 7:
        raise optuna.TrialPruned()
    return lr * n
study.sampler = optuna.samplers.TPESampler(seed=1, n_startup_trials=2)
study.optimize(objective, n_trials=4)
assert len(study.trials) == 10 and study.trials[-1].number == 9
assert optuna.load_study(study_name="second", storage=storage).best_value == 1
END
code 0 hdrive export first --format jsonl
/usr/bin/python3 check.py || fail 'Optuna does not go on with it'
# And back: what Optuna added is there.
code 0 hdrive import study.db --study first --name third
has err 'third: 10 trials'
code 0 hdrive export third
has out '^7,Canceled,policy,'
has out '^3,Failed,exit,exit 1,'
code 0 hdrive best third
