/* Tests of engine/dispatch/dispatch.c: slots, over a backend that runs nothing. */
#include "check.h"
#include "folder.h"

#include "dispatch/dispatch.h"

#define MOST 8

/* What the backend was asked for, and what it is to answer. */
static struct {
	const struct hd_backend_host *host;
	int answer;
	size_t slot_of[MOST]; /* by trial, as its environment said */
	char folder[FOLDER_PATH];
	unsigned attempt;
	size_t released;
} fake;

static int fake_open(void *state, const struct hd_backend_host *host,
		     struct hd_error *err)
{
	(void)state;
	(void)err;
	fake.host = host;
	return 0;
}

static int fake_launch(void *state, const struct hd_launch *launch,
		       struct hd_error *err)
{
	(void)state;
	(void)err;
	for (size_t i = 0; launch->environment[i]; i++)
		sscanf(launch->environment[i], "HDRIVE_SLOT=%zu",
		       &fake.slot_of[launch->trial]);
	return 0;
}

static int fake_adopt(void *state, const struct hd_launch *launch,
		      struct hd_error *err)
{
	(void)state;
	assert_null(launch->argv);
	assert_null(launch->environment);
	snprintf(fake.folder, sizeof fake.folder, "%s", launch->folder);
	fake.attempt = launch->attempt;
	if (fake.answer == 0)
		fake.host->started(fake.host->user, launch->trial, 12, 34);
	return fake.answer ? hd_error_set(err, fake.answer, "no") : 0;
}

static void fake_release(void *state, size_t trial)
{
	(void)state;
	fake.released = trial;
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

struct place {
	char folder[FOLDER_PATH];
	struct hd_dispatch *dispatch;
	unsigned started;
	unsigned ended;
};

static void on_started(void *user, size_t trial, int64_t pid, uint64_t start)
{
	struct place *place = user;

	(void)trial;
	assert_int_equal(pid, 12);
	assert_int_equal(start, 34);
	place->started++;
}

static void on_output(void *user, size_t trial)
{
	(void)user;
	(void)trial;
}

static void on_ended(void *user, size_t trial, const struct hd_exit *exit)
{
	struct place *place = user;

	(void)trial;
	(void)exit;
	place->ended++;
}

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	struct hd_error err;

	assert_non_null(place);
	memset(&fake, 0, sizeof fake);
	folder_make(place->folder);
	if (hd_dispatch_open(&place->dispatch,
			     &(struct hd_dispatch_setup){
				     .backend = &fake_backend,
				     .launcher = "/bin/false",
				     .source = place->folder,
				     .folder = place->folder,
				     .name = "sweep",
				     .id = "id",
				     .slots = 2,
				     .grace = 5,
				     .user = place,
				     .started = on_started,
				     .output = on_output,
				     .ended = on_ended },
			     &err) < 0)
		fail_msg("%s", err.text);
	*state = place;
	return 0;
}

static void on_done(void *user)
{
	(void)user;
}

static int teardown(void **state)
{
	struct place *place = *state;

	hd_dispatch_close(place->dispatch, on_done, NULL);
	folder_remove(place->folder);
	free(place);
	return 0;
}

static void must_launch(struct place *place, size_t trial)
{
	static const char *const argv[] = { "true", NULL };

	const struct hd_dispatch_trial start = {
		.trial = trial, .attempt = 1, .argv = argv, .parameters = "{}"
	};

	assert_int_equal(hd_dispatch_launch(place->dispatch, &start, NULL), 0);
}

/* As an earlier engine's launcher would have, in this slot. */
static void leave_state(const struct place *place, size_t trial, int slot)
{
	char *folder = hd_dispatch_folder(place->folder, trial);
	char text[128];

	mkdir(folder, 0777);
	snprintf(text, sizeof text,
		 "{\"pid\":5,\"start\":6,\"program\":7,\"slot\":%d,"
		 "\"boot\":\"b\",\"host\":\"h\"}",
		 slot);
	folder_write(folder, "state", text, 0644);
	free(folder);
}

static void an_adopted_trial_holds_a_slot_until_it_ends(void **state)
{
	struct place *place = *state;
	char *folder = hd_dispatch_folder(place->folder, 3);

	assert_int_equal(hd_dispatch_adopt(place->dispatch, 3, 4, NULL), 0);
	assert_string_equal(fake.folder, folder);
	assert_int_equal(fake.attempt, 4);
	assert_int_equal(place->started, 1);
	assert_int_equal(hd_dispatch_busy(place->dispatch), 1);
	fake.host->ended(fake.host->user, 3, &(struct hd_exit){ .code = 0 });
	assert_int_equal(place->ended, 1);
	assert_int_equal(hd_dispatch_busy(place->dispatch), 0);
	free(folder);
}

