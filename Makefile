# hdrive: build, test, install.
#
#   make demo      install what is missing, build, run a real sweep
#   make test      install what is missing for the tests, run all of them
#   make           build into build/release
#   make help      every target
#
# Knobs, given as `make NAME=value`:
# the compiler
CC ?= cc
# the tests' C++ compiler
CXX ?= c++
# address,undefined or thread: a build of its own
SANITIZE =
# 1: warnings are errors
WERROR =
# 1: show whole command lines
V =
# what the compiler may do; less for a sanitizer, which is then built in half the time
OPTIMIZE = $(if $(SANITIZE),$(QUICK) -g1,-O2 -g)
# where `make install` puts things
PREFIX = /usr/local
# where the library goes; Debian's is lib/x86_64-linux-gnu
LIBDIR = $(PREFIX)/lib
# staged below this folder, for packagers
DESTDIR =
# the library of charts that the page has: Debian's, or the folder of its npm package
DYGRAPHS = /usr/share/javascript/dygraphs
# what makes the scripts of the page's modules
ESBUILD = esbuild
# run only test programs whose name holds this word
TESTS =
# and of tests/cli and tests/cluster only the scripts whose names hold this one
SCRIPT =
# of tests/cluster those that tests/cluster/short names; all: every one
CLUSTER = short
# the Slurm of tests/cluster: real, fake, or either, as it is there
SLURM = either
# 1: say which tests took longest
TIMES =
export SCRIPT TIMES CLUSTER SLURM
# of check-crash: how many processes are killed, and what chooses them
CRASH_KILLS = 1000
CRASH_SEED = $(shell date +%s)

comma := ,
VARIANT := $(if $(SANITIZE),$(firstword $(subst $(comma), ,$(SANITIZE))),release)
B := build/$(VARIANT)
Q := $(if $(V),,@)

VERSION := $(shell sed -n 's/^.define HD_VERSION "\(.*\)"$$/\1/p' include/hdrive/version.h)
# A new number here is a new library: what was built for the old one keeps that.
SONAME := libhdrive.so.0
REALNAME := $(SONAME).$(VERSION:0.%=%)

PACKAGES := yaml-0.1 sqlite3 libuv libpcre2-8 jansson gsl nettle libgit2
STD := -std=c17 -D_POSIX_C_SOURCE=200809L
WARN := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
	-Wwrite-strings -Wformat=2 -Wvla $(if $(WERROR),-Werror)
# Knows too little of ranges for one warning, which -O2 gives for all that is shipped.
QUICK := -Og -Wno-format-truncation
SAN := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
# libgit2 is loaded when it is needed, by the name that a linker would record.
LIBGIT2 := $(or $(shell readelf -d "$$(pkg-config --variable=libdir libgit2 \
	2>/dev/null)/libgit2.so" 2>/dev/null | sed -n 's/.*SONAME.*\[\(.*\)\].*/\1/p'),libgit2.so)
PACKAGES_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CFLAGS_ALL = $(STD) $(WARN) $(OPTIMIZE) -fPIC -fvisibility=hidden $(SAN) \
	-Iinclude -Iengine -Isamplers -Ipolicies -DHD_LIBGIT2='"$(LIBGIT2)"' \
	$(PACKAGES_CFLAGS) $(CFLAGS)
# GSL over OpenBLAS: gsl.pc names gslcblas, so the libraries stand here.
LIBS := -lyaml -lsqlite3 -luv -lpcre2-8 -ljansson -lnettle -lgsl -lopenblas -lm -lpthread -ldl

# What HTTP needs is loaded by the server alone: hdrive starts without it.
SERVER_SRC := $(addprefix engine/serve/,http.c http_send.c assets.c server_html.c \
	server_trial.c server_ui.c)
