#!/bin/sh
# What scripts of a trial use works without the library, and by hand too.
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
cat >train.py <<-'PY'
	import decimal
	import os
	import threading
	import hdrive

	class Scalar:
	    def item(self):
	        return 0.75

	assert hdrive.in_trial() and not hdrive.should_stop()
	assert set(hdrive.params()) == {"x", "tag"}, hdrive.params()
	assert hdrive.params(lr=1)["lr"] == 1 and hdrive.params(x=-1)["x"] > 0
	assert hdrive.seed() == int(os.environ["HDRIVE_SEED"])
	assert hdrive.log(acc=Scalar(), step=4) is False
	hdrive.log({"acc": decimal.Decimal("0.5"), "val loss\n": float("nan"), "big": float("inf")},
	           step=5)
	hdrive.log(note="é \U0001f600 'q' \"d\"", flag=True, none=None, step=6)
	for bad in ([1], {}, object()):
	    try:
	        hdrive.log(acc=bad)
	        raise SystemExit("a list was logged")
	    except TypeError as error:
	        assert "metric 'acc' must be a number or a text" in str(error)
	try:
	    hdrive.log({"": 1})
	    raise SystemExit("a metric without a name was logged")
	except ValueError:
	    pass
	threads = [threading.Thread(target=lambda: [hdrive.log(many=1) for _ in range(100)])
	           for _ in range(4)]
	[thread.start() for thread in threads]
	child = os.fork()
	for _ in range(100):
	    hdrive.log(many=1)
	if child == 0:
	    os._exit(0)
	os.waitpid(child, 0)
	[thread.join() for thread in threads]
	with open(hdrive.outputs("deep", "model.txt"), "w") as file:
	    file.write("weights")
	with open(hdrive.checkpoints("step"), "w") as file:
	    file.write("3")
	assert os.path.isdir(hdrive.outputs())
	open(os.path.join(os.environ["HDRIVE_DIR"], "stop"), "w").close()
	assert hdrive.should_stop() and hdrive.log() is True
	assert hdrive._loaded is None
PY
sweep total=1
code 0 hdrive submit sweep.yml --name says -- python3 train.py
same "$(cat .hdrive/says/000000/stdout .hdrive/says/000000/stderr)" ''
code 0 hdrive show says 0 --json
python3 - <<-'PY'
	import json
	trial = json.load(open("out"))
	metrics = trial["metrics"]
	assert metrics["acc"] == [0.75, 0.5], metrics
	assert metrics["note"] == ["é \U0001f600 'q' \"d\""] and metrics["flag"] == ["True"]
	assert metrics["none"] == ["None"] and "val loss " in metrics
	assert metrics["many"] == [1] * 600
	assert trial["intervals"] == 2 and trial["state"] == "Completed"
PY
same "$(cat .hdrive/says/000000/outputs/deep/model.txt)" weights
same "$(cat .hdrive/says/000000/checkpoints/step)" 3

# By hand the same script's calls print, in words that hdrive reads.
cat >hand.py <<-'PY'
	import hdrive

	assert not hdrive.in_trial()
	p = hdrive.params(lr=0.1)
	assert p == {"lr": 0.1} and hdrive.params() == {}
	assert hdrive.seed() is None and hdrive.seed(7) == 7
	assert hdrive.log(acc=0.5, loss=1e-300) is False
	hdrive.log({"acc": 0.75}, step=2)
	assert hdrive.outputs("m") == "outputs/m" and not hdrive.should_stop()
PY
code 0 env "PYTHONPATH=$TEST_BUILD/python" python3 hand.py
same "$(cat out)" "acc=0.5 loss=1e-300
step 2: acc=0.75"
cp out log
code 0 hdrive metrics test log
same "$(grep -c 'acc' out)" 2
[ -d outputs ] || fail 'no outputs/'

# A module of that name beside the script, or a package that is installed, is
# what the script means.
mkdir -p mine packages/hdrive empty/hdrive
echo 'WHO = "mine"' >mine/hdrive.py
echo 'WHO = "installed"' >packages/hdrive/__init__.py
echo 'import hdrive; print(hdrive.WHO, "acc=1")' >mine/who.py
echo 'import hdrive; print(getattr(hdrive, "WHO", "ours"), "acc=1")' >who.py
code 0 hdrive submit sweep.yml --name mine -- python3 mine/who.py
same "$(cat .hdrive/mine/000000/stdout)" 'mine acc=1'
code 0 env "PYTHONPATH=$PWD/packages" hdrive submit sweep.yml --name other -- python3 who.py
same "$(cat .hdrive/other/000000/stdout)" 'installed acc=1'
code 0 env "PYTHONPATH=$PWD/empty" hdrive submit sweep.yml --name ours -- python3 who.py
same "$(cat .hdrive/ours/000000/stdout)" 'ours acc=1'
# A second copy of the module does no harm.
mkdir copy && cp "$TEST_BUILD/python/hdrive.py" copy
code 0 env "PYTHONPATH=$PWD/copy" hdrive submit sweep.yml --name copy -- python3 -c \
	'import hdrive; hdrive.log(acc=1); print(hdrive.__file__)'
same "$(cat .hdrive/copy/000000/stdout)" "$PWD/copy/hdrive.py"
sound
