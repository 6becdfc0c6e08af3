#!/bin/sh
# The automl example: one sweep over four families of models, each with
# parameters of its own.
. "$TEST_ROOT/tests/support/cli.sh"

python3 -c 'import sklearn' 2>/dev/null || {
	echo "python3-sklearn is not installed"
	exit 77
}
cp -R "$TEST_ROOT/examples/automl" work
cd work
export OMP_NUM_THREADS=1

# Every family is drawn, with its own parameters and no others.
code 0 hdrive sample sweep.yml --seed 1 -n 60 --set sampling.type=random \
	--format argv -- t
mv out all
number='"[0-9.e-]*"'
while read -r words; do
	words=$(echo "$words" | sed "s/ N/,$number/g; s/ /,/g")
	has all "\"--model\",$words]$"
done <<'END'
"forest" "--n_estimators" N "--max_features" N "--min_samples_leaf" N
"svm" "--C" N "--kernel" "linear"
"svm" "--C" N "--kernel" "rbf" "--gamma" N
"svm" "--C" N "--kernel" "poly" "--degree" N
"logistic" "--C" N "--penalty" "l[12]"
"boosting" "--learning_rate" N "--max_iter" N "--max_leaf_nodes" N "--l2_regularization" N
END
same "$(grep -cE 'forest|svm|logistic|boosting' all)" 60

# As a sweep job it is the same sweep, and its command has what exists.
code 0 hdrive sample sweep.yml --seed 1 -n 40 --format jsonl
sed 's/"--model"/"model"/' out >first
code 0 hdrive sample job.yml --seed 1 -n 40 --format jsonl
cmp first out || fail 'the sweep job draws other trials'
code 0 hdrive submit job.yml --dry-run --seed 1
has out 'train.py --model svm *--C [0-9.]* --kernel [lrp]'
has out 'train.py --model forest --n_estimators [0-9]*0 --max_features [0-9.]*'

# What is left trains sklearn's models, and has no more of hdrive in it than
# hd_001 has under sanitizers: once is enough.
[ "${TEST_BUILD##*/}" = release ] || exit 0

# The first trials are of four families.
code 0 hdrive submit sweep.yml --seed 1 --name small \
	--set max_total_runs=5 --set sampling.initial_trials=5 -- python3 train.py
has err '5 trials, 5 completed'
same "$(cat .hdrive/small/*/stdout | grep -c '^loss=0\.[0-4][0-9]*$')" 5
same "$(find .hdrive/small -name model.joblib | wc -l)" 5
code 0 hdrive show small
for family in forest svm logistic boosting; do
	has out "--model $family"
done

# The best one's arguments are a command line.
code 0 hdrive best small --format args
best=$(cat out)
# shellcheck disable=SC2086
python3 train.py $best >again
grep -q '^loss=' again
