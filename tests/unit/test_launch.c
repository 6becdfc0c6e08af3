/*
 * Tests of engine/dispatch/launch.c: what becomes of the program that it runs, with
 * real processes.
 */

/* prctl is Linux's. */
#define _GNU_SOURCE

#include "launchbox.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

static int setup(void **state)
{
	return launch_setup(state, LAUNCHER);
}

/* Until stdout holds TEXT; gives up after half a minute. */
static void await_output(const struct place *place, const char *text)
{
	char found[4096];

	for (int i = 0; i < 6000; i++) {
		folder_read(place->folder, "stdout", found, sizeof found);
		if (strstr(found, text))
			return;
		poll(NULL, 0, 5);
	}
	fail_msg("'%s' was never printed", text);
}

static void await_state(const struct place *place, struct hd_record_state *out)
{
	for (int i = 0; i < 6000; i++) {
		if (hd_record_read_state(out, place->folder, NULL) == 0)
			return;
		poll(NULL, 0, 5);
	}
	fail_msg("no state was written");
}

static void hd_132_the_exit_status_is_recorded(void **state)
{
	static const int codes[] = { 0, 1, 3, 75, 255 };
	struct place *place = *state;

	for (size_t i = 0; i < ROWS(codes); i++) {
		char script[32];
		const struct hd_exit *end;

		snprintf(script, sizeof script, "exit %d", codes[i]);
		end = run_script(place, script);
		assert_true(end->known);
		assert_int_equal(end->code, codes[i]);
		assert_int_equal(end->signal, 0);
		assert_null(end->error);
		assert_false(end->killed_by_us);
		assert_true(end->started > 0 && end->ended >= end->started);
		assert_true(end->max_rss > 0);
		assert_int_equal(end->stragglers, 0);
	}
}

static void a_signal_that_killed_it_is_recorded(void **state)
{
	const struct hd_exit *end = run_script(*state, "kill -SEGV $$");

	assert_int_equal(end->code, -1);
	assert_int_equal(end->signal, SIGSEGV);
	assert_false(end->killed_by_us);
}

static void a_program_that_cannot_be_run_says_why(void **state)
{
	static const struct {
		const char *program;
		int code;
		const char *error;
	} rows[] = {
		{ "no-such-program", 127,
		  "cannot run 'no-such-program': no such program in PATH" },
		{ "./missing", 127,
		  "cannot run './missing': No such file or directory" },
		{ "./plain", 126, "cannot run './plain': it is not executable" },
		{ "./folder", 126, "cannot run './folder': it is a folder" },
		{ "./lost", 127,
		  "cannot run './lost': the interpreter that it names is not "
		  "there" },
		{ "./a\"\\\xff\x01\xc3\xa4", 127,
		  "cannot run './a\"\\?\?\xc3\xa4': No such file or directory" },
	};
	struct place *place = *state;

	folder_write(place->work, "plain", "echo no\n", 0644);
	folder_write(place->work, "lost", "#!/no/such/interpreter\n", 0755);
	assert_int_equal(mkdir(folder_path(place->work, "folder"), 0777), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *const argv[] = { rows[i].program, NULL };
		const struct hd_exit *end = run(place, argv);

		assert_int_equal(end->code, rows[i].code);
		assert_non_null(end->error);
		assert_string_equal(end->error, rows[i].error);
	}
}

static void a_missing_working_folder_says_so(void **state)
{
	static const char *const argv[] = { "true", NULL };
	struct place *place = *state;
	const struct hd_exit *end;

	rmdir(place->work);
	end = run(place, argv);
	assert_int_equal(end->code, 126);
	assert_non_null(strstr(end->error, "cannot enter the folder '"));
}

static void a_script_without_a_first_line_is_run_by_the_shell(void **state)
{
	static const char *const argv[] = { "./plain", "7", NULL };
	struct place *place = *state;

	folder_write(place->work, "plain", "exit $1\n", 0755);
	assert_int_equal(run(place, argv)->code, 7);
}

static void hd_053_argv_reaches_the_program_byte_for_byte(void **state)
{
	static const char *const argv[] = {
		"./show", "--name", "two words", "", "'q\"'", "$HOME `id` \\n",
		"line\nbreak", "\xff\xfe\x80", "--", "-x=*", NULL
	};
	struct place *place = *state;
	char expected[512] = "";

	folder_write(place->work, "show",
		     "#!/bin/sh\nfor a; do printf '<%s>' \"$a\"; done\n", 0755);
	for (size_t i = 1; argv[i]; i++)
		snprintf(expected + strlen(expected),
			 sizeof expected - strlen(expected), "<%s>", argv[i]);
	assert_int_equal(run(place, argv)->code, 0);
	assert_folder_holds(place->folder, "stdout", expected);
}

