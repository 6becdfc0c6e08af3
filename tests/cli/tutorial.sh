#!/bin/sh
# Every command of the tutorial's console blocks, in its order and one shell,
# ends well. "$ " begins a command, "> " goes on with it.
set -eu
PATH=$TEST_BUILD/examples/digits:$PATH
DATA=$TEST_ROOT/examples/digits/digits.csv.gz
export PATH DATA
awk '
	/^```/ { inside = $0 == "```console"; next }
	inside && /^\$ / { print substr($0, 3); count++ }
	inside && /^> / { print substr($0, 3) }
	END { exit count < 10 }
' "$TEST_ROOT/docs/tutorial.md" >commands
sh -eux commands
