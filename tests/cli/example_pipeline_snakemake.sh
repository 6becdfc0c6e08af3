#!/bin/sh
# The Snakefile of examples/pipeline, as example_pipeline_make.sh; skipped where
# there is no snakemake, which brings half a gigabyte along.
. "$TEST_ROOT/tests/support/cli.sh"

snakemake --version >version 2>&1 || exit 77
mkdir work
cp -R "$TEST_ROOT/examples/pipeline" "$TEST_ROOT/examples/digits" work
cd work/pipeline
rm -rf build .hdrive .snakemake

setsid snakemake --cores 2 --nolock >said 2>&1 &
pipeline=$!
within 60 grep -q leads said
kill -KILL -$pipeline
killed $pipeline
first() {
	hdrive show @ 0 --json | grep -o '"attempt":[0-9]*,"created":"[^"]*"'
}
first=$(first)
code 0 snakemake --cores 2 --nolock --rerun-incomplete
same "$(first)" "$first"
has build/report.txt '^0\.9[0-9]* of 497 images are read right$'
same "$(hdrive ls --all | grep -c digits-)" 1
sound

code 0 snakemake --cores 2
has err 'Nothing to be done'

rm build/model.json build/metrics.json build/report.txt
code 1 snakemake --cores 2 --config require='best>=0.999'
has err "required 'best>=0.999': it is 0.9"
same "$(ls build | tr '\n' ' ')" 'test.csv train.csv valid.csv '
