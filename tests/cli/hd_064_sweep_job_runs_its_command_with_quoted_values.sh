#!/bin/sh
# A sweep job runs as it stands, and no value of it is read as code (HD-064,
# HD-075): each reaches the program as one argument, byte for byte.
. "$TEST_ROOT/tests/support/cli.sh"

mkdir -p job/src
cat >job/src/train.py <<'END'
import json, os, sys
given = json.load(open(os.environ["HDRIVE_PARAMS"]))
words = sys.argv[1:]
want = ["--v", given["v"], "--also", "<" + given["v"] + ">", "--single", given["v"],
        "--epochs", "3", "--fast", "True"]
assert words[:len(want)] == want, (words, want)
assert os.environ["AZUREML_SWEEP_v"] == given["v"]
assert os.environ["LEVEL"] == "two words"
folder, = words[len(want):]
open(os.path.join(folder, "model.txt"), "w").write(given["v"])
print("loss=%d" % len(given["v"]))
END
cat >job/sweep.yml <<'END'
$schema: https://azuremlschemas.azureedge.net/latest/sweepJob.schema.json
type: sweep
display_name: hostile
tags: {team: north}
trial:
  code: src
  command: >-
    python3 train.py --v ${{search_space.v}} --also "<${{search_space.v}}>"
    --single '${{ search_space.v }}'
    --epochs ${{inputs.epochs}} --fast ${{inputs.fast}}
    $[[--notes ${{inputs.notes}}]] ${{outputs.model}} && true
  environment_variables: {LEVEL: two words}
inputs: {epochs: 3, fast: true}
outputs: {model: }
sampling_algorithm: grid
search_space:
  v:
    type: choice
    values:
    - "'; rm -rf ~; touch owned; '"
    - '$(touch owned)'
    - '`touch owned`'
    - '"; touch owned; "'
    - "line\nbreak\ttab\n"
    - "\xff\e[2J"
    - '--'
    - '*'
    - "\\\\ \\"
    - '${{search_space.v}} {v} %s !!'
objective: {primary_metric: loss, goal: minimize}
limits: {max_total_trials: 10, max_concurrent_trials: 2}
END
code 0 hdrive submit job/sweep.yml -v
has err '10 completed'
[ -z "$(find . -name owned)" ] || fail 'a value was run'
[ "$(find . -path '*named-outputs/model/model.txt' | wc -l)" = 10 ] ||
	fail 'outputs are missing'
code 0 hdrive show @
has out 'property    display_name = hostile'
has out 'tag         team = north'
has out '${{search_space.v}}'

# What comes behind "--" is run in place of the command.
code 0 hdrive submit job/sweep.yml --dry-run=1 -- echo
has out '^0  \["echo","--v"'
sound
