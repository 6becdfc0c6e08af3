/* Tests of engine/dispatch/dispatch.c: who has which devices, over a backend
 * that only takes notes. */
#include "check.h"
#include "folder.h"

#include "dispatch/devices.h"
#include "dispatch/dispatch.h"

#define TRIALS 8

struct bench {
	char folder[FOLDER_PATH];
	struct hd_devices *devices;
	struct hd_dispatch *dispatch;
	const struct hd_backend_host *host;
	char seen[TRIALS][64]; /* CUDA_VISIBLE_DEVICES and HDRIVE_SLOT */
	bool refuses;
};

static struct bench bench;

static int fake_open(void *state, const struct hd_backend_host *host,
		     struct hd_error *err)
{
	(void)state;
	(void)err;
	bench.host = host;
	return 0;
}

/* The value of NAME, which must be there once. */
static const char *only(const char *const *environment, const char *name)
{
	size_t length = strlen(name);
	const char *found = NULL;

	for (size_t i = 0; environment[i]; i++)
		if (strncmp(environment[i], name, length) == 0 &&
		    environment[i][length] == '=') {
			assert_null(found);
			found = environment[i] + length + 1;
		}
	return found ? found : "-";
}

static int fake_launch(void *state, const struct hd_launch *launch,
		       struct hd_error *err)
{
	(void)state;
	if (bench.refuses)
		return hd_error_set(err, HD_EIO, "not today");
	snprintf(bench.seen[launch->trial], sizeof bench.seen[0], "%s in %s",
		 only(launch->environment, "CUDA_VISIBLE_DEVICES"),
		 only(launch->environment, "HDRIVE_SLOT"));
	return 0;
}

static int fake_adopt(void *state, const struct hd_launch *launch,
		      struct hd_error *err)
{
	(void)state;
	(void)launch;
	(void)err;
	return 0;
}

static void fake_release(void *state, size_t trial)
{
	(void)state;
	(void)trial;
}

static void fake_stop(void *state, size_t trial, bool now)
{
	(void)state;
	(void)trial;
	(void)now;
}

static void fake_close(void *state, void (*done)(void *user), void *user)
{
	(void)state;
	done(user);
}

static const struct hd_backend_type fake_backend = {
	.name = "fake",
	.open = fake_open,
	.launch = fake_launch,
	.adopt = fake_adopt,
	.release = fake_release,
	.stop = fake_stop,
	.close = fake_close,
};

static void on_ended(void *user, size_t trial, const struct hd_exit *exit)
{
	(void)user;
	(void)exit;
	/* Whoever hears of the end may start the next trial at once. */
	assert_int_equal(hd_dispatch_slot(bench.dispatch, trial), SIZE_MAX);
}

static void on_closed(void *user)
{
	(void)user;
}

/* GPUS as in "--gpus" on a machine with four, NULL for none. */
static void bench_open(const char *gpus, size_t slots)
{
	static const char *const environment[] = { "CUDA_VISIBLE_DEVICES=0,1,2",
						   NULL };
	static size_t cpus[] = { 0, 1 };
	const struct hd_machine machine = { cpus, 2, { 4, 0, 0 } };
	struct hd_dispatch_setup setup = {
		.backend = &fake_backend,
		.source = bench.folder,
		.folder = bench.folder,
		.name = "s",
		.id = "HD_1",
		.environment = environment,
		.slots = slots,
		.ended = on_ended,
	};

	assert_int_equal(hd_devices_open(&bench.devices,
					 &(struct hd_devices_setup){
						 .gpus = gpus,
						 .most = 100,
						 .machine = &machine,
						 .environment = environment },
					 NULL),
			 0);
	setup.devices = bench.devices;
	assert_int_equal(hd_dispatch_open(&bench.dispatch, &setup, NULL), 0);
}

static int launch(size_t trial)
{
	static const char *const argv[] = { "train", NULL };

	return hd_dispatch_launch(
		bench.dispatch,
		&(struct hd_dispatch_trial){ .trial = trial,
					     .attempt = 1,
					     .argv = argv,
					     .parameters = "{}" },
		NULL);
}

static void end(size_t trial)
{
	bench.host->ended(bench.host->user, trial, &(struct hd_exit){ 0 });
}

