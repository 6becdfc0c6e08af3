/*
 * Tests of engine/dispatch/backend_ssh.c and engine/ssh/: real launchers and
 * programs, on hosts that are folders here (sshbox.h).
 */
#include "sshbox.h"

#include "ssh/script.h"

/* --- one trial --------------------------------------------------------------- */

static void a_trial_runs_there_and_its_files_are_here(void **state)
{
	const struct hd_exit *exit;
	char home[FOLDER_PATH];

	(void)state;
	box_open(true);
	exit = box_run(1, "cat data.txt .hidden; pwd; echo oops >&2; echo m 1 >>$HDRIVE_METRICS; "
			  "echo model >outputs/model; mkdir ../checkpoints/a; "
			  "echo c >../checkpoints/a/c; echo l >logs/l; cat ../params.json; "
			  "exit 3");
	assert_true(exit->known);
	assert_int_equal(exit->code, 3);
	assert_int_equal(box->seen[1].started, 1);
	assert_true(box->seen[1].outputs > 0);
	assert_true(box_holds(box_folder(1), "stdout", "data of the sweep\nhidden\n"));
	snprintf(home, sizeof home, "%.400s/h1/.hdrive-trials/HD_1/000001.1/work\n", box->root);
	assert_true(box_holds(box_folder(1), "stdout", home));
	assert_true(box_holds(box_folder(1), "stdout", "{\"x\": 1}"));
	assert_true(box_holds(box_folder(1), "stderr", "oops\n"));
	assert_true(box_holds(box_folder(1), "metrics", "m 1\n"));
	assert_true(box_holds(box_folder(1), "work/outputs/model", "model\n"));
	assert_true(box_holds(box_folder(1), "work/logs/l", "l\n"));
	assert_true(box_holds(box_folder(1), "checkpoints/a/c", "c\n"));
	assert_true(box_holds(box_folder(1), "exit", "\"code\":"));
	assert_string_equal(box->notes, "");
}

static bool is_there(const char *name)
{
	return access(folder_path(box->root, name), F_OK) == 0;
}

static void nothing_of_the_sweep_is_left_there_at_its_end(void **state)
{
	(void)state;
	box_open(true);
	box_run(1, "chmod 500 .; exit 0");
	BOX_UNTIL(!is_there("h1/.hdrive-trials/HD_1/000001.1"));
	assert_true(is_there("h1/.hdrive-trials/HD_1"));
	box_close();
	assert_false(is_there("h1/.hdrive-trials/HD_1"));
	/* What has the name of its content stays for the next sweep. */
	assert_true(is_there("h1/.hdrive-trials/stage/0123abcd/data.txt"));
	assert_false(is_there("store/.ssh-away"));
}

static void no_secret_is_in_a_command_line(void **state)
{
	char text[256];

	(void)state;
	box_open(true);
	box_run(1, "echo $SECRET; cat /proc/*/cmdline 2>/dev/null | tr '\\0' ' ' | "
		   "grep -c s3cr[e]t");
	folder_read(box_folder(1), "stdout", text, sizeof text);
	assert_string_equal(text, "s3cret\n0\n");
	assert_false(is_there("h1/.hdrive-trials/HD_1/000001.1/order-1"));
}

/* --- stops -------------------------------------------------------------------- */

static void a_stop_is_a_term_and_a_file(void **state)
{
	(void)state;
	box_open(true);
	box_launch(1, "trap 'ls ../stop; exit 7' TERM; echo ready; "
		      "while :; do sleep 0.05; done");
	BOX_UNTIL(box_holds(box_folder(1), "stdout", "ready"));
	box->type->stop(box->state, 1, false);
	BOX_UNTIL(box->seen[1].ended);
	assert_int_equal(box->seen[1].exit.code, 7);
	assert_true(box->seen[1].exit.killed_by_us);
	assert_true(box_holds(box_folder(1), "stdout", "../stop\n"));
}

static void a_stop_now_is_a_kill(void **state)
{
	(void)state;
	box_open(true);
	box_launch(1, "trap '' TERM; echo ready; while :; do sleep 1000; done");
	BOX_UNTIL(box_holds(box_folder(1), "stdout", "ready"));
	box->type->stop(box->state, 1, true);
	BOX_UNTIL(box->seen[1].ended);
	assert_int_equal(box->seen[1].exit.signal, SIGKILL);
	assert_true(box->seen[1].exit.killed_by_us);
}

