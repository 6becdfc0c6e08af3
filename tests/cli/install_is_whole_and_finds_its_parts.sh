#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

case ${TEST_BUILD##*/} in
release) sanitize= ;;
address) sanitize=address,undefined ;;
*) exit 77 ;;
esac
unset MAKEFLAGS MAKELEVEL
code 0 make -C "$TEST_ROOT" SANITIZE=$sanitize DESTDIR="$PWD/root" PREFIX=/opt/hd install
hd=$PWD/root/opt/hd

# Everything there is of a kind is there, and nothing of the tests.
diff -r "$TEST_ROOT/include" "$hd/include" || fail 'other headers'
for page in "$TEST_ROOT"/docs/man/*; do
	cmp "$page" "$hd/share/man/man${page##*.}/${page##*/}" || fail "not there: $page"
done
find "$hd" -name '__pycache__' -o -name 'test_*' >out
[ ! -s out ] || fail 'left over'
for part in hdrive-launch hdrive-mlflow hdrive-ui hdrive-plot hdrive-watch; do
	[ -x "$hd/libexec/hdrive/$part" ] || fail "no $part"
done
[ -x "$hd/share/hdrive/python/stand-in/python" ] || fail 'no stand-in'
bash -n "$hd/share/bash-completion/completions/hdrive"
[ -s "$hd/share/zsh/site-functions/_hdrive" ]
[ -s "$hd/share/fish/vendor_completions.d/hdrive.fish" ]

# It runs from there, by a link as well, without the build in PATH.
PATH=/usr/local/bin:/usr/bin:/bin
export PATH
ln -s "$hd/bin/hdrive" link
cat >sweep.yml <<'END'
sampling:
  type: random
  parameter_space: [{name: --x, expression: uniform, values: [0, 1]}]
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 2
END
cat >train.py <<'END'
from azureml.core import Run
Run.get_context().log("acc", 0.5)
END
code 0 ./link submit sweep.yml --name one-1 -- /usr/bin/python3 train.py
code 0 ./link metrics one-1
has out ' acc  *1  0.5 '
code 3 ./link ui nothing-1
code 0 ./link plot one-1 -o x.png
[ -s x.png ] || fail 'no picture'

# Another program is compiled against it, dynamically and statically.
version=$(./link version | sed 's/.* //')
same "$(readlink -f "$hd/lib/libhdrive.so")" "$hd/lib/libhdrive.so.$version"
same "$(readlink "$hd/lib/libhdrive.so.0")" "libhdrive.so.$version"
cat >program.c <<'END'
#include <hdrive.h>
#include <stdio.h>
int main(void)
{
	return printf("%s %s\n", hd_version(), HD_VERSION) < 0;
}
END
PKG_CONFIG_PATH=$hd/lib/pkgconfig
export PKG_CONFIG_PATH
hasnt "$hd/lib/pkgconfig/hdrive.pc" "$PWD"
hasnt "$hd/lib/pkgconfig/hdrive.pc" @
[ -x "$PWD/root$(pkg-config --variable=launcher hdrive)" ] || fail 'no launcher there'
[ -d "$PWD/root$(pkg-config --variable=pythonpath hdrive)/azureml" ] || fail 'no Python there'
PKG_CONFIG_SYSROOT_DIR=$PWD/root
export PKG_CONFIG_SYSROOT_DIR
flags="-std=c17 -Wall -Wextra -Werror -pedantic ${sanitize:+-fsanitize=$sanitize}"
# shellcheck disable=SC2046,SC2086
cc $flags program.c $(pkg-config --cflags --libs hdrive) -o dynamic
same "$(LD_LIBRARY_PATH=$hd/lib ./dynamic)" "$version $version"
rm "$hd"/lib/*.so*
# shellcheck disable=SC2046,SC2086
cc $flags program.c $(pkg-config --cflags --libs --static hdrive) -o static
same "$(./static)" "$version $version"
