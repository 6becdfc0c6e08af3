#!/bin/sh
# HD-001: the YAML of Azure's guide and a script written against azureml.core
# run as they stand; HD-036: three points make three trials, not eight.
set -eu
PATH=/usr/bin:$PATH
export PATH
python3 -c 'import sklearn' 2>/dev/null || {
	echo "python3-sklearn is not installed"
	exit 77
}
cp -R "$TEST_ROOT/examples/sklearn" work
cd work
hdrive submit --name guide hdconfig.yml -- python3 train.py

[ "$(find .hdrive/guide -path '*/outputs/model.joblib' | wc -l)" = 3 ]
hdrive best guide --format args >best
grep -q -E -e '--penalty (0\.5|1|1\.5)$' best
# Each penalty once, and what the script logged through Run is there.
hdrive metrics guide --json >metrics.json
python3 - <<'END'
import json

trials = json.load(open('metrics.json'))
assert len(trials) == 3, trials
for metrics in trials.values():
    assert len(metrics['Accuracy']) == 1, metrics
    assert metrics['Kernel type'] == ['linear'], metrics
assert sorted(m['Penalty'][0] for m in trials.values()) == [0.5, 1, 1.5]
END
