#!/bin/sh
# lint.sh BUILD [CHECK...]: what the house asks of its files. Without a CHECK
# all of them run, in the order of $all. Problems are printed as
# "file:line: what"; the status is 1 when there are any. A part whose tool is
# missing is skipped and says so.
set -u

all='top includes headers symbols door abi calls lines newlines format shell man conformance'
all="$all reference locks"
build=$1
shift
[ $# -gt 0 ] || eval "set -- $all"

cd "$(dirname "$0")/../.." || exit 1
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

# Every file of the tree, made ones excluded; without git, a plain walk.
if git ls-files -co --exclude-standard >"$work/listed" 2>/dev/null; then
	while IFS= read -r file; do
		[ -e "$file" ] && echo "$file"
	done <"$work/listed" | sort -u >"$work/files"
else
	find . \( -path ./build -o -path ./.git -o -name .hdrive \
		-o -name __pycache__ \) -prune -o -type f -print |
		sed 's|^\./||' | sort >"$work/files"
fi
grep '\.[ch]$' "$work/files" >"$work/c"
grep '\.h$' "$work/c" >"$work/h"

# Print the problems on stdin, if any, below one line that names the rule.
report() {
	cat >"$work/found"
	[ -s "$work/found" ] || return 0
	echo "lint: $1"
	sed 's/^/  /' "$work/found"
	# Files: the end of a pipe is a shell of its own.
	: >"$work/failed"
	: >"$work/dirty"
}
skip() {
	echo "lint: skipped $1: no $2 here"
}

# fresh NAME VERSION <FILES: those that were not found clean as they are now, by
# this script and that version of its tool. `clean NAME`: what was looked at since
# is, if nothing was reported.
fresh() {
	rm -f "$work/dirty"
	mkdir -p "$build/lint"
	touch "$build/lint/$1"
	salt=$({
		echo "$2"
		cat tests/support/lint.sh .clang-format
	} | sha256sum | cut -c 1-64)
	xargs sha256sum | sed "s/^/$salt /" >"$work/$1.sums"
	grep -vxFf "$build/lint/$1" "$work/$1.sums" | sed 's/.*  //'
}
clean() {
	[ -e "$work/dirty" ] || cp "$work/$1.sums" "$build/lint/$1"
}

# The top level is fixed; what is new belongs below one of these.
check_top() {
	sed 's|/.*||' "$work/files" | sort -u | while read -r entry; do
		case $entry in
		Makefile | engine | samplers | policies | include | tests | \
			examples | docs | README.md | LICENSE | .*) ;;
		*) echo "$entry: not among the top-level entries" ;;
		esac
	done | report 'the top level has a fixed list of entries'
}

