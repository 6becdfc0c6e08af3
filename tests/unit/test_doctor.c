/* Tests of engine/doctor: what is told of a store, its folder and the machine. */
#include "folder.h"
#include "storebox.h"

#include <hdrive/doctor.h>

#include "doctor/gpus.h"
#include "doctor/private.h"

#include <inttypes.h>

struct told {
	size_t counts[HD_HEALTHS];
	char text[8000];
};

static int tell(void *user, const struct hd_check *check)
{
	struct told *told = user;
	size_t length = strlen(told->text);

	told->counts[check->health]++;
	assert_non_null(check->what);
	assert_true((check->right != NULL) ==
		    (check->health == HD_HEALTH_WARNING || check->health == HD_HEALTH_PROBLEM));
	snprintf(told->text + length, sizeof told->text - length, "%s %s %s\n",
		 hd_health_name(check->health), check->what, check->found);
	return 0;
}

static struct told doctor(struct storebox *box, bool fix)
{
	const struct hd_doctor_options options = { .store = box->path,
						   .launcher = "/bin/true",
						   .fix = fix };
	struct told told = { 0 };

	ok(box, hd_doctor(&options, tell, &told, &box->err));
	return told;
}

static void expect(struct told *told, const char *text)
{
	if (!strstr(told->text, text)) {
		print_error("no '%s' in:\n%s", text, told->text);
		fail();
	}
}

static void close_store(struct storebox *box)
{
	hd_store_close(box->store);
	box->store = NULL;
}