static void one_that_cannot_be_adopted_holds_none(void **state)
{
	struct place *place = *state;
	struct hd_error err;

	fake.answer = HD_ENOENT;
	assert_int_equal(hd_dispatch_adopt(place->dispatch, 3, 1, &err),
			 HD_ENOENT);
	assert_string_equal(err.text, "no");
	assert_int_equal(hd_dispatch_busy(place->dispatch), 0);
}

static void an_adopted_trial_keeps_the_slot_it_was_told(void **state)
{
	struct place *place = *state;

	leave_state(place, 0, 1);
	leave_state(place, 1, 1);
	assert_int_equal(hd_dispatch_adopt(place->dispatch, 0, 1, NULL), 0);
	must_launch(place, 2);
	assert_int_equal(fake.slot_of[2], 0);
	fake.host->ended(fake.host->user, 0, &(struct hd_exit){ .code = 0 });
	must_launch(place, 3);
	assert_int_equal(fake.slot_of[3], 1);
}

static void more_may_be_adopted_than_there_are_slots(void **state)
{
	struct place *place = *state;

	for (size_t i = 0; i < 4; i++) {
		leave_state(place, i, (int)i);
		assert_int_equal(hd_dispatch_adopt(place->dispatch, i, 1, NULL),
				 0);
	}
	assert_int_equal(hd_dispatch_busy(place->dispatch), 4);
	assert_int_equal(hd_dispatch_slots(place->dispatch), 2);
	/* Those beyond end first, or last. */
	for (size_t i = 0; i < 3; i++)
		fake.host->ended(fake.host->user, i,
				 &(struct hd_exit){ .code = 0 });
	must_launch(place, 5);
	assert_int_equal(fake.slot_of[5], 0);
	assert_int_equal(hd_dispatch_busy(place->dispatch), 2);
}

static void a_released_trial_frees_its_slot_and_is_not_told(void **state)
{
	struct place *place = *state;

	must_launch(place, 1);
	hd_dispatch_release(place->dispatch, 1);
	assert_int_equal(fake.released, 1);
	assert_int_equal(place->ended, 0);
	assert_int_equal(hd_dispatch_busy(place->dispatch), 0);
	/* Once more, and one that never was. */
	fake.released = 99;
	hd_dispatch_release(place->dispatch, 1);
	hd_dispatch_release(place->dispatch, 7);
	assert_int_equal(fake.released, 99);
}

static void a_later_attempt_finds_the_folder_cleared(void **state)
{
	static const char *const argv[] = { "true", NULL };
	const struct hd_dispatch_trial again = {
		.trial = 1, .attempt = 2, .argv = argv, .parameters = "{}"
	};
	struct place *place = *state;
	char *folder = hd_dispatch_folder(place->folder, 1);

	must_launch(place, 1);
	folder_write(folder, "owner-1", "", 0644);
	folder_write(folder, "stdout", "first", 0644);
	fake.host->ended(fake.host->user, 1, &(struct hd_exit){ .code = 1 });
	assert_int_equal(hd_dispatch_launch(place->dispatch, &again, NULL), 0);
	assert_int_equal(access(folder_path(folder, "stdout"), F_OK), -1);
	assert_folder_holds(folder, "attempts/1/stdout", "first");
	free(folder);
}

static void folders_made_ahead_are_launched_in(void **state)
{
	struct place *place = *state;
	char *first = hd_dispatch_folder(place->folder, 0);
	char *second = hd_dispatch_folder(place->folder, 1);
	struct stat ahead, now;

	hd_dispatch_prepare(place->dispatch, 0, 2);
	assert_int_equal(lstat(first, &ahead), 0);
	/* Somebody tidied up. */
	folder_remove(second);
	must_launch(place, 0);
	must_launch(place, 1);
	assert_int_equal(lstat(first, &now), 0);
	assert_int_equal(ahead.st_ino, now.st_ino);
	assert_folder_holds(first, "params.json", "{}");
	assert_folder_holds(second, "params.json", "{}");
	assert_folder_links(second, "logs", "work/logs");
	free(first);
	free(second);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_adopted_trial_holds_a_slot_until_it_ends),
		TEST(one_that_cannot_be_adopted_holds_none),
		TEST(an_adopted_trial_keeps_the_slot_it_was_told),
		TEST(more_may_be_adopted_than_there_are_slots),
		TEST(a_released_trial_frees_its_slot_and_is_not_told),
		TEST(a_later_attempt_finds_the_folder_cleared),
		TEST(folders_made_ahead_are_launched_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
