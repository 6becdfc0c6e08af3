#!/bin/sh
# HD-130: a script that uses mlflow, one that uses azureml.core, one that prints
# and one in another language give the same stored record for the same numbers.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
unset PYTHONPATH
# The real client where there is one, else the drop-in.
[ -z "${MLFLOW_SOURCE-}" ] || PYTHONPATH=$MLFLOW_SOURCE
export PYTHONPATH MLFLOW_DISABLE_TELEMETRY=true
cat >numbers.py <<-'PY'
	# What floats can be: long, tiny, huge, whole, negative, not finite.
	ACC = [0.1, 1 / 3, 2 / 3, 0.1 + 0.2, 1e-300, 123456789.12345679, -7.0,
	       5e-324, 1.7976931348623157e308, 0.0, float("inf"), float("nan"), 0.5]
	LOSS = [2.718281828459045, 3, -0.0]
PY
cat >use_mlflow.py <<-'PY'
	import mlflow
	from numbers_here import ACC, LOSS
	with mlflow.start_run():
	    for value in ACC:
	        mlflow.log_metric("acc", value)
	    for value in LOSS:
	        mlflow.log_metric("loss", value)
PY
cat >use_azureml.py <<-'PY'
	from azureml.core import Run
	from numbers_here import ACC, LOSS
	run = Run.get_context()
	for value in ACC:
	    run.log("acc", value)
	for value in LOSS:
	    run.log("loss", value)
PY
cat >use_print.py <<-'PY'
	from numbers_here import ACC, LOSS
	for value in ACC:
	    print("acc=%r" % value)
	for value in LOSS:
	    print("loss: %r" % value)
PY
mv numbers.py numbers_here.py
python3 -c 'from numbers_here import *
for v in ACC: print("acc", repr(v))
for v in LOSS: print("loss", repr(v))' >numbers.txt
# Another language, by the two ways that one without a library has.
cat >use_log.sh <<-'SH'
	while read -r name value; do
		hdrive log "$name=$value"
	done <numbers.txt
SH
cat >use_rest.sh <<-'SH'
	url=$MLFLOW_TRACKING_URI/api/2.0/mlflow/runs/log-metric
	while read -r name value; do
		case $value in
		inf) value='"Infinity"' ;;
		nan) value='"NaN"' ;;
		esac
		curl -sS -f -o answer -H "Authorization: Bearer $MLFLOW_TRACKING_TOKEN" \
			-d "{\"run_id\": \"$MLFLOW_RUN_ID\", \"key\": \"$name\",
				\"value\": $value, \"timestamp\": 1}" "$url" || exit 1
		[ "$(cat answer)" = '{}' ] || exit 1
	done <numbers.txt
SH
sweep total=1
try() {
	name=$1
	shift
	code 0 hdrive submit sweep.yml --seed 1 --name "$name-1" -- "$@"
	code 0 hdrive show "$name-1" 0 --json
	python3 - "$name" <<-'PY'
		import json
		import sys
		trial = json.load(open("out"))
		kept = {key: trial[key] for key in ("state", "intervals", "best", "last",
		        "metrics", "parameters", "exit_code") if key in trial}
		# Which file a number came in is what differs.
		open(sys.argv[1] + ".record", "w").write(
		    json.dumps(kept, indent=1, sort_keys=True))
	PY
	code 0 hdrive metrics "$name-1" --json
	sed 's/HD_[0-9a-f-]*_0/ID/' out >>"$name.record"
	code 0 hdrive best "$name-1" --format json
	grep -o '"value":[^,]*' out >>"$name.record" || :
	cmp print.record "$name.record" ||
		fail "$name: $(diff print.record "$name.record")"
}
try print python3 use_print.py
try mlflow "${MLFLOW_PYTHON-python3}" use_mlflow.py
try azureml python3 use_azureml.py
try log sh use_log.sh
if command -v curl >/dev/null; then
	try rest sh use_rest.sh
fi
has print.record '"intervals": 13'
sound
