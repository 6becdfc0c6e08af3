#!/bin/sh
# map.sh VERSION RECORD HEADER...: the linker's version script of libhdrive.so.
#
# It is made of the headers, so it cannot drift from them; a name has the
# version that RECORD (libhdrive.abi) gives it, one that is new there the
# version of this release. See docs/design/0011-packages.md.
set -eu

version=$1 record=$2
shift 2
"$(dirname "$0")/exports.sh" "$@" | awk -v now="HDRIVE_${version%.*}" '
FILENAME != "-" {
	if ($1 == "symbol")
		node[$2] = $3
	next
}
{
	at = $1 in node ? node[$1] : now
	names[at] = names[at] "\t\t" $1 ";\n"
	split(substr(at, length("HDRIVE_") + 1), number, ".")
	rank[at] = number[1] * 1000 + number[2]
}
END {
	# Oldest first, each built on the one before.
	for (done = ""; ; done = at) {
		at = ""
		for (each in rank)
			if ((done == "" || rank[each] > rank[done]) &&
			    (at == "" || rank[each] < rank[at]))
				at = each
		if (at == "")
			break
		printf "%s {\n\tglobal:\n%s%s}%s;\n", at, names[at],
			done == "" ? "\tlocal:\n\t\t*;\n" : "", done == "" ? "" : " " done
	}
}' "$record" -
