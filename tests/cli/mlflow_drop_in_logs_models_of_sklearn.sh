#!/bin/sh
# autolog() of the drop-in: parameters and training scores of scikit-learn's
# models under the real MLflow's names, once for a fit whatever it fits within.
. "$TEST_ROOT/tests/support/cli.sh"

python=/usr/bin/python3
"$python" -c 'import sklearn' 2>/dev/null || exit 77
! "$python" -c 'import mlflow' 2>/dev/null || exit 77
cat >train.py <<-'PY'
	import mlflow
	mlflow.sklearn.autolog()
	from sklearn.datasets import load_iris
	from sklearn.linear_model import LogisticRegression
	from sklearn.pipeline import make_pipeline
	from sklearn.preprocessing import StandardScaler

	x, y = load_iris(return_X_y=True)
	model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5))
	assert model.fit(x, y) is model
	print("acc:", model.score(x, y))
PY
sweep total=1
code 0 hdrive submit sweep.yml -- "$python" train.py
code 0 hdrive show @ 0 --json
"$python" - <<-'PY'
	import json
	trial = json.load(open("out"))
	scores = trial["metrics"]
	accuracy = scores.pop("acc")
	assert len(accuracy) == 1 and accuracy[0] > 0.9
	assert set(scores) == {"training_" + name for name in (
	    "accuracy_score", "precision_score", "recall_score", "f1_score",
	    "log_loss", "roc_auc", "score")}, scores
	assert scores["training_accuracy_score"] == accuracy
	assert scores["training_score"] == accuracy
	assert trial["params"]["logisticregression__C"] == "0.5"
	assert trial["tags"]["estimator_name"] == "Pipeline"
PY