# Who may include whom. Input: "file:line:#include <x>", one a line.
check_includes() {
	grep -E '^(include|engine|samplers|policies)/' "$work/c" |
		xargs grep -nE '^[ 	]*#[ 	]*include' /dev/null |
		awk '
function bad(why) { print place ": " name " " why }
BEGIN {
	only["yaml.h"] = "^engine/config/yaml\\.c$"
	# And files of SQLite of another program.
	only["sqlite3.h"] = "^engine/(store/|exchange/optuna_)"
	only["uv.h"] = "^engine/(sweep|dispatch|remote|slurm|ssh)/"
	only["pcre2.h"] = "^engine/metrics/pattern\\.c$"
	only["jansson.h"] = "^engine/base/json\\.c$"
	only["git2.h"] = "^engine/snapshot/libgit2\\.h$"
	only["git2"] = "^engine/snapshot/libgit2\\.h$"
	only["nettle"] = "^engine/(snapshot/|remote/parts\\.c$|serve/html\\.c$)"
	only["curses.h"] = only["term.h"] = "^engine/screen/"
	only["microhttpd.h"] = "^engine/serve/http"
	# Quantiles of the normal distribution are the one thing outside.
	only["gsl"] = "^(samplers|policies|engine/space)/"
	only["cairo.h"] = "^engine/plot/png\\.c$"
	only["fontconfig"] = "^engine/plot/png\\.c$"
	only["cblas.h"] = "^samplers/"
	n = split("assert complex ctype errno fenv float inttypes iso646 " \
		  "limits locale math setjmp signal stdalign stdarg " \
		  "stdatomic stdbool stddef stdint stdio stdlib " \
		  "stdnoreturn string tgmath threads time uchar wchar " \
		  "wctype", words, " ")
	for (i = 1; i <= n; i++)
		standard[words[i] ".h"] = 1
}
{
	split($0, part, ":")
	file = part[1]
	place = file ":" part[2]
	if (!match($0, /[<"][^>"]*[>"]/)) {
		name = $0
		bad("names no header")
		next
	}
	name = substr($0, RSTART, RLENGTH)
	path = substr(name, 2, length(name) - 2)
	quoted = substr(name, 1, 1) == "\""
	ours = !quoted && (path == "hdrive.h" || path ~ /^hdrive\//)
	lead = path
	sub(/\/.*/, "", lead)

	if (lead in only && file !~ only[lead])
		bad("is not for this file")
	if (file ~ /^include\//) {
		if (quoted || !(ours || path in standard))
			bad("in a public header: it takes <hdrive/...> and " \
			    "the C library alone")
	} else if (file ~ /^(samplers|policies)\//) {
		if (quoted && path ~ /\//)
			bad("from a plug-in: it takes <hdrive/...>, GSL and " \
			    "headers of its own folder")
	} else if (file ~ /^engine\/cli\//) {
		if (quoted && path !~ /^cli\//)
			bad("from the CLI: it takes <hdrive.h> and its own, " \
			    "there is no private door")
		else if (ours && path != "hdrive.h")
			bad("from the CLI: it takes the umbrella, <hdrive.h>")
		else if (lead in only)
			bad("from the CLI: a library is the engine'\''s to know")
	} else if (file ~ /^engine\//) {
		if (quoted && path ~ /^cli\//)
			bad("from the library: the CLI stands above it")
		if (quoted && path ~ /^doctor\// && file !~ /^engine\/doctor\//)
			bad("from below: the doctor stands above the others")
		if (file ~ /^engine\/base\// && quoted && path !~ /^base\//)
			bad("from base: nothing of the engine is below it")
	}
}' | report 'includes against the table of places'
}

# Each header says by itself all it needs. A change of one may be one of all.
check_headers() {
	fresh headers "$(${CC:-cc} --version) $(g++ --version 2>&1)" <"$work/h" >"$work/fresh"
	[ -s "$work/fresh" ] || return 0
	while read -r header; do
		printf '#include "%s"\n' "$header" >"$work/alone.c"
		${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -fsyntax-only \
			-Wall -Wextra -Werror -Wno-unused-function \
			-I. -Iinclude -Iengine -Isamplers -Ipolicies \
			-Itests/support "$work/alone.c" 2>"$work/err" ||
			echo "$header: $(grep -m 1 error "$work/err")"
	done <"$work/h" | report 'a header does not compile alone'

	# A public one in whatever language and mood its user compiles.
	command -v g++ >/dev/null 2>&1 || skip 'public headers as C++17' g++
	for standard in c11 c17 c++17; do
		case $standard in
		c++*) set -- g++ -x c++ ;;
		*) set -- ${CC:-cc} -x c ;;
		esac
		command -v "$1" >/dev/null 2>&1 || continue
		grep '^include/' "$work/h" | while read -r header; do
			printf '#include "%s"\nextern int alone;\n' "$header" >"$work/alone"
			"$@" -std=$standard -fsyntax-only -Wall -Wextra -Werror -pedantic \
				-I. -Iinclude "$work/alone" 2>"$work/err" ||
				echo "$header: $(grep -m 1 error "$work/err")"
		done | report "a public header does not compile as $standard"
	done
	clean headers
}

# The library's names are hd_'s, and it neither prints nor asks around.
check_symbols() {
	[ -e "$build/libhdrive.a" ] || {
		echo "$build/libhdrive.a: not built" | report 'symbols'
		return
	}
	# The sanitizers add names of their own.
	nm -A -g --defined-only "$build/libhdrive.a" 2>/dev/null |
		awk '$NF !~ /^hd_/ && $NF !~ /^__(asan|odr_asan|ubsan|tsan)/ {
			split($1, part, ":")
			print part[2] ": " $NF
		}' | report 'a symbol that does not begin with hd_'
	# spawn.c sets a new process's signals, as posix_spawn would.
	nm -A -u "$build/libhdrive.a" 2>/dev/null |
		awk '{ split($1, part, ":") }
		part[2] == "spawn.o" && $NF ~ /^(signal|sigaction)$/ { next }
		$NF ~ /^(printf|vprintf|puts|putchar|perror|stdout|stderr)$/ ||
		$NF ~ /^(exit|abort|getenv|secure_getenv|environ)$/ ||
		$NF ~ /^(setlocale|signal|sigaction|system|rand|srand)$/ {
			print part[2] ": " $NF
		}' | report 'the library prints, exits or reads its surroundings'
}

# The CLI lives on what any other program would get from libhdrive.so.
check_door() {
	[ -e "$build/libhdrive.so" ] || {
		echo "$build/libhdrive.so: not built" | report 'no private door'
		return
	}
	set -- "$build"/obj/engine/cli/*.o
	[ -e "$1" ] || return 0
	{
		nm -D --defined-only "$build/libhdrive.so"
		nm -g --defined-only "$@"
	} | awk 'NF == 3 { sub(/@.*/, "", $3); print $3 }' | sort -u >"$work/there"
	nm -u "$@" | awk '$1 == "U" && $2 ~ /^hd_/ { print $2 }' | sort -u |
		comm -23 - "$work/there" |
		sed 's/$/: not exported by libhdrive.so/' |
		report 'the CLI uses what the library does not show'
}

# What programs were built against: functions, structs, enums.
check_abi() {
	[ -e "$build/libhdrive.so" ] || {
		echo "$build/libhdrive.so: not built" | report 'the binary interface'
		return
	}
	case $(${CC:-cc} -dumpmachine) in
	x86_64*) ;;
	*)
		skip 'the binary interface' 'x86-64, for which it is recorded,'
		return
		;;
	esac
	command -v python3 >/dev/null 2>&1 || {
		skip 'the binary interface' python3
		return
	}
	tests/support/abi.py --cc "${CC:-cc}" check engine/package/libhdrive.abi include \
		"$build/libhdrive.so" >"$work/abi" 2>&1 ||
		report 'the binary interface is not engine/package/libhdrive.abi' <"$work/abi"
}

# Every public function is called by a program in C and in C++: tests/api.
check_calls() {
	grep '^tests/api/.*\.c$' "$work/c" | xargs cat >"$work/calls"
	for header in include/hdrive/*.h; do
		engine/package/exports.sh "$header" | while read -r name; do
			grep -q "\\<$name(" "$work/calls" ||
				echo "$header: $name() is called by nobody: tests/api/test_*.c"
		done
	done | report 'a public function that is not called in C and C++'
}

check_lines() {
	{
		cat "$work/c"
		grep -E '(\.sh|\.py|^Makefile|^\.ci/run)$' "$work/files"
	} | xargs awk '
length($0) + 7 * gsub(/\t/, "&") > 100 {
	while (at = index($0, "\t"))
		$0 = substr($0, 1, at - 1) substr("        ", (at - 1) % 8 + 1) \
			substr($0, at + 1)
	if (length($0) > 100)
		print FILENAME ":" FNR ": " length($0) " columns"
}' | report 'lines have at most 100 columns'
}

# Data may end as its test wants it to. What grep finds nothing in is empty or
# binary. The last bytes of many files at once are newlines or there is a culprit.
check_newlines() {
	grep -vE '^tests/(data|fuzz)/' "$work/files" | xargs grep -Il . |
		xargs -n 100 sh -c '
		[ -n "$(tail -q -c 1 "$@" | tr -d "\n")" ] || exit 0
		for file; do
			[ -z "$(tail -c 1 "$file")" ] || echo "$file"
		done' sh | report 'a text file ends with a newline'
}

# Versions of clang-format differ in what they do: one is the measure.
check_format() {
	case $(clang-format --version 2>/dev/null) in
	*'version 14.'*) ;;
	*)
		skip 'the format of C files' 'clang-format 14'
		return
		;;
	esac
	fresh format "$(clang-format --version)" <"$work/c" >"$work/fresh"
	xargs -r clang-format --dry-run -Werror <"$work/fresh" >"$work/said" 2>&1 && clean format
	grep ': error:' "$work/said" | report 'make format would change'
}

check_shell() {
	command -v shellcheck >/dev/null 2>&1 || {
		skip 'shell scripts' shellcheck
		return
	}
	grep -E '(\.sh|^\.ci/run)$' "$work/files" |
		fresh shell "$(shellcheck --version)" >"$work/fresh"
	xargs -r shellcheck -x -S warning -f gcc <"$work/fresh" >"$work/said" && clean shell
	report 'shellcheck' <"$work/said"
}

check_man() {
	grep -E '^docs/man/.*\.[1-8]$' "$work/files" >"$work/man"
	[ -s "$work/man" ] || return 0
	command -v mandoc >/dev/null 2>&1 || {
		skip 'manual pages' mandoc
		return
	}
	xargs mandoc -Tlint -Wwarning <"$work/man" 2>&1 | report 'mandoc'
}

check_conformance() {
	tests/support/conformance.sh --check 2>&1 |
		report 'docs/reference/conformance.md'
}

check_reference() {
	[ -e "$build/hdrive" ] || {
		skip 'the reference' 'built hdrive'
		return
	}
	command -v python3 >/dev/null 2>&1 || {
		skip 'the reference' python3
		return
	}
	python3 tests/support/reference.py "$build" --check 2>&1 |
		report 'docs/reference is not what the option rows say'
}

# What npm installs is found by its name and its sum, wherever it is asked for.
check_locks() {
	grep 'package-lock\.json$' "$work/files" | xargs -r grep -n '"resolved"\|://' /dev/null |
		report 'a lock file names a registry'
}

for check in "$@"; do
	case " $all " in
	*" $check "*) "check_$check" ;;
	*)
		echo "lint.sh: no check '$check', there are: $all" >&2
		exit 2
		;;
	esac
done
[ ! -e "$work/failed" ]
