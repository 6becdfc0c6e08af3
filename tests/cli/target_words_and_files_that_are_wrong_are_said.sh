#!/bin/sh
# Nothing is made or changed when a word or the file is wrong.
. "$TEST_ROOT/tests/support/cli.sh"

code 2 hdrive target add x
has err "what is 'x'? usage: hdrive target add NAME TYPE KEY=VALUE..."
code 2 hdrive target add x slots=3
has err "what is 'x'?"
code 2 hdrive target add x locl
has err "unknown type 'locl', did you mean 'local'?"
code 2 hdrive target add x zzzzzzz
has err "unknown type 'zzzzzzz', one of: local"
code 2 hdrive target add 'x y' local
has err "'x y' is no name of a target"
code 2 hdrive target add local local
has err "'local' is always there"
code 2 hdrive target add x local slots
has err "'slots' is no KEY=VALUE of a target"
code 2 hdrive target add x local slots=3
has err "local has no key 'slots': 'hdrive help targets' lists them"
code 2 hdrive target remove local
has err "'local' is this machine and always there"
code 2 hdrive target lst
has err "unknown command 'target lst', did you mean 'target ls'?"
code 3 hdrive target show x
[ ! -e .hdrive ] || fail 'something was made'

mkdir .hdrive
printf 'a:\n  type: nowhere\nb: {type: local, slots: 1}\n' >.hdrive/targets.yml
cp .hdrive/targets.yml was
code 2 hdrive target ls
has err "targets.yml:2:9: 'type' must be 'local'"
has err "targets.yml:3:18: unknown key 'b.slots'"
code 2 hdrive target add c local
code 2 hdrive target remove b
cmp .hdrive/targets.yml was || fail 'a wrong file was changed'

# What is no block cannot be changed line by line, and is left as it is.
printf '{a: {type: local}, b: local}\n' >.hdrive/targets.yml
cp .hdrive/targets.yml was
code 0 hdrive target ls
code 2 hdrive target add c local
has err "is written in a way that this cannot change: write 'c' there by hand"
code 2 hdrive target remove a
cmp .hdrive/targets.yml was || fail 'the file was changed'
printf 'a: local\rb: local\r' >.hdrive/targets.yml
cp .hdrive/targets.yml was
code 0 hdrive target show b
code 2 hdrive target remove b
code 2 hdrive target add b local --force
cmp .hdrive/targets.yml was || fail 'the file was changed'
printf 'a: &a {type: local}\nb: *a\n' >.hdrive/targets.yml
code 2 hdrive target remove a
code 0 hdrive target remove b
same "$(cat .hdrive/targets.yml)" 'a: &a {type: local}'