/* The sweep of six trials, ended, with a folder for each that ran. */
static int open_ended(void **state)
{
	struct storebox *box;
	char path[500];

	open_box(state);
	box = *state;
	six_trials(box, HD_MAXIMIZE);
	sweep_state(box, "Completed", HD_END_EXIT, BOX_TIME);
	snprintf(path, sizeof path, "%s/.hdrive/a", box->folder);
	assert_int_equal(mkdir(path, 0755), 0);
	for (int i = 0; i < 6; i++) {
		snprintf(path, sizeof path, "%s/.hdrive/a/%06d", box->folder, i);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	ok(box, hd_store_exec(box->store, "PRAGMA wal_checkpoint(TRUNCATE)", &box->err));
	close_store(box);
	return 0;
}

static void a_whole_store_is_in_order(void **state)
{
	struct told told = doctor(*state, false);

	expect(&told, "is whole");
	expect(&told, "ok schema version ");
	expect(&told, "ok sweeps 1 looked at, with their folders; 0 under way\n");
	expect(&told, "problem launcher '/bin/true' is not hdrive's: it ends in another way\n");
	assert_int_equal(told.counts[HD_HEALTH_PROBLEM], 1);
}

static void a_store_that_is_not_there_is_no_problem(void **state)
{
	struct storebox *box = *state;
	struct told told;

	unlink(box->path);
	told = doctor(box, true);
	expect(&told, "ok store none yet at '");
	assert_int_equal(access(box->path, F_OK), -1);
}

static void a_file_that_is_no_store_is_left_alone(void **state)
{
	static const char *const texts[] = { "", "not a database, but a text of some length" };
	struct storebox *box = *state;

	for (size_t i = 0; i < ROWS(texts); i++) {
		char text[100] = "";
		FILE *file = fopen(box->path, "w");
		struct told told;

		fputs(texts[i], file);
		fclose(file);
		told = doctor(box, true);
		expect(&told, "problem store ");
		assert_int_equal(told.counts[HD_HEALTH_MENDED], 0);
		file = fopen(box->path, "r");
		assert_int_equal(fread(text, 1, sizeof text - 1, file), strlen(texts[i]));
		assert_string_equal(text, texts[i]);
		fclose(file);
	}
}

static void a_store_of_another_program_is_left_alone(void **state)
{
	struct storebox *box = *state;
	struct told told;
	sqlite3 *other;

	unlink(box->path);
	assert_int_equal(sqlite3_open(box->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "CREATE TABLE t(a)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	told = doctor(box, true);
	expect(&told, "is a database of another program");
	assert_int_equal(told.counts[HD_HEALTH_MENDED], 0);
	assert_int_equal(sqlite3_open(box->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "SELECT a FROM t", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
}

static void a_sweep_without_its_engine_is_a_problem_that_names_the_way_on(void **state)
{
	struct storebox *box = *state;
	struct told told;

	box_reopen(box, HD_STORE_WRITE);
	box_sweep_insert(box, "HD_2", "left-alone-2", HD_MINIMIZE);
	box_begin(box);
	box_ranked(box, 0, HD_TRIAL_RUNNING, 1, 1);
	box_commit(box);
	close_store(box);
	told = doctor(box, true);
	expect(&told, "problem sweep 'left-alone-2' is Running, but its engine (process 4242) is "
		      "gone: 1 trial open, 0 still running\n");
	expect(&told, "warning folders 'left-alone-2' has a row, its folder '");
}

static void folders_and_rows_are_held_against_each_other(void **state)
{
	struct storebox *box = *state;
	struct told told;
	char path[500];

	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof path, "%s/.hdrive/a/%06d", box->folder, 90 + i);
		assert_int_equal(mkdir(path, 0755), 0);
		/* The last one was made ahead, for a trial to come. */
		if (i < 4)
			folder_write(path, "params.json", "{}", 0644);
	}
	snprintf(path, sizeof path, "%s/.hdrive/nobodys/", box->folder);
	mkdir(path, 0755);
	strcat(path, "000000");
	mkdir(path, 0755);
	snprintf(path, sizeof path, "%s/.hdrive/notes", box->folder);
	mkdir(path, 0755);
	box_reopen(box, HD_STORE_WRITE);
	ok(box,
	   hd_store_exec(box->store, "UPDATE trial SET started = 5 WHERE number = 2", &box->err));
	close_store(box);
	snprintf(path, sizeof path, "%s/.hdrive/a/000002", box->folder);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink("000003", path), 0);
	told = doctor(box, false);
	expect(&told, "warning folders 'a' has folders of 4 trials (");
	expect(&told, ", ...) that no row knows\n");
	expect(&told, "warning folders 'a' has rows of 1 trial (2) whose folder is gone\n");
	expect(&told, "/nobodys' is a sweep's folder that no row knows\n");
	assert_null(strstr(told.text, "notes"));
}

static void drafts_are_told_and_removed_when_asked(void **state)
{
	struct storebox *box = *state;
	struct told told;
	char path[500];

	snprintf(path, sizeof path, "%s/.hdrive/a/000001/exit.tmp", box->folder);
	close(open(path, O_WRONLY | O_CREAT, 0644));
	told = doctor(box, false);
	expect(&told, "warning drafts 'a' has half-written records: 1 trial (1)\n");
	told = doctor(box, true);
	expect(&told, "mended drafts removed half-written records of 'a': 1 trial (1)\n");
	told = doctor(box, false);
	assert_null(strstr(told.text, "drafts"));
}

static void write_state_of_another_host(const struct storebox *box)
{
	char trial[500];

	snprintf(trial, sizeof trial, "%s/.hdrive/a/000000", box->folder);
	folder_write(trial, "state",
		     "{\"pid\":4242,\"start\":7,\"program\":4243,\"boot\":\"b\","
		     "\"host\":\"far-away\"}\n",
		     0644);
}

static void a_state_file_of_another_host_is_told(void **state)
{
	struct storebox *box = *state;
	struct told told;

	write_state_of_another_host(box);
	told = doctor(box, false);
	expect(&told, "warning host 'a' has files of host 'far-away'\n");
}

/* What runs at a target is neither seen nor mended from here. */
static void a_sweep_on_a_target_is_left_to_its_target(void **state)
{
	struct storebox *box = *state;
	struct told told;
	char path[500];

	write_state_of_another_host(box);
	snprintf(path, sizeof path, "%s/.hdrive/a/000001/exit.tmp", box->folder);
	close(open(path, O_WRONLY | O_CREAT, 0644));
	box_reopen(box, HD_STORE_WRITE);
	ok(box, hd_store_exec(box->store,
			      "UPDATE sweep SET backend = 'slurm:big', state = 'Running'"
			      " WHERE name = 'a';"
			      "UPDATE trial SET state = 'Running' WHERE number = 0",
			      &box->err));
	close_store(box);
	told = doctor(box, true);
	expect(&told, "problem sweep 'a' is Running, but its engine (process ");
	expect(&told, " is gone: 1 trial open, which may still run on 'slurm:big'\n");
	assert_null(strstr(told.text, "far-away"));
	assert_null(strstr(told.text, "drafts"));
	assert_null(strstr(told.text, "mended sweep"));
	assert_int_equal(access(path, F_OK), 0);
}

static void a_clock_behind_the_newest_row_is_told(void **state)
{
	struct storebox *box = *state;
	struct told told;

	box_reopen(box, HD_STORE_WRITE);
	ok(box,
	   hd_store_exec(box->store,
			 "UPDATE trial SET ended = (unixepoch() + 3600) * 1000000 WHERE number = 2",
			 &box->err));
	close_store(box);
	told = doctor(box, false);
	expect(&told, "warning clock 3");
	expect(&told, " s behind the newest row, of ");
}

static void rows_that_cannot_be_shown_are_told(void **state)
{
	static const char *const changes[] = {
		"UPDATE trial SET state = 'Confused' WHERE number = 1",
		"UPDATE sweep SET end_reason = 'boredom'",
		"UPDATE sweep SET name = '../../elsewhere'",
	};
	struct storebox *box = *state;

	for (size_t i = 0; i < ROWS(changes); i++) {
		struct told told;

		box_reopen(box, HD_STORE_WRITE);
		ok(box, hd_store_exec(box->store, changes[i], &box->err));
		close_store(box);
		told = doctor(box, true);
		expect(&told, "problem rows ");
	}
}

static void a_damaged_store_is_mended_only_when_asked(void **state)
{
	struct storebox *box = *state;
	struct told told;
	int64_t root;
	int fd;

	box_reopen(box, HD_STORE_READ);
	ok(box, hd_store_integer(box->store,
				 "SELECT rootpage FROM sqlite_schema WHERE name = 'trial_state'",
				 &root, &box->err));
	close_store(box);
	fd = open(box->path, O_WRONLY);
	assert_int_equal(pwrite(fd, "\377\377\377\377", 4, (off_t)(root - 1) * 4096), 4);
	close(fd);
	told = doctor(box, false);
	expect(&told, "problem store '");
	assert_int_equal(told.counts[HD_HEALTH_MENDED], 0);
	told = doctor(box, true);
	expect(&told, "warning store '");
	expect(&told, "mended store copied the damaged store to 'hdrive.db.damaged-2");
	expect(&told, "is whole: ");
	assert_int_equal(told.counts[HD_HEALTH_PROBLEM], 1); /* the launcher */
	box_reopen(box, HD_STORE_READ);
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST }, "4 2 0 3 1 5 ");
}