# What cairo needs is loaded where a PNG is drawn.
PLOT_SRC := $(addprefix engine/plot/,png.c program.c)
# The launcher's own: all but what it shares.
LAUNCH_OWN := $(filter-out %/launch_text.c,$(wildcard engine/dispatch/launch*.c))
LIB_SRC := $(filter-out $(SERVER_SRC) $(PLOT_SRC) $(LAUNCH_OWN),$(wildcard \
	$(addsuffix /*.c,engine/base engine/config engine/space engine/sweep \
	engine/dispatch engine/remote engine/slurm engine/ssh \
	engine/metrics engine/store engine/report engine/serve \
	engine/doctor engine/exchange engine/mlflow engine/program engine/snapshot \
	engine/study engine/live engine/importance engine/api engine/tensorboard \
	engine/plot) \
	samplers/*.c policies/*.c))
CLI_SRC := $(wildcard engine/cli/*.c)
PUBLIC_H := include/hdrive.h $(sort $(wildcard include/hdrive/*.h))
# What only reads the sources finds the same in every build: once is enough.
TEST_SRC := $(filter-out $(if $(SANITIZE),tests/unit/test_house.c),$(wildcard \
	tests/unit/test_*.c tests/conformance/test_*.c tests/cli/test_*.c))
# A cluster's tests wait for the cluster and not for us: once is enough.
CLUSTER_BIN := $(B)/tests/cluster/test_cluster
# Not a test: the commands of a Slurm that is made up.
SLURM_CLIENT := $(B)/tests/cluster/slurm-client
API_SRC := $(wildcard tests/api/test_*.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC := $(wildcard tests/bench/bench_*.c)
SUPPORT_SRC := $(wildcard tests/support/*.c)
PYTHON_SRC := $(shell find engine/python -name '*.py' 2>/dev/null) engine/python/stand-in/python

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
LIB_OBJ := $(call obj,$(LIB_SRC))
CLI_OBJ := $(call obj,$(CLI_SRC))
SUPPORT_OBJ := $(call obj,$(SUPPORT_SRC))
TEST_BIN := $(patsubst tests/%.c,$(B)/tests/%,$(TEST_SRC))
API_BIN := $(foreach language,c cxx,$(API_SRC:tests/api/%.c=$(B)/tests/api/$(language)/%))
REPLAY_BIN := $(patsubst tests/fuzz/fuzz_%.c,$(B)/tests/fuzz/replay_%,$(FUZZ_SRC))
BENCH_BIN := $(patsubst tests/%.c,$(B)/tests/%,$(BENCH_SRC))
SAMPLER_BENCH := $(B)/tests/bench/samplers/samplers
SAMPLER_BENCH_SRC := $(wildcard tests/bench/samplers/*.c tests/bench/common/*.c)
POLICY_BENCH := $(B)/tests/bench/policies/policies
BENCH_ALL := $(BENCH_BIN) $(B)/tests/bench/fill_many $(SAMPLER_BENCH) $(POLICY_BENCH)
POLICY_BENCH_SRC := $(wildcard tests/bench/policies/*.c tests/bench/common/*.c)
FUZZ_BIN := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(FUZZ_SRC))

.PHONY: all help demo test deps deps-cluster deps-test deps-fuzz check check-abi check-asan \
	check-browser check-cluster check-crash check-deb check-threads check-valgrind \
	deps-browser threads abi install \
	bench bench-cluster bench-page bench-policies bench-samplers fuzz format format-check lint \
	conformance reference deb deps-deb dist clean examples
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/hdrive $(B)/hdrive-launch $(B)/hdrive-mlflow $(B)/hdrive-ui $(B)/hdrive-plot \
	$(B)/hdrive-watch $(B)/libhdrive.a $(B)/libhdrive.so $(B)/python.stamp examples

help:
	@echo 'all demo test deps deps-browser deps-cluster deps-test deps-deb'
	@echo 'check check-abi check-asan check-browser check-cluster check-crash check-deb'
	@echo 'check-threads check-valgrind'
	@echo 'bench bench-cluster bench-page bench-policies bench-samplers'
	@echo 'fuzz lint abi conformance reference'
	@echo 'format format-check'
	@echo 'install deb dist clean'

# --- build -----------------------------------------------------------------

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@$(if $(Q),echo '  CC   $<')
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

# Plain loops over rows of covariances, to be made vector instructions.
$(B)/obj/samplers/kernel.o $(B)/obj/samplers/gpfit.o: \
	OPTIMIZE += -O3 -fno-math-errno -fno-trapping-math -ffp-contract=off

$(B)/libhdrive.a: $(LIB_OBJ)
	@$(if $(Q),echo '  AR   $@')
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# The shared library: what the headers mark HD_API and nothing else, each name
# with the version it came in (docs/design/0011-packages.md).
$(B)/libhdrive.map: engine/package/libhdrive.abi engine/package/map.sh \
		engine/package/exports.sh $(PUBLIC_H)
	@mkdir -p $(@D)
	$(Q)engine/package/map.sh $(VERSION) $< $(PUBLIC_H) >$@
$(B)/$(REALNAME): $(LIB_OBJ) $(B)/libhdrive.map
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=$(B)/libhdrive.map \
		-Wl,--as-needed $(SAN) -o $@ $(LIB_OBJ) $(LDFLAGS) $(LIBS)
$(B)/libhdrive.so: $(B)/$(REALNAME)
	@ln -sf $(REALNAME) $(B)/$(SONAME)
	@ln -sf $(SONAME) $@

$(B)/hdrive: $(CLI_OBJ) $(B)/libhdrive.a
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(SAN) -o $@ $^ $(LDFLAGS) $(LIBS)

# The MLflow server of a trial, and what "hdrive ui" starts.
$(B)/hdrive-mlflow: $(call obj,engine/serve/server_trial.c)
$(B)/hdrive-ui: $(call obj,$(addprefix engine/serve/,server_ui.c server_html.c assets.c)) \
	$(B)/obj/engine/serve/assets.S.o
$(B)/hdrive-mlflow $(B)/hdrive-ui: $(call obj,$(addprefix engine/serve/,http.c http_send.c)) \
		$(B)/libhdrive.a
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(SAN) -o $@ $(filter %.o,$^) $(B)/libhdrive.a $(LDFLAGS) \
		-Wl,--as-needed -lmicrohttpd -lz $(LIBS)

# What "hdrive plot" becomes for a PNG; cairo brings fontconfig.
$(call obj,engine/plot/png.c): CFLAGS_ALL += $(shell pkg-config --cflags cairo fontconfig \
	2>/dev/null)
$(B)/hdrive-plot: $(call obj,$(PLOT_SRC)) $(B)/libhdrive.a
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(SAN) -o $@ $^ $(LDFLAGS) -Wl,--as-needed -lcairo -lfontconfig $(LIBS)

# What "hdrive watch" runs: hdrive starts without curses.
SCREEN_OBJ := $(call obj,$(wildcard engine/screen/*.c))
$(B)/hdrive-watch: $(SCREEN_OBJ) $(B)/libhdrive.a
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(SAN) -o $@ $^ $(LDFLAGS) $(LIBS) -lncursesw -ltinfo

# The page that hdrive-ui has inside: two scripts, one style, at most 300 kB.
PAGE_SRC := $(shell find engine/page -type f)
$(B)/page/stamp: $(PAGE_SRC)
	@$(if $(Q),echo '  PAGE $(@D)')
	$(Q)ESBUILD='$(ESBUILD)' engine/page/build.sh $(@D) '$(DYGRAPHS)'
	@touch $@
$(B)/obj/engine/serve/assets.S.o: engine/serve/assets.S $(B)/page/stamp
	@mkdir -p $(@D)
	@$(if $(Q),echo '  AS   $<')
	$(Q)$(CC) -Wa,-I,$(B)/page -c $< -o $@

# The supervisor of a trial: libc alone, static where the C library can be, so
# that a start costs a fraction of a millisecond (DESIGN 2). musl starts in less
# than half of glibc's time (docs/design/0005); only on x86-64, as its vfork is a
# fork on some others.
LAUNCH_MUSL := $(and $(findstring x86_64,$(shell $(CC) -dumpmachine 2>/dev/null)),$(shell \
	command -v musl-gcc 2>/dev/null))
LAUNCH_CC := $(if $(SAN),$(CC),$(or $(LAUNCH_MUSL),$(CC)))
LAUNCH_STATIC := $(if $(SAN),,$(shell echo 'int main(void){return 0;}' | \
	$(LAUNCH_CC) -static -x c - -o /dev/null 2>/dev/null && echo -static))
# Two segments instead of four: less to map, seven in a hundred of a start.
LAUNCH_LD := $(if $(LAUNCH_STATIC),-Wl$(comma)-z$(comma)noseparate-code \
	-Wl$(comma)-z$(comma)norelro)
LAUNCH_SRC := $(LAUNCH_OWN) $(addprefix engine/dispatch/,launch_text.c \
	cpu_list.c oomcount.c proctree.c)
$(B)/hdrive-launch: $(LAUNCH_SRC) $(wildcard engine/dispatch/launch*.h) \
		$(addprefix engine/dispatch/,cpu_list.h oomcount.h proctree.h \
		record_format.h)
	@mkdir -p $(@D)
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(LAUNCH_CC) $(STD) $(WARN) -Os $(SAN) -Iinclude -Iengine $(LAUNCH_SRC) \
		$(if $(SAN),,$(LAUNCH_STATIC) -s $(LAUNCH_LD)) -o $@

# The Python drop-ins lie beside the binary as they will when installed.
$(B)/python.stamp: $(PYTHON_SRC)
	@mkdir -p $(B)/python
	@cp -R engine/python/. $(B)/python/
	@touch $@

# Every C source of an example is a program, but where the example has a Makefile.
EXAMPLE_SRC := $(foreach file,$(wildcard examples/*/*.c),$(if \
	$(wildcard $(dir $(file))Makefile),,$(file)))
EXAMPLE_BIN := $(patsubst examples/%.c,$(B)/examples/%,$(EXAMPLE_SRC))
examples: $(EXAMPLE_BIN)
$(B)/examples/%: examples/%.c
	@mkdir -p $(@D)
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(STD) $(WARN) -O3 -g $(SAN) $< -o $@ -lz -lm

# --- tests -----------------------------------------------------------------

TEST_CFLAGS = $(CFLAGS_ALL) -Itests/support -DTEST_BUILD='"$(CURDIR)/$(B)"' \
	-DTEST_ROOT='"$(CURDIR)"'

$(B)/obj/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	@$(if $(Q),echo '  CC   $<')
	$(Q)$(CC) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

# Tests are written to be read, not to be fast, and there are many of them. What
# they test is the library, whose objects are the product's.
TEST_OBJ := $(call obj,$(TEST_SRC) $(FUZZ_SRC) tests/fuzz/replay.c)
$(TEST_OBJ): OPTIMIZE = $(QUICK) $(if $(SANITIZE),-g1,-g)
# gold, where there is one, links each in half the time.
TEST_LD := $(if $(shell $(CC) -fuse-ld=gold -Wl$(comma)--version 2>/dev/null),-fuse-ld=gold)

$(B)/tests/fuzz/replay_%: $(B)/obj/tests/fuzz/fuzz_%.o $(B)/obj/tests/fuzz/replay.o $(B)/libhdrive.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(SAN) $(TEST_LD) -o $@ $^ $(LDFLAGS) $(LIBS) -lcmocka

$(B)/tests/%: $(B)/obj/tests/%.o $(SUPPORT_OBJ) $(B)/libhdrive.a
	@mkdir -p $(@D)
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(SAN) $(TEST_LD) -o $@ $(filter %.o,$^) $(B)/libhdrive.a \
		$(LDFLAGS) $(LIBS) -lcmocka

# It replays the benchmark's curves.
$(B)/tests/unit/test_policy_curves: $(call obj,$(addprefix tests/bench/policies/,made.c \
	made_kinds.c replay.c tasks.c))

# The screen's parts that draw nothing.
$(B)/tests/unit/test_screen: $(call obj,$(addprefix engine/screen/,layout.c order.c spark.c \
	tail.c text.c))

# Programs that know what any other knows, the headers and libhdrive.so, each
# as C17 and as C++17.
API_CFLAGS = -Wall -Wextra -Werror -pedantic -D_POSIX_C_SOURCE=200809L -g $(SAN) -Iinclude \
	-DTEST_BUILD='"$(CURDIR)/$(B)"'
API_COMPILE_c = $(CC) -std=c17 $(API_CFLAGS)
API_COMPILE_cxx = $(CXX) -std=c++17 -x c++ $(API_CFLAGS)
define api_program
$(B)/obj/tests/api/$(1)/%.o: tests/api/%.c
	@mkdir -p $$(@D)
	@$(if $(Q),echo '  $(if $(filter c,$(1)),CC ,CXX)  $$<')
	$(Q)$$(API_COMPILE_$(1)) -MMD -MP -c $$< -o $$@
$(B)/tests/api/$(1)/%: $(B)/obj/tests/api/$(1)/%.o $(B)/libhdrive.so
	@mkdir -p $$(@D)
	@$(if $(Q),echo '  LD   $$@')
	$(Q)$$(CC) $$(SAN) -o $$@ $$< -L$(B) -Wl,-rpath,$(CURDIR)/$(B) -lhdrive -lcmocka -lm
endef
$(foreach language,c cxx,$(eval $(call api_program,$(language))))

# What crash tests run or load; no part of the library is in it.
CRASH_BIN := $(B)/tests/crash/program $(B)/tests/crash/faults.so
$(B)/tests/crash/program: tests/crash/program.c
	@mkdir -p $(@D)
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(STD) $(WARN) -O2 -g $< -o $@

$(SLURM_CLIENT): tests/cluster/fake/client.c
	@mkdir -p $(@D)
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(STD) $(WARN) -O2 -g $< -o $@

# The benchmarks are built with them: what does not build measures nothing.
check: all $(TEST_BIN) $(API_BIN) $(REPLAY_BIN) $(CRASH_BIN) \
		$(if $(SANITIZE),,$(CLUSTER_BIN) $(SLURM_CLIENT) $(BENCH_ALL))
	@tests/support/run-tests.sh $(B) '$(TESTS)' $(TEST_BIN) $(API_BIN) $(REPLAY_BIN) \
		$(if $(SANITIZE),,$(CLUSTER_BIN))

# Over a real Slurm and real hosts of SSH, which each script starts for itself;
# what it has no packages or no right for is skipped.
check-cluster: CLUSTER = all
check-cluster: all $(CLUSTER_BIN) $(SLURM_CLIENT) $(CRASH_BIN)
	@tests/support/run-tests.sh $(B) '' $(CLUSTER_BIN)

# The page in a real browser: tests/browser/README.md
check-browser: all
	@tests/browser/run.sh $(CURDIR)/$(B) --needed

check-asan:
	@$(MAKE) --no-print-directory SANITIZE=address,undefined check

# Two threads with two contexts, and fork, under ThreadSanitizer: the programs
# that have threads, as all others would find nothing. One forks, and a sweep's
# worker starts in its child.
THREAD_TESTS = test_threads test_runner test_ahead test_flush
check-threads:
	@$(MAKE) --no-print-directory SANITIZE=thread threads
threads: $(THREAD_TESTS:%=$(B)/tests/unit/%) $(B)/hdrive-launch
	@TSAN_OPTIONS=suppressions=$(CURDIR)/tests/support/tsan.supp:die_after_fork=0 \
		tests/support/run-tests.sh $(B) '' $(THREAD_TESTS:%=$(B)/tests/unit/%)

check-valgrind: all $(TEST_BIN)
	@tests/support/run-tests.sh --valgrind $(B) '$(TESTS)' \
		$(filter $(B)/tests/unit/%,$(TEST_BIN))

# Never with a sanitizer: it is loaded before the C library's own.
$(B)/tests/crash/faults.so: tests/crash/faults.c
	@mkdir -p $(@D)
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(STD) $(WARN) -O2 -g -fPIC -shared $< -o $@ -ldl

# A thousand kills, every fault, 32 sweeps at once with 200 trials each; `make
# check` has a little of all.
check-crash: all $(CRASH_BIN)
	@CRASH_KILLS=$(CRASH_KILLS) CRASH_SEED=$(CRASH_SEED) \
		/usr/bin/python3 tests/crash/kill.py $(B)
	@FAULT_SECONDS=0 /usr/bin/python3 tests/crash/faults.py $(B)
	@dir=$$(mktemp -d) && cd $$dir && MANY_TRIALS=200 PATH=$(CURDIR)/$(B):$$PATH \
		TEST_ROOT=$(CURDIR) TEST_BUILD=$(CURDIR)/$(B) \
		sh $(CURDIR)/tests/cli/thirty_two_sweeps_at_once_share_a_store.sh && \
		rm -r $$dir && echo '32 sweeps at once: all complete'

test: deps-test
	@tests/support/test-all.sh

# Ten thousand trials on a made-up cluster of a thousand nodes, whose scheduler takes its
# time and fails: knobs in tests/cluster/scale/run.py
bench-cluster: all $(SLURM_CLIENT)
	@/usr/bin/python3 tests/cluster/scale/run.py $(B)

bench: all $(BENCH_BIN) $(B)/tests/bench/fill_many
	@tests/bench/run.sh $(B)

# How soon the page shows 10,000 trials and what comes: knobs in tests/bench/page.mjs
bench-page: all deps-browser
	@node tests/bench/page.mjs $(B)

# The samplers compared: knobs in tests/bench/samplers/run.sh
$(SAMPLER_BENCH): $(call obj,$(SAMPLER_BENCH_SRC)) $(B)/libhdrive.a
	@mkdir -p $(@D)
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(SAN) -o $@ $^ $(LDFLAGS) $(LIBS) -lz
bench-samplers: all $(SAMPLER_BENCH)
	@tests/bench/samplers/run.sh $(B)

# The policies over learning curves: knobs in tests/bench/policies/run.sh
$(POLICY_BENCH): $(call obj,$(POLICY_BENCH_SRC)) $(B)/libhdrive.a
	@mkdir -p $(@D)
	@$(if $(Q),echo '  LD   $@')
	$(Q)$(CC) $(SAN) -o $@ $^ $(LDFLAGS) $(LIBS) -lz
bench-policies: all $(POLICY_BENCH)
	@tests/bench/policies/run.sh $(B)

# --- fuzzing: clang's libFuzzer, a minute each; FUZZ_SECONDS=3600 for a night
FUZZ_SECONDS = 60
FUZZ_CFLAGS = $(STD) -g -O1 -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=all -Iinclude -Iengine -Isamplers -Ipolicies -Itests/support \
	-DHD_LIBGIT2='"$(LIBGIT2)"'
build/fuzz/%: tests/fuzz/%.c $(LIB_SRC)
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_CFLAGS) $< $(LIB_SRC) -o $@ $(LIBS)
fuzz: deps-fuzz
	@$(MAKE) --no-print-directory $(FUZZ_BIN)
	@tests/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZ_BIN)

