#!/bin/sh
# format.sh FILE...: what `make format` does to C files.
#
# .clang-format sets no column limit: people break lines, and clang-format
# keeps their breaks. Only lines past 100 columns, where lint stops, are broken
# for them; the last pass then sees to it that the format is a stable one.
set -eu

cd "$(dirname "$0")/../.."
style=$(sed 's/^ColumnLimit: .*/ColumnLimit: 100/' .clang-format | paste -sd,)

clang-format -i "$@"
for file in "$@"; do
	lines=$(expand -t 8 "$file" | awk 'length($0) > 100 {
		printf " --lines=%d:%d", NR, NR
	}')
	# shellcheck disable=SC2086
	[ -z "$lines" ] || clang-format -i --style="{$style}" $lines "$file"
done
clang-format -i "$@"
