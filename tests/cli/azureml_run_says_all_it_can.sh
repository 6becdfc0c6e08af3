#!/bin/sh
# What a script says through azureml.core besides numbers ends up in the store
# and in the reports (SPEC 5.6).
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.py <<-'PY'
	import os
	from azureml.core import Run

	run = Run.get_context()
	number = int(os.environ["HDRIVE_TRIAL"])
	run.tag("stage", "first")
	run.tag("stage", "last \x1b[31m")
	run.tag("bare")
	run.set_tags({"fold": 3})
	run.add_properties({"data": "v1"})
	run.log("acc", 0.5)
	run.log_row("row", x=1, y=2.5)
	run.log_table("table", {"x": [1, 2], "y": [0.1, float("nan")]})
	run.log_list("losses", [3, 2, 1])
	with open("plot.png", "wb") as file:
	    file.write(b"png")
	run.log_image("plot", path="plot.png")
	with open("model.txt", "w") as file:
	    file.write("weights")
	run.upload_file("outputs/model.txt", "model.txt")
	run.parent.upload_file("of/all.txt", "model.txt")
	run.parent.log("acc", 99)
	run.parent.log("folds", number)
	run.parent.tag("seen", str(number))
	run.parent.add_properties({"owner": "ann"})
	child = run.child_run("part")
	child.log("acc", 98)
	child.tag("kind", "part")
	child.fail("no data")
	if number == 0:
	    run.complete()
	    raise SystemExit(3)
	if number == 1:
	    run.fail("bad \x1b[31mdata")
	if number == 2:
	    run.cancel()
PY
# The metrics file is anybody's: a property a second time, by hand.
cat >twice.sh <<-'SH'
	echo '{"mark": "property", "detail": {"data": "v2"}}' >>"$HDRIVE_METRICS"
	echo '{"mark": "tag", "detail": "loose"}' >>"$HDRIVE_METRICS"
SH
sweep total=3 concurrent=1
code 0 hdrive submit sweep.yml -- sh -c 'python3 train.py; code=$?; sh twice.sh; exit $code'
has err "note.*trial 0: property 'data' has a value already"
has err "note.*trial 0: a tag is left out"
has err "note.*'acc' was logged to the parent run"
same "$(grep -c 'logged to the parent' err)" 1

code 0 hdrive show @ --json
python3 - <<-'PY'
	import json
	sweep = json.load(open("out"))
	assert [c["state"] for c in sweep["children"]] == ["Completed", "Failed", "Canceled"]
	assert [c["end_reason"] for c in sweep["children"]] == ["script"] * 3
	assert sweep["children"][1]["end_detail"] == "bad \x1b[31mdata"
	assert [c["best"] for c in sweep["children"]] == [0.5] * 3
	assert sweep["best"] == 0.5
	assert sweep["parent_metrics"] == {"acc": [99, 99, 99], "folds": [0, 1, 2]}
	assert sweep["tags"]["seen"] == "2"
	assert sweep["properties"]["owner"] == "ann"
	assert sweep["files"] == ["00000%d/outputs/of/all.txt" % i for i in range(3)]
PY
code 0 hdrive show @ 0 --json
python3 - <<-'PY'
	import json
	trial = json.load(open("out"))
	assert trial["tags"] == {"stage": "last \x1b[31m", "bare": None, "fold": "3"}, trial["tags"]
	assert trial["properties"] == {"data": "v1"}
	assert trial["files"] == ["outputs/model.txt"]
	assert trial["metrics"] == {
	    "acc": [0.5], "row": [{"x": 1, "y": 2.5}],
	    "table": ['{"x":[1,2],"y":[0.1,NaN]}'], "losses": [3, 2, 1],
	    "plot": ["outputs/plot.png"]}, trial["metrics"]
	assert trial["child_runs"] == {trial["id"] + "_1": {
	    "metrics": {"acc": [98]}, "tags": {"kind": "part"}, "properties": {},
	    "params": {}, "files": [], "status": {"status": "Failed", "error": "no data"}}}
PY
outputs=$(echo .hdrive/*/000000/outputs)
for file in model.txt plot.png; do
	[ -f "$outputs/$file" ] || fail "no $file"
done

code 0 hdrive show @ 0
has out '^tag  *stage = last \\x1b\[31m$'
has out '^property  *data = v1$'
has out '^uploaded  *outputs/model.txt$'
has out '^child run  *HD_.*_0_1: status = Failed$'
has out '^child run  *HD_.*_0_1: acc = 98$'
code 0 hdrive show @
has out '^tag  *seen = 2$'
has out '^logged  *by trial 1: folds = 1$'
code 0 hdrive show @ 1 --why
has out 'trial 1: Failed.*: bad \\x1b\[31mdata'
code 0 hdrive metrics @ --json
python3 - <<-'PY'
	import json
	metrics = json.load(open("out"))
	assert len(metrics) == 3
	for values in metrics.values():
	    assert values["acc"] == [0.5] and "folds" not in values
PY