static void output_goes_to_files_and_input_is_empty(void **state)
{
	struct place *place = *state;
	char text[1024];

	run_script(place, "cat; echo out; echo err >&2; pwd >&2");
	assert_folder_holds(place->folder, "stdout", "out\n");
	folder_read(place->folder, "stderr", text, sizeof text);
	assert_int_equal(strncmp(text, "err\n", 4), 0);
	assert_non_null(strstr(text, "/work\n"));
}

static void ten_megabytes_are_kept_whole(void **state)
{
	struct place *place = *state;
	struct stat stat_of;

	assert_int_equal(run_script(place, "head -c 10485760 /dev/zero")->code,
			 0);
	assert_int_equal(stat(folder_path(place->folder, "stdout"), &stat_of), 0);
	assert_int_equal(stat_of.st_size, 10485760);
}

static void the_program_gets_three_descriptors(void **state)
{
	struct place *place = *state;
	int extra = open("/dev/null", O_RDONLY); /* inherited on purpose */
	char text[1024];

	assert_true(extra >= 0);
	run_script(place, "for f in /proc/self/fd/*; do "
			  "case $f in */[012]) ;; *) readlink $f;; esac; done");
	close(extra);
	/* The shell's own reading of the folder may show, ours may not. */
	folder_read(place->folder, "stdout", text, sizeof text);
	assert_null(strstr(text, "/dev/null"));
	assert_null(strstr(text, place->folder));
}

static void signals_are_as_by_default_in_the_program(void **state)
{
	struct place *place = *state;
	unsigned long long blocked, ignored;
	char text[1024];

	run_script(place, "grep -E '^Sig(Blk|Ign)' /proc/self/status");
	folder_read(place->folder, "stdout", text, sizeof text);
	assert_int_equal(sscanf(text, "SigBlk:\t%llx\nSigIgn:\t%llx", &blocked,
				&ignored),
			 2);
	assert_true(blocked == 0);
	/*
	 * 32 and 33 are the C library's own, cannot be set through it, and are
	 * inherited ignored from a make that starts programs by posix_spawn.
	 */
	assert_true((ignored & ~0x180000000ull) == 0);
}

static void what_outlives_the_program_is_ended_and_counted(void **state)
{
	struct place *place = *state;
	pid_t pid = start_script(
		place, "5",
		"sh -c 'echo a >>up; exec sleep 1000' & "
		"setsid sh -c 'echo b >>up; exec sleep 1000' & "
		"(setsid sh -c 'trap \"\" TERM; echo c >>up; sleep 1000; :' &); "
		"while [ $(cat up 2>/dev/null | wc -l) != 3 ]; do sleep 0.01; done; "
		"exit 4");
	const struct hd_exit *end = finish_recorded(place, pid);

	assert_int_equal(end->code, 4);
	/* The third may already have started its own sleep. */
	assert_in_range(end->stragglers, 3, 4);
	assert_false(end->killed_by_us);
}

static void term_reaches_the_whole_group_and_may_be_heeded(void **state)
{
	struct place *place = *state;
	pid_t pid = start_script(place, "60",
				 "trap 'echo saved; exit 75' TERM; "
				 "setsid sleep 1000 & echo ready; wait");
	const struct hd_exit *end;

	await_output(place, "ready");
	kill(pid, SIGTERM);
	end = finish_recorded(place, pid);
	assert_int_equal(end->code, 75);
	assert_true(end->killed_by_us);
	assert_folder_holds(place->folder, "stdout", "ready\nsaved\n");
}

static void who_ignores_term_is_killed_after_the_grace(void **state)
{
	struct place *place = *state;
	pid_t pid = start_script(place, "0.2",
				 "trap '' TERM; echo ready; "
				 "sleep 1000; sleep 1000; sleep 1000");
	const struct hd_exit *end;

	await_output(place, "ready");
	kill(pid, SIGTERM);
	end = finish_recorded(place, pid);
	assert_int_equal(end->signal, SIGKILL);
	assert_true(end->killed_by_us);
}