/* --- links that break ------------------------------------------------------------ */

static void a_link_that_breaks_is_no_end(void **state)
{
	(void)state;
	box_open(true);
	box_launch(1, "echo one; while [ ! -e go ]; do sleep 0.05; done; echo two");
	BOX_UNTIL(box_holds(box_folder(1), "stdout", "one\n"));
	box_cut("h1");
	BOX_UNTIL(strstr(box->notes, "h1"));
	assert_int_equal(box->seen[1].ended, 0);
	BOX_UNTIL(is_there("h1/.hdrive-trials/HD_1/000001.1/work"));
	folder_write(box->root, "h1/.hdrive-trials/HD_1/000001.1/work/go", "", 0666);
	BOX_UNTIL(box->seen[1].ended);
	assert_int_equal(box->seen[1].exit.code, 0);
	assert_folder_holds(box_folder(1), "stdout", "one\ntwo\n");
	assert_non_null(strstr(box->notes, "host 'h1': it is back"));
}

static void a_start_whose_answer_is_lost_is_looked_for(void **state)
{
	struct hd_ssh *ssh;

	(void)state;
	box_open(true);
	box_launch(1, "echo once >>../../../count; sleep 0.2");
	/* The request is under way now. */
	ssh = box->state;
	assert_int_equal(ssh->attempts->stage, HD_SSH_SENDING);
	box_cut("h1");
	BOX_UNTIL(box->seen[1].ended);
	assert_true(box->seen[1].exit.known);
	assert_int_equal(box->seen[1].exit.code, 0);
	assert_folder_holds(box->root, "h1/.hdrive-trials/count", "once\n");
}

static void a_host_that_is_not_heard_of_loses_its_trials(void **state)
{
	struct hd_error err;

	(void)state;
	box->hosts[1] = "h2 slots=1";
	box->settings.lease = 3;
	box_open(true);
	BOX_UNTIL(box->type->capacity(box->state) == 3);
	box_launch(1, "echo ready; while :; do sleep 0.1; done");
	BOX_UNTIL(box->seen[1].started);
	assert_true(is_there("h1/.hdrive-trials/HD_1/000001.1"));
	folder_write(box->root, "h1.down", "ssh: connect to host h1: No route to host\n", 0666);
	box_cut("h1");
	BOX_UNTIL(box->seen[1].ended);
	assert_false(box->seen[1].exit.known);
	assert_int_equal(box->seen[1].exit.cause, HD_CAUSE_NODE);
	assert_string_equal(box->seen[1].error, "host 'h1' was not heard of for 3 s");
	assert_non_null(strstr(box->notes, "host 'h1': ssh: connect to host h1: No route to host"));
	assert_int_equal(box->type->capacity(box->state), 1);
	/* Another takes over, and what lives there counts no more. */
	assert_true(lives(box->seen[1].pid));
	assert_int_equal(box_launch_attempt(1, 2, "echo second", &err), 0);
	BOX_UNTIL(box->seen[1].ended == 2);
	assert_int_equal(box->seen[1].exit.code, 0);
	assert_true(box_holds(box_folder(1), "stdout", "second\n"));
	unlink(folder_path(box->root, "h1.down"));
	BOX_UNTIL(box->type->capacity(box->state) == 3);
	assert_false(lives(box->seen[1].pid));
	assert_false(is_there("h1/.hdrive-trials/HD_1/000001.1"));
	assert_false(is_there("store/.ssh-away"));
}

static void what_a_host_keeps_is_ended_by_the_next_sweep(void **state)
{
	int64_t pid;

	(void)state;
	box_open(true);
	box_launch(1, "while :; do sleep 0.1; done");
	BOX_UNTIL(box->seen[1].started);
	pid = box->seen[1].pid;
	folder_write(box->root, "h1.down", "down\n", 0666);
	box_cut("h1");
	BOX_UNTIL(strstr(box->notes, "down"));
	/* Who stops at once does not wait for it. */
	box->type->stop(box->state, 1, true);
	BOX_UNTIL(box->seen[1].ended);
	assert_true(box->seen[1].exit.killed_by_us);
	box_close();
	assert_true(lives(pid));
	assert_true(is_there("store/.ssh-away/h1/HD_1.000001.1"));
	unlink(folder_path(box->root, "h1.down"));
	box_open(true);
	BOX_UNTIL(box->type->capacity(box->state) == 2);
	assert_false(lives(pid));
	assert_false(is_there("h1/.hdrive-trials/HD_1/000001.1"));
}

