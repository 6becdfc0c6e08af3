#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
mkdir -p build .venv/bin
script build/prog <<'END2'
[ ! -e build/prog.o ] || exit 3
echo acc=0.5
END2
echo x >build/prog.o
printf 'build/\n.venv/\nprog\n' >.gitignore

# A file is taken into the snapshot, alone, so that a build changes nothing.
code 0 hdrive submit sweep.yml --name a -- ./build/prog
hasnt err note
same "$(ls .hdrive/a/source/build)" prog

# A link leads to what works where it lies alone: the python of a virtual
# environment, say.
ln -s /bin/sh .venv/bin/python
code 0 hdrive submit sweep.yml --name b -- .venv/bin/python -c 'echo $0 acc=0.5'
has err 'note: the program is left out of the snapshot: it runs from where it lies'
has err "it lies, '$PWD/.venv/bin/python'\$"
[ ! -e .hdrive/b/source/.venv ] || fail 'it is in the snapshot'
code 0 hdrive show b 0 --json
has out "\"$PWD/.venv/bin/python\""
