#!/bin/sh
# exports.sh HEADER...: the names of the functions that are marked HD_API, one
# a line, sorted: what libhdrive.so shows and nothing else.
set -eu

LC_ALL=C
export LC_ALL
cat "$@" | awk '
/^[ \t]*#/ { next } # of HD_API itself, too
{ text = text $0 "\n" }
END {
	# Comments go, the shortest first match at a time.
	while ((from = index(text, "/*")) > 0) {
		tail = substr(text, from + 2)
		text = substr(text, 1, from - 1) " " substr(tail, index(tail, "*/") + 2)
	}
	count = split(text, part, /HD_API[ \t\n]/)
	for (i = 2; i <= count; i++) {
		if (!match(part[i], /hd_[a-z0-9_]+[ \t\n]*\(/))
			continue
		name = substr(part[i], RSTART, RLENGTH)
		sub(/[ \t\n]*\($/, "", name)
		print name
	}
}' | sort -u