static void a_sweep_that_goes_on_does_not_forget_a_host_that_is_away(void **state)
{
	(void)state;
	box_open(true);
	box_run(1, "exit 0");
	folder_write(box->root, "h1.down", "down\n", 0666);
	box_cut("h1");
	BOX_UNTIL(strstr(box->notes, "host"));
	box_close();
	assert_true(is_there("store/.ssh-away/h1/HD_1"));
	assert_true(is_there("h1/.hdrive-trials/HD_1"));
	/* While it is gone on with nobody may remove it as a whole. */
	box_open(true);
	assert_false(is_there("store/.ssh-away/h1/HD_1"));
	box_close();
	assert_true(is_there("store/.ssh-away/h1/HD_1"));
	unlink(folder_path(box->root, "h1.down"));
	box_open(true);
	BOX_UNTIL(box->type->capacity(box->state) == 2);
	box_close();
	assert_false(is_there("h1/.hdrive-trials/HD_1"));
	assert_false(is_there("store/.ssh-away"));
}

static void a_silent_ssh_holds_up_nobody(void **state)
{
	uint64_t start;

	(void)state;
	box->hosts[1] = "h2 slots=1";
	folder_write(box->root, "h1.hang", "", 0666);
	box_open(true);
	start = uv_hrtime();
	assert_int_equal(box_run(1, "exit 0")->code, 0);
	/* Well before ssh is given up. */
	assert_true(uv_hrtime() - start < UINT64_C(20000000000));
	assert_true(is_there("h2/.hdrive-trials"));
}

/* --- engines that die -------------------------------------------------------------- */

/* As a crash does: no word to the host. */
static void box_crash(void)
{
	struct hd_ssh *ssh = box->state;

	while (ssh->attempts)
		box->type->release(box->state, ssh->attempts->trial);
	box->running = 0;
	box_close();
}

static void a_running_trial_is_taken_over(void **state)
{
	struct hd_error err;

	(void)state;
	box_open(true);
	box_launch(1, "echo one; echo m 1 >>$HDRIVE_METRICS; "
		      "while [ ! -e go ]; do sleep 0.05; done; echo two; "
		      "echo m 2 >>$HDRIVE_METRICS");
	BOX_UNTIL(box_holds(box_folder(1), "stdout", "one\n") &&
		  box_holds(box_folder(1), "metrics", "m 1\n"));
	box_crash();
	box_open(true);
	assert_int_equal(box_adopt(1, 1, &err), 0);
	BOX_UNTIL(box->seen[1].started == 2);
	folder_write(box->root, "h1/.hdrive-trials/HD_1/000001.1/work/go", "", 0666);
	BOX_UNTIL(box->seen[1].ended);
	assert_int_equal(box->seen[1].exit.code, 0);
	assert_folder_holds(box_folder(1), "stdout", "one\ntwo\n");
	assert_folder_holds(box_folder(1), "metrics", "m 1\nm 2\n");
}

static void one_that_ended_meanwhile_is_brought_home(void **state)
{
	struct hd_error err;

	(void)state;
	box_open(true);
	box_launch(1, "sleep 0.3; echo done; echo o >outputs/o; exit 5");
	BOX_UNTIL(box->seen[1].started);
	box_crash();
	box_open(true);
	assert_int_equal(box_adopt(1, 1, &err), 0);
	BOX_UNTIL(box->seen[1].ended);
	assert_int_equal(box->seen[1].exit.code, 5);
	assert_folder_holds(box_folder(1), "stdout", "done\n");
	assert_true(box_holds(box_folder(1), "work/outputs/o", "o\n"));
}

static void one_that_is_home_needs_no_host(void **state)
{
	struct hd_error err;

	(void)state;
	box_open(true);
	assert_int_equal(box_run(1, "exit 6")->code, 6);
	box_close();
	folder_write(box->root, "h1.down", "down\n", 0666);
	memset(box->seen, 0, sizeof box->seen);
	box_open(true);
	assert_int_equal(box_adopt(1, 1, &err), 0);
	assert_int_equal(box->seen[1].ended, 0);
	BOX_UNTIL(box->seen[1].ended);
	assert_int_equal(box->seen[1].exit.code, 6);
}