/* Read and write the whole file, which is small. */
static size_t file_bytes(const char *path, unsigned char *bytes, size_t size, bool writes)
{
	FILE *file = fopen(path, writes ? "w" : "r");
	size_t done;

	assert_non_null(file);
	done = writes ? fwrite(bytes, 1, size, file) : fread(bytes, 1, size, file);
	fclose(file);
	return done;
}

static void a_thousand_flipped_bytes_never_end_the_doctor(void **state)
{
	static unsigned char whole[1 << 18], spoiled[1 << 18];
	struct storebox *box = *state;
	size_t size = file_bytes(box->path, whole, sizeof whole, false);
	unsigned seed = 1;

	assert_true(size > 4096 && size < sizeof whole);
	for (int i = 0; i < 1000; i++) {
		memcpy(spoiled, whole, size);
		for (int j = 0; j <= i % 3; j++) {
			seed = seed * 1103515245 + 12345;
			/* Every other one in a tree's head, where most depends on it. */
			spoiled[seed / 3 % size & (i % 2 ? ~(size_t)0 : ~(size_t)0xff0)] ^=
				(unsigned char)(1 + (seed >> 20) % 255);
		}
		file_bytes(box->path, spoiled, size, true);
		doctor(box, i % 10 == 9);
	}
}

static void file_systems_are_judged_by_their_number(void **state)
{
	(void)state;
	assert_int_equal(hd_filesystem_find(0xef53)->health, HD_HEALTH_OK);
	assert_int_equal(hd_filesystem_find(0x01021994)->health, HD_HEALTH_WARNING);
	assert_string_equal(hd_filesystem_find(0x6969)->name, "NFS");
	assert_int_equal(hd_filesystem_find(0x6969)->health, HD_HEALTH_PROBLEM);
	assert_int_equal(hd_filesystem_find(0xff534d42)->health, HD_HEALTH_PROBLEM);
	assert_null(hd_filesystem_find(1));
}