static void a_second_term_or_usr1_does_not_wait_for_the_grace(void **state)
{
	static const int second[] = { SIGTERM, SIGUSR1 };
	struct place *place = *state;

	for (size_t i = 0; i < ROWS(second); i++) {
		pid_t pid = start_script(place, "100000",
					 "trap 'echo heard' TERM; echo ready; "
					 "while :; do sleep 1000 & wait; done");
		const struct hd_exit *end;

		await_output(place, "ready");
		kill(pid, SIGTERM);
		await_output(place, "heard");
		kill(pid, second[i]);
		end = finish_recorded(place, pid);
		assert_int_equal(end->signal, SIGKILL);
		assert_true(end->killed_by_us);
		unlink(folder_path(place->folder, "stdout"));
	}
}

static void a_stopped_program_hears_term(void **state)
{
	struct place *place = *state;
	struct hd_record_state who;
	pid_t pid = start_script(place, "100000", "echo ready; exec sleep 1000");

	await_output(place, "ready");
	await_state(place, &who);
	kill((pid_t)who.program, SIGSTOP);
	kill(pid, SIGTERM);
	assert_int_equal(finish_recorded(place, pid)->signal, SIGTERM);
}

static void a_program_that_closes_its_output_runs_on(void **state)
{
	struct place *place = *state;

	assert_int_equal(run_script(place, "exec >&- 2>&-; sleep 0.05; exit 9")->code, 9);
}

/* The first CPU that this process may use. */
static int first_cpu(void)
{
	cpu_set_t all;

	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &all))
			return i;
	return 0;
}

/* Run a script that prints where it may run, with CPUS in the environment. */
static void run_on(struct place *place, const char *cpus, char *text,
		   size_t size)
{
	setenv("HDRIVE_CPUS", cpus, 1);
	assert_int_equal(run_script(place, "exec grep ^Cpus_allowed_list "
					   "/proc/self/status")
				 ->code,
			 0);
	unsetenv("HDRIVE_CPUS");
	assert_true(folder_read(place->folder, "stdout", text, size) > 0);
	folder_write(place->folder, "stdout", "", 0644);
}

static void the_program_runs_on_the_cpus_it_is_given(void **state)
{
	char text[256], expected[256], cpu[16];

	snprintf(cpu, sizeof cpu, "%d", first_cpu());
	snprintf(expected, sizeof expected, "Cpus_allowed_list:\t%s\n", cpu);
	run_on(*state, cpu, text, sizeof text);
	assert_string_equal(text, expected);
}

static void cpus_that_are_none_are_no_reason_not_to_run(void **state)
{
	static const char *const rows[] = { "", "x", "32767", "99999", "1-" };
	char text[256], all[256];

	run_on(*state, "", all, sizeof all);
	for (size_t i = 0; i < ROWS(rows); i++) {
		run_on(*state, rows[i], text, sizeof text);
		assert_string_equal(text, all);
	}
}

static void the_state_tells_who_runs_it(void **state)
{
	struct place *place = *state;
	struct hd_record_state who;
	pid_t pid = start_script(place, "5", "echo ready; exec sleep 1000");

	await_state(place, &who);
	assert_int_equal(who.pid, pid);
	assert_true(who.start > 0);
	assert_int_equal(getpgid((pid_t)who.program), who.program);
	assert_int_equal(strlen(who.boot), 36);
	kill(pid, SIGUSR1);
	assert_true(finish_recorded(place, pid)->killed_by_us);
}

static void a_boot_id_that_is_given_is_the_states(void **state)
{
	struct place *place = *state;
	struct hd_record_state who;
	pid_t pid;

	folder_write(place->folder, "ticket-1", "", 0644);
	pid = fork();
	if (pid == 0) {
		execl(LAUNCHER, LAUNCHER, "-b", "a boot", place->folder,
		      place->work, "5", "1", "--", "true", (char *)NULL);
		_exit(99);
	}
	assert_int_equal(finish_recorded(place, pid)->code, 0);
	await_state(place, &who);
	assert_string_equal(who.boot, "a boot");
}

/* What the state says of TEXT as the trial's devices. */
static void assert_devices(struct place *place, const char *text,
			   const char *expected)
{
	struct hd_record_state who;

	setenv("HDRIVE_DEVICES", text, 1);
	assert_int_equal(run_script(place, "exit 0")->code, 0);
	unsetenv("HDRIVE_DEVICES");
	assert_int_equal(hd_record_read_state(&who, place->folder, NULL), 0);
	assert_string_equal(who.devices, expected);
	assert_true(who.pid > 0);
}

