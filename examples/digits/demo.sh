#!/bin/sh
# demo.sh BUILD: sweep the perceptron in digits.c, then show the best trial.
# Everything made lies in "demo" beside BUILD; `make clean` takes it away. The
# seed is given, so every demo tries the same twenty configurations.
set -eu

[ $# = 1 ] || {
	echo "usage: demo.sh BUILD" >&2
	exit 2
}
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
demo=$(dirname "$build")/demo
mkdir -p "$demo"
cd "$demo"

# A store of its own, also where a folder above has one.
"$build/hdrive" --db .hdrive/hdrive.db submit --seed 1 "$here/sweep.yml" -- \
	"$build/examples/digits/digits" --data "$here/digits.csv.gz"
echo
echo "The best trial:"
"$build/hdrive" best @
cat <<END

Look around:
  cd build/demo
  ../${build##*/}/hdrive status            # the sweep in a few lines
  ../${build##*/}/hdrive best -k 5         # the five best trials
  ../${build##*/}/hdrive show @ 0 --why    # a trial, and why it ended
  ../${build##*/}/hdrive metrics @         # what each trial logged
  ../${build##*/}/hdrive ui                # all of it in a browser
END