# --- the house -------------------------------------------------------------

C_FILES = $(shell git ls-files '*.c' '*.h')
format:
	@tests/support/format.sh $(C_FILES)
format-check:
	clang-format --dry-run -Werror $(C_FILES)
lint: all
	@tests/support/lint.sh $(B)
# The binary interface against engine/package/libhdrive.abi, which `make abi`
# writes: additions at once, with ABI_BREAK=1 what breaks programs built before.
check-abi abi: $(B)/libhdrive.so
	@tests/support/abi.py --cc '$(CC)' $(if $(filter abi,$@),record,check) \
		$(if $(ABI_BREAK),--break) engine/package/libhdrive.abi include $<
# docs/reference/conformance.md, from the rules and the names of the tests
conformance:
	@tests/support/conformance.sh
# commands.md of docs/reference, and the tables of samplers.md and policies.md,
# from the rows of options
reference: $(B)/hdrive
	@python3 tests/support/reference.py $(B)

DEPS_BUILD := gcc libc6-dev pkg-config libyaml-dev libgsl-dev libopenblas-serial-dev \
	libsqlite3-dev libuv1-dev libpcre2-dev libjansson-dev libgit2-dev \
	libcairo2-dev libmicrohttpd-dev libncurses-dev nettle-dev zlib1g-dev musl-tools \
	esbuild libjs-dygraphs
