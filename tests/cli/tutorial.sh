#!/bin/sh
# Every command of the tutorial's console blocks, in its order and one shell,
# ends well. "$ " begins a command, "> " goes on with it.
set -eu

# The training program is built plain: sanitizers, which are here for hdrive,
# slow its inner loops twentyfold, and example_digits.sh has them.
mkdir bin
${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -O2 -o bin/digits \
	"$TEST_ROOT/examples/digits/digits.c" -lz -lm
PATH=$PWD/bin:$PATH
DATA=$TEST_ROOT/examples/digits/digits.csv.gz
export PATH DATA
awk '
	/^```/ { inside = $0 == "```console"; next }
	inside && /^\$ / { print substr($0, 3); count++ }
	inside && /^> / { print substr($0, 3) }
	END { exit count < 10 }
' "$TEST_ROOT/docs/tutorial.md" >commands
sh -eux commands
