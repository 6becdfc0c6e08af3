# What the tests of pages share; sourced. The training program is built plain:
# sanitizers, which are here for hdrive, slow its inner loops twentyfold, and
# example_digits.sh has them.
# shellcheck shell=sh
. "$TEST_ROOT/tests/support/cli.sh"

mkdir bin
${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -O3 -o bin/digits \
	"$TEST_ROOT/examples/digits/digits.c" -lz -lm
PATH=$PWD/bin:$PATH
PYTHONPATH=$TEST_BUILD/python
DATA=$TEST_ROOT/examples/digits/digits.csv.gz
export PATH PYTHONPATH DATA

# As library_python: a library with AddressSanitizer wants its runtime first.
if nm -D "$TEST_BUILD/libhdrive.so" | grep -q __tsan_init; then
	exit 77
elif nm -D "$TEST_BUILD/libhdrive.so" | grep -q __asan_init; then
	script bin/python3 <<-END
	LD_PRELOAD=$(${CC:-cc} -print-file-name=libasan.so)
	ASAN_OPTIONS=\${ASAN_OPTIONS-}:detect_leaks=0
	export LD_PRELOAD ASAN_OPTIONS
	exec /usr/bin/python3 "\$@"
	END
fi

# page FILE: all that its blocks say happens, in a folder of its own.
page() {
	folder=$(basename "$1" .md)
	mkdir "$folder"
	(cd "$folder" && /usr/bin/python3 "$TEST_ROOT/tests/support/docs.py" run "$TEST_ROOT/$1")
}