DEPS_TEST := $(DEPS_BUILD) g++ libcmocka-dev libasan8 libubsan1 libtsan2 python3 python3-sklearn \
	python3-protobuf mandoc procps curl tmux debhelper dpkg-dev
DEPS_CLUSTER := slurm-wlm slurm-client munge openssh-server openssh-client iproute2 \
	util-linux python3
deps:
	@tests/support/deps.sh $(DEPS_BUILD)
deps-cluster:
	@tests/support/deps.sh $(DEPS_CLUSTER)
deps-fuzz:
	@tests/support/deps.sh $(DEPS_BUILD) clang libclang-rt-14-dev
deps-test:
	@tests/support/deps.sh $(DEPS_TEST)
	@$(MAKE) --no-print-directory deps-browser || echo 'no browser to test with'
# A browser, and what drives it: of npm, into build/browser
deps-browser:
	@tests/browser/install.sh build/browser
deps-deb:
	@tests/support/deps.sh $(DEPS_BUILD) debhelper dpkg-dev lintian debootstrap

demo: deps
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@examples/digits/demo.sh $(B)

# What runs finds its parts from where it stands: ../libexec, ../share.
TO = $(DESTDIR)$(PREFIX)
TOLIB = $(DESTDIR)$(LIBDIR)
install: all
	install -d $(TO)/bin $(TO)/libexec/hdrive $(TO)/include/hdrive $(TOLIB)/pkgconfig
	install -m 755 $(B)/hdrive $(TO)/bin/
	install -m 755 $(B)/hdrive-launch $(B)/hdrive-mlflow $(B)/hdrive-ui $(B)/hdrive-plot \
		$(B)/hdrive-watch $(TO)/libexec/hdrive/
	install -m 644 $(B)/libhdrive.a $(TOLIB)/
	install -m 755 $(B)/$(REALNAME) $(TOLIB)/
	ln -sf $(REALNAME) $(TOLIB)/$(SONAME)
	ln -sf $(SONAME) $(TOLIB)/libhdrive.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
		-e 's|@LIBS@|$(LIBS)|' \
		-e 's|@LIBDIR@|$(LIBDIR:$(PREFIX)/%=$${prefix}/%)|' \
		engine/package/hdrive.pc.in >$(TOLIB)/pkgconfig/hdrive.pc
	install -m 644 include/hdrive.h $(TO)/include/
	install -m 644 include/hdrive/*.h $(TO)/include/hdrive/
	for section in 1 3 5; do \
		install -d $(TO)/share/man/man$$section && \
		install -m 644 docs/man/*.$$section $(TO)/share/man/man$$section/ || exit 1; done
	for at in bash=bash-completion/completions/hdrive zsh=zsh/site-functions/_hdrive \
		fish=fish/vendor_completions.d/hdrive.fish; do \
		install -d $(TO)/share/$$(dirname $${at#*=}) && \
		$(B)/hdrive completion $${at%%=*} >$(TO)/share/$${at#*=} || exit 1; done
	for file in $(PYTHON_SRC:engine/python/%=%); do \
		mode=644 && { [ ! -x engine/python/$$file ] || mode=755; } && \
		install -D -m $$mode engine/python/$$file $(TO)/share/hdrive/python/$$file || \
		exit 1; done

# Debian packages hdrive, libhdrive0 and libhdrive-dev in build/deb, checked by
# lintian, which leaves files in its TMPDIR; its advice to close a bug of Debian's
# is not for us. `make check-deb`, as root, also installs them into a fresh Debian.
deb: deps-deb
	@engine/package/deb.sh build/deb
	@mkdir -p build/deb/lintian; code=0; TMPDIR=$(CURDIR)/build/deb/lintian lintian \
		--allow-root --fail-on error --suppress-tags initial-upload-closes-no-bugs \
		--profile debian build/deb/*.changes || code=$$?; \
		rm -r build/deb/lintian; exit $$code
check-deb: deb
	@tests/package/chroot.sh build/deb

dist:
	@mkdir -p build
	git archive --prefix=hdrive/ -o build/hdrive.tar.gz HEAD

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
