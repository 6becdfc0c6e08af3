#!/bin/sh
# All tests: the release build and its page in a browser, then the address+undefined
# sanitizer build, then what has threads under the thread sanitizer. The last line
# counts all: "N passed, N failed".
set -u

jobs=$(nproc)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0

step() {
	echo "== $1"
	began=$(date +%s)
	title=$1
	shift
	"$@" 2>&1 | tee "$log"
	echo "== $title: $(($(date +%s) - began)) s"
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

# has_room FOLDER: memory that holds files, can run them and is large enough.
has_room() {
	mount | grep -q " on $1 type tmpfs" || return 1
	[ "$(df -Pk "$1" | awk 'NR == 2 { print $4 }')" -gt 4000000 ] || return 1
	[ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt 8000000 ] || return 1
	try=$(mktemp "$1/hdrive-XXXXXX") || return 1
	echo '#!/bin/sh' >"$try"
	chmod +x "$try"
	"$try"
	tried=$?
	rm -f "$try"
	return $tried
}

passed=0 failed=0
step "release" make --no-print-directory -j"$jobs" WERROR=1 check
step "the page in a browser" env PAGE=short tests/browser/run.sh "$PWD/build/release"
# The release build had its files on the disk. What sanitizers look for is in the
# program: their files may lie in memory, which nobody has to wait for.
if [ -z "${TMPDIR-}" ] && has_room /dev/shm; then
	TMPDIR=/dev/shm
	export TMPDIR
fi
step "address and undefined sanitizers" make --no-print-directory -j"$jobs" \
	SANITIZE=address,undefined check
step "thread sanitizer" make --no-print-directory -j"$jobs" check-threads
echo "$passed passed, $failed failed"
exit $status