static int setup(void **state)
{
	(void)state;
	memset(&bench, 0, sizeof bench);
	folder_make(bench.folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hd_dispatch_close(bench.dispatch, on_closed, NULL);
	hd_devices_close(bench.devices);
	folder_remove(bench.folder);
	return 0;
}

static void without_devices_trials_take_the_first_free_slot(void **state)
{
	(void)state;
	bench_open(NULL, 2);
	assert_int_equal(launch(0), 0);
	assert_int_equal(launch(1), 0);
	end(0);
	assert_int_equal(launch(2), 0);
	assert_string_equal(bench.seen[1], "0,1,2 in 1");
	assert_string_equal(bench.seen[2], "0,1,2 in 0");
	assert_string_equal(hd_dispatch_devices(bench.dispatch, 2), "");
	end(1);
	end(2);
}

static void a_trial_keeps_its_devices_until_its_end(void **state)
{
	(void)state;
	bench_open("1,2", 2);
	assert_int_equal(launch(0), 0);
	assert_int_equal(launch(1), 0);
	assert_string_equal(bench.seen[0], "1 in 0");
	assert_string_equal(bench.seen[1], "2 in 1");
	assert_string_equal(hd_dispatch_devices(bench.dispatch, 1), "GPU 2");
	assert_int_equal(hd_dispatch_slot(bench.dispatch, 1), 1);
	hd_dispatch_stop(bench.dispatch, 1, false);
	assert_string_equal(hd_dispatch_devices(bench.dispatch, 1), "GPU 2");
	end(1);
	assert_string_equal(hd_dispatch_devices(bench.dispatch, 1), "");
	assert_int_equal(launch(2), 0);
	assert_string_equal(bench.seen[2], "2 in 1");
	end(0);
	end(2);
}

static void a_failed_launch_gives_its_devices_back(void **state)
{
	(void)state;
	bench_open("1", 1);
	bench.refuses = true;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(launch(i), HD_EIO);
		assert_int_equal(hd_dispatch_busy(bench.dispatch), 0);
	}
	bench.refuses = false;
	assert_int_equal(launch(3), 0);
	assert_string_equal(bench.seen[3], "1 in 0");
	end(3);
}

static void fewer_slots_than_places_use_the_first(void **state)
{
	(void)state;
	bench_open("0,1,2", 1);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(launch(i), 0);
		assert_string_equal(bench.seen[i], "0 in 0");
		end(i);
	}
}

/* As the launcher of an earlier engine would have. */
static void leave_state(size_t trial, int slot, const char *devices)
{
	char *folder = hd_dispatch_folder(bench.folder, trial);
	char text[256];

	mkdir(folder, 0777);
	snprintf(text, sizeof text,
		 "{\"pid\":5,\"start\":6,\"program\":7,\"slot\":%d,"
		 "\"devices\":\"%s\",\"boot\":\"b\",\"host\":\"h\"}",
		 slot, devices);
	folder_write(folder, "state", text, 0644);
	free(folder);
}

static void adopt(size_t trial)
{
	assert_int_equal(hd_dispatch_adopt(bench.dispatch, trial, 1, NULL), 0);
}

static void an_adopted_trial_keeps_the_devices_it_was_told(void **state)
{
	(void)state;
	bench_open("0,1", 2);
	leave_state(0, 1, "GPU 1");
	adopt(0);
	assert_string_equal(hd_dispatch_devices(bench.dispatch, 0), "GPU 1");
	assert_int_equal(launch(1), 0);
	assert_string_equal(bench.seen[1], "0 in 0");
	end(0);
	assert_int_equal(launch(2), 0);
	assert_string_equal(bench.seen[2], "1 in 1");
	end(1);
	end(2);
}

/* By its text, not by its slot: devices may be given out in another way. */
static void devices_of_an_adopted_trial_are_found_in_another_order(void **state)
{
	(void)state;
	bench_open("1,0", 2);
	leave_state(0, 1, "GPU 1");
	adopt(0);
	assert_string_equal(hd_dispatch_devices(bench.dispatch, 0), "GPU 1");
	assert_int_equal(launch(1), 0);
	assert_string_equal(bench.seen[1], "0 in 0");
	end(0);
	end(1);
}

static void devices_that_are_given_out_no_more_are_in_nobodys_way(void **state)
{
	(void)state;
	bench_open("0,1", 2);
	leave_state(0, 0, "GPU 7");
	leave_state(1, 1, "GPU 8");
	leave_state(2, 2, "GPU 9");
	for (size_t i = 0; i < 3; i++) {
		adopt(i);
		assert_string_equal(hd_dispatch_devices(bench.dispatch, i), "");
	}
	end(0);
	hd_dispatch_release(bench.dispatch, 1);
	assert_int_equal(launch(3), 0);
	assert_string_equal(bench.seen[3], "0 in 0");
	end(2);
	assert_int_equal(launch(4), 0);
	assert_string_equal(bench.seen[4], "1 in 1");
	end(3);
	end(4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_devices_trials_take_the_first_free_slot),
		TEST(a_trial_keeps_its_devices_until_its_end),
		TEST(a_failed_launch_gives_its_devices_back),
		TEST(fewer_slots_than_places_use_the_first),
		TEST(an_adopted_trial_keeps_the_devices_it_was_told),
		TEST(devices_of_an_adopted_trial_are_found_in_another_order),
		TEST(devices_that_are_given_out_no_more_are_in_nobodys_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