static void one_that_was_never_sent_is_started_again(void **state)
{
	char place[FOLDER_PATH * 2];
	struct hd_error err;

	(void)state;
	/* The intent is there, and the engine died before it sent anything. */
	snprintf(place, sizeof place,
		 "{\"host\": \"h1\", \"folder\": \"%.300s/h1/.hdrive-trials/HD_1/000001.1\", "
		 "\"boot\": \"\", \"place\": 0}\n",
		 box->root);
	assert_int_equal(mkdir(box_folder(1), 0777), 0);
	folder_write(box_folder(1), "place-1", place, 0666);
	assert_int_equal(symlink("here", folder_path(box_folder(1), "owner-1")), 0);
	box_open(true);
	assert_int_equal(box_adopt(1, 1, &err), 0);
	BOX_UNTIL(box->seen[1].ended);
	assert_int_equal(box->seen[1].exit.cause, HD_CAUSE_START);
	assert_string_equal(box->seen[1].error, "it had not been started yet");
	/* And what has no mark never was. */
	assert_int_equal(box_adopt(2, 1, &err), HD_ENOENT);
}

static void a_host_that_the_target_lost_is_named(void **state)
{
	struct hd_error err;

	(void)state;
	box_open(true);
	box_launch(1, "while :; do sleep 0.1; done");
	BOX_UNTIL(box->seen[1].started);
	box_crash();
	box->hosts[0] = "h2";
	box_open(true);
	assert_int_equal(box_adopt(1, 1, &err), HD_EBUSY);
	assert_non_null(strstr(err.text, "'h1'"));
	box_close();
	box->hosts[0] = "h1";
	box_open(true);
	assert_int_equal(box_adopt(1, 1, &err), 0);
	box->type->stop(box->state, 1, true);
	BOX_UNTIL(box->seen[1].ended);
}

/* --- failures there --------------------------------------------------------------------- */

static void a_supervisor_that_is_killed_takes_its_trial_along(void **state)
{
	(void)state;
	box_open(true);
	box_launch(1, "echo $$ ready; echo k >../checkpoints/k; while :; do sleep 0.1; done");
	BOX_UNTIL(box->seen[1].started && box_holds(box_folder(1), "stdout", "ready"));
	assert_int_equal(kill((pid_t)box->seen[1].pid, SIGKILL), 0);
	BOX_UNTIL(box->seen[1].ended);
	assert_false(box->seen[1].exit.known);
	assert_string_equal(box->seen[1].error, "its supervisor on host 'h1' is gone and left"
						" no exit record");
	{
		char text[64];

		folder_read(box_folder(1), "stdout", text, sizeof text);
		assert_false(lives(strtol(text, NULL, 10)));
	}
	assert_true(box_holds(box_folder(1), "checkpoints/k", "k\n"));
}

static void lines_of_setup_that_fail_are_told(void **state)
{
	(void)state;
	box->setup[0] = "echo no such module >&2";
	box->setup[1] = "exit 1";
	box->settings.setup = box->setup;
	box_open(true);
	box_run(1, "exit 0");
	assert_int_equal(box->seen[1].exit.cause, HD_CAUSE_START);
	assert_string_equal(box->seen[1].error, "no such module");
	assert_non_null(strstr(box->notes, "trial 1 was not started: no such module"));
	/* It is left alone for a while. */
	assert_int_equal(box->type->capacity(box->state), 0);
}

static void setup_and_interpreter_are_around_it(void **state)
{
	char python[FOLDER_PATH];

	(void)state;
	snprintf(python, sizeof python, "%s", folder_path(box->root, "my python"));
	folder_write(box->root, "my python", "#!/bin/sh\necho mine \"$@\"\n", 0755);
	box->setup[0] = "WORD=said; export WORD";
	box->settings.setup = box->setup;
	box->settings.interpreter = python;
	box_open(true);
	box_run(1, "echo $WORD; python 'a b'; python3 c");
	assert_folder_holds(box_folder(1), "stdout", "said\nmine a b\nmine c\n");
}

