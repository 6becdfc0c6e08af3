#!/bin/sh
# conformance.sh [--check]: write docs/reference/conformance.md from the rules
# in tests/data/conformance.tsv and the names of the tests.
#
# A test of rule HD-018 is a C test function hd_018_..., a Python one
# test_hd_018_..., or a script tests/cli/hd_018_....sh; a name may begin with
# several numbers, hd_101_102_.
# --check writes nothing, and fails when the file would change, when a rule
# that is due has no test, or when a test names a rule that there is not.
set -eu

cd "$(dirname "$0")/../.."
LC_ALL=C
export LC_ALL
table=docs/reference/conformance.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# "file name", one a line, of all that is named like a test of a rule.
{
	grep -oE '^static void hd_[0-9]{3}[A-Za-z0-9_]*\(' \
		tests/*/test_*.c /dev/null | sed 's/:static void / /; s/($//'
	find tests -name '*.py' -exec grep -oE \
		'def test_hd_[0-9]{3}[A-Za-z0-9_]*' /dev/null {} + |
		sed 's/:def test_/ /'
	for script in tests/cli/hd_[0-9][0-9][0-9]*.sh; do
		[ -e "$script" ] || continue
		name=${script##*/}
		echo "$script ${name%.sh}"
	done
} | sort >"$work/tests"

awk -F '\t' -v problems="$work/problems" '
function complain(text) { print text >problems }
# The numbers that a test name begins with, and the test to each of them.
FNR == NR {
	split($0, word, " ")
	rest = substr(word[2], 3)
	while (match(rest, /^_[0-9][0-9][0-9](_|$)/)) {
		id = "HD-" substr(rest, 2, 3)
		link = "[" word[2] "](../../" word[1] ")"
		if (id in tests)
			link = tests[id] ", " link
		tests[id] = link
		named[id] = word[2]
		rest = substr(rest, 5)
	}
	next
}
/^#/ || NF == 0 { next }
NF != 3 { complain("rule " $1 ": not three columns"); next }
{
	id = $1
	sub(/\*$/, "", id)
	known[id] = 1
	if (id in tests) {
		state = "tested"
		tested++
	} else if ($2 == "now") {
		state = "**due**"
		due++
		complain("rule " id " is due and has no test named hd_" \
			 substr(id, 4))
	} else {
		state = "later: " $2
		later++
	}
	row[++rows] = "| " $1 " | " $3 " | " tests[id] " | " state " |"
}
END {
	for (id in named)
		if (!(id in known))
			complain("test " named[id] ": there is no rule " id)
	print "# Conformance"
	print ""
	print "The rules of Azure'\''s HyperDrive and sweep jobs, as far as"
	print "public material tells, and the tests that hold hdrive to them."
	print "A star marks a rule of our own where that material is silent."
	print "Made by `make conformance` from `tests/data/conformance.tsv`"
	print "and the names of the tests; do not edit."
	print ""
	printf "%d rules: %d tested, %d due, %d later.\n", rows, tested, due,
		later
	print ""
	print "| rule | statement | tests | state |"
	print "|---|---|---|---|"
	for (i = 1; i <= rows; i++)
		print row[i]
}' "$work/tests" tests/data/conformance.tsv >"$work/table"

if [ "${1-}" = --check ]; then
	status=0
	if [ -e "$work/problems" ]; then
		sort "$work/problems"
		status=1
	fi
	if ! cmp -s "$work/table" $table; then
		echo "$table is out of date: run make conformance"
		status=1
	fi
	exit $status
fi
mkdir -p "${table%/*}"
cp "$work/table" $table
sed -n 's/^[0-9]* rules:.*/&/p' $table
