#!/bin/sh
# All tests: the release build, then the address+undefined sanitizer build, then
# what has threads under the thread sanitizer. The last line counts all: "N passed, N failed".
set -u

jobs=$(nproc)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0

step() {
	echo "== $1"
	shift
	"$@" 2>&1 | tee "$log"
	# The pipe hides the status: the count line tells, and its absence too.
	line=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log" | tail -n 1)
	if [ -z "$line" ]; then
		echo "no count: the build or its tests did not finish" >&2
		line="0 1"
	fi
	passed=$((passed + ${line% *}))
	failed=$((failed + ${line#* }))
	[ "${line#* }" = 0 ] || status=1
}

passed=0 failed=0
step "release" make --no-print-directory -j"$jobs" WERROR=1 check
step "address and undefined sanitizers" make --no-print-directory -j"$jobs" \
	SANITIZE=address,undefined check
step "thread sanitizer" make --no-print-directory -j"$jobs" check-threads
echo "$passed passed, $failed failed"
exit $status