static void a_folder_that_cannot_be_used_is_told(void **state)
{
	(void)state;
	folder_write(box->root, "file", "", 0666);
	box->settings.folder = folder_path(box->root, "file/x");
	box_open(true);
	BOX_UNTIL(strstr(box->notes, "host 'h1': cannot use its folder: "));
	assert_int_equal(box->type->capacity(box->state), 0);
}

/* --- later attempts --------------------------------------------------------------------- */

static void a_later_attempt_finds_what_the_earlier_left(void **state)
{
	struct hd_error err;

	(void)state;
	box->hosts[0] = "h1 slots=1";
	box->hosts[1] = "h2 slots=2";
	box_open(true);
	BOX_UNTIL(box->type->capacity(box->state) == 3);
	box_run(1, "mkdir ../checkpoints/deep; echo 41 >../checkpoints/deep/step; "
		   "echo o >outputs/o; exit 1");
	/* Elsewhere, if it may. */
	box_launch(2, "while [ ! -e stop-it ]; do sleep 0.1; done");
	box_launch(3, "while [ ! -e stop-it ]; do sleep 0.1; done");
	assert_int_equal(box_launch_attempt(1, 2, "cat ../checkpoints/deep/step outputs/o",
					    &err),
			 0);
	BOX_UNTIL(box->seen[1].ended == 2);
	assert_true(box_holds(box_folder(1), "stdout", "41\no\n"));
	box->type->stop(box->state, 2, true);
	box->type->stop(box->state, 3, true);
	BOX_UNTIL(!box->running);
}

static void trials_spread_over_the_hosts_and_have_their_devices(void **state)
{
	char text[256];

	(void)state;
	box->hosts[0] = "h1 gpus=2 slots=9";
	box->hosts[1] = "h2 gpus=5,7";
	box_open(true);
	BOX_UNTIL(box->type->capacity(box->state) >= 3);
	for (size_t i = 1; i <= 3; i++)
		box_launch(i, "echo $CUDA_VISIBLE_DEVICES $HDRIVE_SLOT; "
			      "case $HOME in */h2) exit 2;; esac");
	BOX_UNTIL(!box->running);
	folder_read(box_folder(1), "stdout", text, sizeof text);
	assert_string_equal(text, "0 0\n");
	folder_read(box_folder(2), "stdout", text, sizeof text);
	assert_string_equal(text, "5 0\n");
	assert_int_equal(box->seen[2].exit.code, 2);
	folder_read(box_folder(3), "stdout", text, sizeof text);
	assert_string_equal(text, "1 1\n");
}

/* By the hosts' own functions; what they print. */
static int run_script(const char *words, char *text, size_t size)
{
	char path[FOLDER_PATH], command[3 * FOLDER_PATH];
	FILE *pipe;
	size_t got;

	snprintf(path, sizeof path, "%.400s/script", box->root);
	folder_write(box->root, "script", hd_ssh_script, 0666);
	snprintf(command, sizeof command, "cd %.400s && . ./script && ( %s )", box->root, words);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	got = fread(text, 1, size - 1, pipe);
	text[got] = '\0';
	return WEXITSTATUS(pclose(pipe));
}

static void files_that_were_cut_off_are_not_taken_for_all(void **state)
{
	char text[256];

	(void)state;
	/* Between two files, and one cut through. */
	assert_int_equal(run_script("mkdir t && echo a >t/a && echo b >t/b && >t/.hdrive-whole && "
				    "tar -c -b 1 -f all.tar -C t a b .hdrive-whole && "
				    "head -c 1024 all.tar | hd_unpack $PWD/d",
				    text, sizeof text),
			 1);
	assert_non_null(strstr(text, "cut off"));
	assert_false(is_there("d"));
	assert_int_equal(run_script("head -c 1500 all.tar | hd_unpack $PWD/d", text, sizeof text),
			 1);
	assert_int_equal(run_script("ls -d d* 2>/dev/null", text, sizeof text), 2);
	assert_int_equal(run_script("( hd_unpack $PWD/d <all.tar ) && ls -A d", text, sizeof text),
			 0);
	assert_string_equal(text, "a\nb\n");
}

