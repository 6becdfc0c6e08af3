#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Against the installed headers and library alone, as its README has it.
[ "${TEST_BUILD##*/}" = release ] || exit 77
unset MAKEFLAGS MAKELEVEL
code 0 make -C "$TEST_ROOT" DESTDIR="$PWD/root" PREFIX=/usr install
cp -R "$TEST_ROOT/examples/plugin" plugin
cd plugin
PKG_CONFIG_PATH=$OLDPWD/root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$OLDPWD/root
LD_LIBRARY_PATH=$OLDPWD/root/usr/lib
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
code 0 make CFLAGS='-O1 -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror -pedantic'
[ ! -s err ] || fail 'the compiler has something to say'

code 0 ./tune sweep.yml
# What the page shows is what is printed.
while IFS= read -r line; do
	has out "^$line$"
done <<END
$(sed -n '/^trial 0/p;/^40 trials/p' README.md)
END
cp out first
code 0 ./tune sweep.yml
cmp out first || fail 'not twice the same'

sed 's/skip: 20/skip: -1/' sweep.yml >bad.yml
code 1 ./tune bad.yml
has err "^bad.yml:4:9: 'skip' must be a whole number from 0 to 1000000, got -1$"
# hdrive itself has neither.
code 2 hdrive validate sweep.yml
has err "got 'halton'"
has err "got 'patience'"
