#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# A target: what runs is stopped, in the middle of a trial.
sweep total=12 concurrent=2
script prog <<'END'
[ "$HDRIVE_ATTEMPT" = 2 ] && echo acc=0.25 && exit 0
[ "$HDRIVE_TRIAL" = 2 ] && echo acc=0.97 && exec sleep 100
[ "$HDRIVE_TRIAL" = 1 ] && echo acc=0.1 && exec sleep 100
echo acc=0.5
END
code 0 hdrive submit sweep.yml --name t --no-smoke --target 0.95 -- ./prog
has err 'stopping 2 trials: trial 2 reached 0.97, the target is 0.95'
has err '^t: Completed in .*: 3 trials, 1 completed, 0 failed, 2 stopped$'
has err '^ended by target: trial 2 reached 0.97, the target is 0.95$'
code 0 hdrive status t --exit-status
has out '^end  *trial 2 reached 0.97, the target is 0.95$'
code 0 hdrive show t 1 --why
has out 'the sweep reached its target'
code 0 hdrive status t --json
has out '"end_reason":"target","end_detail":"trial 2 reached'
has out '"state":"Completed"'
# It is at its target still, and takes nothing back.
code 0 hdrive resume t
has err '^ended by target: trial 2 reached 0.97'
code 0 hdrive show t 2
has out 'attempt 1$'
# Past it those that were stopped go on, and so does the sweep.
code 0 hdrive resume t --target 0.99 --patience 4
has err '^ended by patience: no better best than 0.5 of trial 0 for [45] trials, patience is 4$'
code 0 hdrive status t --json
has out '"end_reason":"patience"'
code 0 hdrive show t 2
has out 'attempt 2$'
code 0 hdrive replay t
code 0 hdrive resume t
has err '^ended by patience: '
# Without any it uses up its trials.
code 0 hdrive resume t --set end_when=
has err '12 trials, 12 completed'
hasnt err 'ended by'

# The events say it as well.
script prog <<'END'
echo acc=0.5
END
code 0 hdrive submit sweep.yml --no-smoke --patience 3 --json -- ./prog
has out '"event":"sweep_stopping",.*"end_reason":"patience"'
has out '"event":"sweep_ended",.*"end_reason":"patience"'

# What the sampler expects: a flat hill is climbed soon.
script hill <<'END'
awk "BEGIN { x = $2 - 0.3; print \"acc=\" 1 - x * x }"
END
code 0 hdrive run -p x=0..1.0 -m max:acc -n 60 -j 1 --sampler bayesian --seed 3 \
	--improvement 0.01 --name hill -- ./hill
has err '^ended by converged: the next trial is expected to gain .*, improvement is 0.01$'
code 0 hdrive best hill --json
code 0 hdrive replay hill
code 0 hdrive resume hill
has err '^ended by converged: the next trial is expected to gain'

# What is wrong with them names the flag.
run() {
	hdrive run -p x=0..1.0 -m max:acc "$@" -- ./prog
}
code 2 run --target high
has err "^--target: 'end_when.target' must be a finite number, got text 'high'$"
code 2 run --patience 0
has err "^--patience: 'end_when.patience' must be a whole number of at least 1, got 0$"
code 2 run --patience 2x
has err "'--patience' must be a number of trials such as 50, or a time such as 90s,"
code 2 run --improvement 0.1
has err "^--improvement: 'end_when.improvement' needs a sampler that says what it expects: 'auto'"
code 0 run --sampler auto --target -1.5 --patience 2h --improvement 1e-3 --write -
has out '^end_when:$'
has out '^  target: -1.5$'
has out '^  patience_minutes: 120$'
has out '^  improvement: 1e-3$'
sound