static void files_that_were_removed_there_are_sent_again(void **state)
{
	(void)state;
	box_open(true);
	box_run(1, "cat data.txt");
	hd_file_remove(folder_path(box->root, "h1/.hdrive-trials/stage"));
	box_run(2, "cat data.txt");
	assert_int_equal(box->seen[2].exit.code, 0);
	assert_folder_holds(box_folder(2), "stdout", "data of the sweep\n");
}

static void a_source_without_a_snapshot_is_the_sweeps_own(void **state)
{
	char live[FOLDER_PATH];

	(void)state;
	snprintf(live, sizeof live, "%s", folder_path(box->root, "live"));
	assert_int_equal(rename(box->tree, live), 0);
	memcpy(box->tree, live, sizeof live);
	assert_int_equal(mkdir(folder_path(live, ".git"), 0777), 0);
	folder_write(live, ".git/config", "", 0666);
	box_open(true);
	box_run(1, "cat data.txt; ls -A; ls $(dirname $(readlink data.txt))/.git");
	assert_folder_holds(box_folder(1), "stdout",
			    "data of the sweep\n.hidden\ndata.txt\nlogs\noutputs\n");
	box_close();
	assert_false(is_there("h1/.hdrive-trials/stage"));
	assert_false(is_there("h1/.hdrive-trials/HD_1"));
}

static void long_output_comes_whole(void **state)
{
	struct stat info;

	(void)state;
	box_open(true);
	box_run(1, "i=0; while [ $i -lt 60000 ]; do echo \"line $i of a long output\"; "
		   "i=$((i+1)); done; head -c 3000000 /dev/zero >outputs/zero");
	assert_int_equal(stat(folder_path(box_folder(1), "stdout"), &info), 0);
	assert_int_equal(info.st_size, 1668890);
	assert_int_equal(stat(folder_path(box_folder(1), "work/outputs/zero"), &info), 0);
	assert_int_equal(info.st_size, 3000000);
}

static void what_leads_elsewhere_is_not_brought(void **state)
{
	(void)state;
	box_open(true);
	box_run(1, "ln -s /etc/passwd outputs/away; ln -s good outputs/latest; "
		   "echo g >outputs/good; mkfifo outputs/pipe; echo x >../state2");
	assert_int_equal(access(folder_path(box_folder(1), "work/outputs/away"), F_OK), -1);
	assert_true(box_holds(box_folder(1), "work/outputs/latest", "g\n"));
	assert_true(box_holds(box_folder(1), "state2", "x\n"));
	assert_non_null(strstr(box->notes, "2 of the files it left were not brought"));
}

#define with(test) cmocka_unit_test_setup_teardown(test, box_setup, box_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with(a_trial_runs_there_and_its_files_are_here),
		with(nothing_of_the_sweep_is_left_there_at_its_end),
		with(no_secret_is_in_a_command_line),
		with(a_stop_is_a_term_and_a_file),
		with(a_stop_now_is_a_kill),
		with(a_link_that_breaks_is_no_end),
		with(a_start_whose_answer_is_lost_is_looked_for),
		with(a_host_that_is_not_heard_of_loses_its_trials),
		with(what_a_host_keeps_is_ended_by_the_next_sweep),
		with(a_sweep_that_goes_on_does_not_forget_a_host_that_is_away),
		with(a_silent_ssh_holds_up_nobody),
		with(a_running_trial_is_taken_over),
		with(one_that_ended_meanwhile_is_brought_home),
		with(one_that_is_home_needs_no_host),
		with(one_that_was_never_sent_is_started_again),
		with(a_host_that_the_target_lost_is_named),
		with(a_supervisor_that_is_killed_takes_its_trial_along),
		with(lines_of_setup_that_fail_are_told),
		with(setup_and_interpreter_are_around_it),
		with(a_folder_that_cannot_be_used_is_told),
		with(a_later_attempt_finds_what_the_earlier_left),
		with(trials_spread_over_the_hosts_and_have_their_devices),
		with(files_that_were_cut_off_are_not_taken_for_all),
		with(files_that_were_removed_there_are_sent_again),
		with(a_source_without_a_snapshot_is_the_sweeps_own),
		with(long_output_comes_whole),
		with(what_leads_elsewhere_is_not_brought),
	};

	return cmocka_run_group_tests_name("backend_ssh", tests, NULL, NULL);
}