static void the_state_tells_the_devices_unless_there_is_no_end_to_them(void **state)
{
	char endless[5000];

	assert_devices(*state, "GPU 0,2; CPU 4-7", "GPU 0,2; CPU 4-7");
	assert_devices(*state, "", "");
	memset(endless, '"', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	assert_devices(*state, endless, "");
	endless[999] = '\0';
	assert_devices(*state, endless, endless);
}

static void the_program_dies_with_a_killed_launcher(void **state)
{
	struct place *place = *state;
	struct hd_record_state who;
	pid_t pid = start_script(place, "5", "exec sleep 1000");

	await_state(place, &who);
	kill(pid, SIGKILL);
	assert_int_equal(finish(pid), 1000 + SIGKILL);
	/* It is ours now: a hang here is the failure. */
	assert_int_equal(finish((pid_t)who.program), 1000 + SIGKILL);
	assert_int_equal(hd_record_read(&place->record, place->folder, NULL),
			 HD_ENOENT);
}

static void a_folder_deleted_under_way_ends_without_a_record(void **state)
{
	struct place *place = *state;
	pid_t pid = start_script(place, "5",
				 "echo ready; while [ -e ../stdout ]; do "
				 "sleep 0.01; done; sleep 0.05");

	await_output(place, "ready");
	folder_remove(place->folder);
	assert_int_equal(finish(pid), HD_RECORD_EXIT_UNWRITTEN);
}

static void a_tree_that_left_its_group_is_told_and_then_killed(void **state)
{
	struct place *place = *state;
	pid_t pid = start_script(
		place, "0.3",
		"setsid sh -c 'trap \"echo told >>told\" TERM; echo a >>up; "
		"while :; do sleep 0.01; done' & "
		"(setsid sh -c 'trap \"echo told >>told\" TERM; echo b >>up; "
		"while :; do sleep 0.01; done' &); "
		"trap 'echo told >>told' TERM; "
		"while [ $(cat up 2>/dev/null | wc -l) != 2 ]; do sleep 0.01; done; "
		"echo ready; while :; do sleep 0.01; done");
	const struct hd_exit *end;

	await_output(place, "ready");
	kill(pid, SIGTERM);
	end = finish_recorded(place, pid);
	assert_int_equal(end->signal, SIGKILL);
	assert_true(end->killed_by_us);
	assert_false(end->out_of_memory);
	/* Each of the three once. */
	assert_folder_holds(place->work, "told", "told\ntold\ntold\n");
}

static void signals_of_a_terminal_end_neither_it_nor_the_program(void **state)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE };
	struct place *place = *state;
	pid_t pid = start_script(place, "5",
				 "echo ready; while [ ! -e ../go ]; do "
				 "sleep 0.01; done; exit 6");
	const struct hd_exit *end;

	await_output(place, "ready");
	for (size_t i = 0; i < ROWS(signals); i++)
		kill(pid, signals[i]);
	folder_write(place->folder, "go", "", 0644);
	end = finish_recorded(place, pid);
	assert_int_equal(end->code, 6);
	assert_false(end->killed_by_us);
}

/* A session with the terminal SLAVE, which starts the launcher and goes on. */
static void become_session(const struct place *place, const char *slave,
			   const char *const *argv)
{
	setsid();
	signal(SIGHUP, SIG_DFL); /* under nohup it would live on */
	/* The first terminal that a session opens is its own. */
	if (open(slave, O_RDWR) < 0)
		_exit(98);
	if (fork() == 0) {
		setpgid(0, 0); /* as the engine starts it */
		become_launcher(place, "5", argv);
	}
	for (;;)
		pause(); /* until the terminal's end */
}

static void a_terminal_that_is_closed_ends_neither(void **state)
{
	static const char *const argv[] = {
		"sh", "-c",
		"echo ready; while [ ! -e ../go ]; do sleep 0.01; done; exit 6",
		NULL
	};
	struct place *place = *state;
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct hd_record_state who;
	char slave[64];
	pid_t session;

	if (terminal < 0 && errno != EMFILE) /* a chroot without /dev/pts */
		skip();
	assert_true(terminal >= 0);
	assert_int_equal(grantpt(terminal), 0);
	assert_int_equal(unlockpt(terminal), 0);
	snprintf(slave, sizeof slave, "%s", ptsname(terminal));
	folder_write(place->folder, "ticket-1", "", 0644);
	session = fork();
	if (session == 0) {
		close(terminal); /* or it would never close */
		become_session(place, slave, argv);
	}
	await_output(place, "ready");
	await_state(place, &who);
	close(terminal);
	assert_int_equal(finish(session), 1000 + SIGHUP);
	folder_write(place->folder, "go", "", 0644);
	/* It is ours now. */
	assert_int_equal(finish_recorded(place, (pid_t)who.pid)->code, 6);
}