static void little_space_is_a_warning_and_less_a_problem(void **state)
{
	const uint64_t giga = UINT64_C(1) << 30;
	char text[32];

	(void)state;
	assert_int_equal(hd_space_judge(2 * giga, 1000000), HD_HEALTH_OK);
	assert_int_equal(hd_space_judge(giga / 2, 1000000), HD_HEALTH_WARNING);
	assert_int_equal(hd_space_judge(1000, 1000000), HD_HEALTH_PROBLEM);
	assert_int_equal(hd_space_judge(2 * giga, 5000), HD_HEALTH_WARNING);
	assert_int_equal(hd_space_judge(2 * giga, 5), HD_HEALTH_PROBLEM);
	assert_string_equal(hd_bytes_text(0, text, sizeof text), "0 bytes");
	assert_string_equal(hd_bytes_text(999, text, sizeof text), "999 bytes");
	assert_string_equal(hd_bytes_text(1000, text, sizeof text), "1.0 KiB");
	assert_string_equal(hd_bytes_text(1536, text, sizeof text), "1.5 KiB");
	assert_string_equal(hd_bytes_text(UINT64_C(412) << 10, text, sizeof text), "412 KiB");
	assert_string_equal(hd_bytes_text(UINT64_MAX, text, sizeof text), "16 EiB");
}

static void gpus_are_counted_as_the_kernel_shows_them(void **state)
{
	static const char *const folders[] = { "dev", "dev/dri", "proc", "proc/driver",
					       "proc/driver/nvidia", "proc/driver/nvidia/gpus",
					       "proc/driver/nvidia/gpus/0000:01:00.0" };
	static const char *const files[] = { "dev/nvidia0", "dev/nvidia1", "dev/nvidiactl",
					     "dev/dri/renderD128", "dev/kfd" };
	struct storebox *box = *state;
	struct hd_gpus gpus;
	char dev[500], proc[500], path[600];
	FILE *file;

	snprintf(dev, sizeof dev, "%s/dev", box->folder);
	snprintf(proc, sizeof proc, "%s/proc", box->folder);
	hd_gpus_find(&gpus, dev, proc);
	assert_int_equal(gpus.nvidia.count + gpus.driven + gpus.compute.count + gpus.render.count,
			 0);
	for (size_t i = 0; i < ROWS(folders); i++) {
		snprintf(path, sizeof path, "%s/%s", box->folder, folders[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	for (size_t i = 0; i < ROWS(files); i++) {
		snprintf(path, sizeof path, "%s/%s", box->folder, files[i]);
		close(open(path, O_WRONLY | O_CREAT, 0644));
	}
	snprintf(path, sizeof path, "%s/%s/information", box->folder, folders[6]);
	file = fopen(path, "w");
	fputs("Model: \t\t Some GPU 9000\nIRQ:   \t 5\n", file);
	fclose(file);
	hd_gpus_find(&gpus, dev, proc);
	assert_int_equal(gpus.nvidia.count, 2);
	assert_int_equal(gpus.nvidia.usable, 2);
	assert_int_equal(gpus.driven, 1);
	assert_string_equal(gpus.model, "Some GPU 9000");
	assert_int_equal(gpus.compute.count, 1);
	assert_int_equal(gpus.render.count, 1);
}

#define ENDED(test) cmocka_unit_test_setup_teardown(test, open_ended, close_box)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENDED(a_whole_store_is_in_order),
		ENDED(a_store_that_is_not_there_is_no_problem),
		ENDED(a_file_that_is_no_store_is_left_alone),
		ENDED(a_store_of_another_program_is_left_alone),
		ENDED(a_sweep_without_its_engine_is_a_problem_that_names_the_way_on),
		ENDED(folders_and_rows_are_held_against_each_other),
		ENDED(drafts_are_told_and_removed_when_asked),
		ENDED(a_state_file_of_another_host_is_told),
		ENDED(a_sweep_on_a_target_is_left_to_its_target),
		ENDED(a_clock_behind_the_newest_row_is_told),
		ENDED(rows_that_cannot_be_shown_are_told),
		ENDED(a_damaged_store_is_mended_only_when_asked),
		ENDED(a_thousand_flipped_bytes_never_end_the_doctor),
		cmocka_unit_test(file_systems_are_judged_by_their_number),
		cmocka_unit_test(little_space_is_a_warning_and_less_a_problem),
		ENDED(gpus_are_counted_as_the_kernel_shows_them),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
