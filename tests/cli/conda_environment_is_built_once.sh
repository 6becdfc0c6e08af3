#!/bin/sh
# With a stand-in for conda: built once for a content, and run in.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1 concurrent=1
mkdir bin
script bin/micromamba <<'END'
echo "$*" >>"$BUILDS"
while [ "$1" != -p ]; do shift; done
[ -e "${FAIL-/none}" ] && mkdir -p "$2" && exit 1
mkdir -p "$2/bin"
cp "$4" "$2/built-from"
printf '#!/bin/sh\nexport CONDA=yes\nexec sh "$@"\n' >"$2/bin/python"
chmod +x "$2/bin/python"
END
PATH=$PWD/bin:$PATH
BUILDS=$PWD/builds
export BUILDS
echo 'echo acc=1; echo "conda ${CONDA-no}"' >train.sh
echo 'dependencies: [python]' >env.yml
cat >conda.runconfig <<'END'
script: train.sh
environment:
  python: {userManagedDependencies: false, condaDependenciesFile: env.yml}
END
# A build that fails is no environment, and is begun anew.
touch fail
FAIL=fail
export FAIL
code 1 hdrive submit sweep.yml -c conda --build-env
has err "micromamba could not build the environment of 'env.yml'"
rm fail
code 0 hdrive submit sweep.yml -c conda --build-env --name one
code 0 hdrive submit sweep.yml -c conda --build-env --name two
has .hdrive/two/000000/stdout '^conda yes$'
same "$(wc -l <builds)" 2
# Another content is another environment; what stands in the file is one too.
cat >inline.runconfig <<'END'
script: train.sh
environment:
  python:
    userManagedDependencies: false
    condaDependencies: {dependencies: [python]}
END
code 0 hdrive submit sweep.yml -c inline --build-env --name three
same "$(wc -l <builds)" 3
grep -q '{"dependencies":\["python"\]}' .hdrive/environments/*/built-from ||
	fail 'it was built from something else'
printf 'script: train.sh\n' >none.runconfig
code 2 hdrive submit sweep.yml -c none --build-env
has err 'names no conda environment to build'