/* A memory group of 30 MB, where this machine lets us make one. */
static bool memory_enter(void)
{
	char limit[] = "/sys/fs/cgroup/memory/hdrive-test-XXXXXX";
	bool ok = mkdtemp(limit) != NULL;

	if (!ok)
		return false;
	folder_write(limit, "memory.limit_in_bytes", "30000000", 0644);
	folder_write(limit, "cgroup.procs", "0", 0644);
	return true;
}

static void memory_leave(void)
{
	DIR *dir;
	struct dirent *found;

	dir = opendir("/sys/fs/cgroup/memory");
	while (dir && (found = readdir(dir)))
		if (strncmp(found->d_name, "hdrive-test-", 12) == 0)
			rmdir(folder_path("/sys/fs/cgroup/memory",
					  found->d_name));
	if (dir)
		closedir(dir);
}

static void a_program_killed_for_want_of_memory_says_so(void **state)
{
	static const char *const argv[] = {
		"sh", "-c", "sleep 0.2; x=0; while :; do x=$x$x; done", NULL
	};
	struct place *place = *state;
	pid_t pid;
	int code;

	folder_write(place->folder, "ticket-1", "", 0644);
	pid = fork();
	if (pid == 0) {
		if (!memory_enter())
			_exit(77);
		become_launcher(place, "5", argv);
	}
	code = finish(pid);
	memory_leave();
	if (code == 77)
		skip();
	assert_int_equal(code, 0);
	assert_int_equal(hd_record_read(&place->record, place->folder, NULL), 0);
	assert_int_equal(place->record.exit.signal, SIGKILL);
	assert_true(place->record.exit.out_of_memory);
}

static void a_kill_from_outside_is_not_for_want_of_memory(void **state)
{
	const struct hd_exit *end = run_script(*state, "sleep 0.2; kill -KILL $$");

	assert_int_equal(end->signal, SIGKILL);
	assert_false(end->killed_by_us);
	assert_false(end->out_of_memory);
}

/* DESIGN: so small that one beside each trial is nothing. */
static void the_launcher_is_small(void **state)
{
	struct stat stat_of;

	(void)state;
	assert_int_equal(stat(LAUNCHER, &stat_of), 0);
	/* Not the one with sanitizers, nor a C library's that is not small. */
	if (!strstr(LAUNCHER, "/release/") || access("/usr/bin/musl-gcc", X_OK))
		skip();
	assert_in_range(stat_of.st_size, 1, 200000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, launch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hd_132_the_exit_status_is_recorded),
		TEST(a_signal_that_killed_it_is_recorded),
		TEST(a_program_that_cannot_be_run_says_why),
		TEST(a_missing_working_folder_says_so),
		TEST(a_script_without_a_first_line_is_run_by_the_shell),
		TEST(hd_053_argv_reaches_the_program_byte_for_byte),
		TEST(output_goes_to_files_and_input_is_empty),
		TEST(ten_megabytes_are_kept_whole),
		TEST(the_program_gets_three_descriptors),
		TEST(signals_are_as_by_default_in_the_program),
		TEST(what_outlives_the_program_is_ended_and_counted),
		TEST(term_reaches_the_whole_group_and_may_be_heeded),
		TEST(who_ignores_term_is_killed_after_the_grace),
		TEST(a_second_term_or_usr1_does_not_wait_for_the_grace),
		TEST(a_stopped_program_hears_term),
		TEST(a_program_that_closes_its_output_runs_on),
		TEST(the_program_runs_on_the_cpus_it_is_given),
		TEST(cpus_that_are_none_are_no_reason_not_to_run),
		TEST(the_state_tells_who_runs_it),
		TEST(a_boot_id_that_is_given_is_the_states),
		TEST(the_state_tells_the_devices_unless_there_is_no_end_to_them),
		TEST(the_program_dies_with_a_killed_launcher),
		TEST(a_folder_deleted_under_way_ends_without_a_record),
		TEST(a_tree_that_left_its_group_is_told_and_then_killed),
		TEST(signals_of_a_terminal_end_neither_it_nor_the_program),
		TEST(a_terminal_that_is_closed_ends_neither),
		TEST(a_program_killed_for_want_of_memory_says_so),
		TEST(a_kill_from_outside_is_not_for_want_of_memory),
		TEST(the_launcher_is_small),
	};

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
