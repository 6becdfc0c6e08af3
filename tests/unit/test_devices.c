/* Tests of engine/dispatch/devices.c and gpu_choice.c, on machines made up. */
#include "check.h"

#include "dispatch/devices.h"

#include <hdrive/rng.h>

#include <stdbool.h>

#define CPUS_MOST 64

static size_t cpus[] = { 0, 1, 4, 5, 6, 9, 10, 11 };

static struct hd_machine machine_with(size_t nvidia, size_t amd, size_t intel)
{
	return (struct hd_machine){
		.cpus = cpus,
		.cpu_count = ROWS(cpus),
		.gpus = { nvidia, amd, intel },
	};
}

/* What one test asks for; the machine has 4 of NVIDIA's unless it says. */
struct ask {
	const char *gpus;
	size_t gpus_per_trial;
	size_t cpus_per_trial;
	size_t most;
	const char *const *environment;
};

static int open_on(struct hd_devices **out, const struct hd_machine *machine,
		   const struct ask *ask, struct hd_error *err)
{
	return hd_devices_open(out,
			       &(struct hd_devices_setup){
				       .gpus = ask->gpus,
				       .gpus_per_trial = ask->gpus_per_trial,
				       .cpus_per_trial = ask->cpus_per_trial,
				       .most = ask->most ? ask->most : 1000,
				       .machine = machine,
				       .environment = ask->environment },
			       err);
}

static struct hd_devices *open_asked(const struct hd_machine *machine,
				     const struct ask *ask)
{
	struct hd_devices *devices;
	struct hd_error err = { 0 };

	if (open_on(&devices, machine, ask, &err) < 0)
		fail_msg("%s", err.text);
	return devices;
}

/* The value of NAME in PLACE; NULL for none. */
static const char *value(const struct hd_devices *devices, size_t place,
			 const char *name)
{
	const char *const *all = hd_devices_environment(devices, place);
	size_t length = strlen(name);

	for (size_t i = 0; all[i]; i++)
		if (strncmp(all[i], name, length) == 0 && all[i][length] == '=')
			return all[i] + length + 1;
	return NULL;
}

static void assert_value(const struct hd_devices *devices, size_t place,
			 const char *name, const char *expected)
{
	const char *found = value(devices, place, name);

	if (!expected)
		assert_null(found);
	else if (!found)
		fail_msg("%s is not set", name);
	else
		assert_string_equal(found, expected);
}

/* --- how many places, and what they have ---------------------------------- */

static void nothing_asked_gives_nothing_out(void **state)
{
	static const struct ask rows[] = {
		{ .gpus = NULL },
		{ .gpus = "none" },
		{ .gpus = "none", .gpus_per_trial = 2 },
	};
	const struct hd_machine machine = machine_with(4, 0, 0);

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_null(open_asked(&machine, &rows[i]));
}

static void places_are_what_the_devices_allow(void **state)
{
	static const struct {
		struct ask ask;
		const char *places; /* their texts, '|' between */
		const char *why;
	} rows[] = {
		{ { .gpus = "auto" },
		  "GPU 0|GPU 1|GPU 2|GPU 3",
		  "4 GPUs, 1 for each trial" },
		{ { .gpus_per_trial = 2 },
		  "GPU 0,1|GPU 2,3",
		  "4 GPUs, 2 for each trial" },
		{ { .gpus = "auto", .gpus_per_trial = 3 },
		  "GPU 0,1,2",
		  "4 GPUs, 3 for each trial" },
		{ { .gpus = "0,2" },
		  "GPU 0|GPU 2",
		  "2 GPUs, 1 for each trial" },
		{ { .gpus = "2,0", .gpus_per_trial = 2 },
		  "GPU 2,0",
		  "2 GPUs, 2 for each trial" },
		{ { .gpus = "0:2" },
		  "GPU 0|GPU 0",
		  "1 GPU with 2 places, 1 for each trial" },
		{ { .gpus = "0:2,1:2" },
		  "GPU 0|GPU 1|GPU 0|GPU 1",
		  "2 GPUs with 4 places, 1 for each trial" },
		{ { .gpus = "0:3,1" },
		  "GPU 0|GPU 1|GPU 0|GPU 0",
		  "2 GPUs with 4 places, 1 for each trial" },
		/* Each must have 2, or the second would find room on 2 alone. */
		{ { .gpus = "0,1,2:2", .gpus_per_trial = 2 },
		  "GPU 0,2|GPU 1,2",
		  "3 GPUs with 4 places, 2 for each trial" },
		{ { .gpus = "0:8", .most = 3 },
		  "GPU 0|GPU 0|GPU 0",
		  "1 GPU with 8 places, 1 for each trial" },
		{ { .cpus_per_trial = 3 },
		  "CPU 0-1,4|CPU 5-6,9",
		  "8 CPUs, 3 for each trial" },
		{ { .cpus_per_trial = 8 },
		  "CPU 0-1,4-6,9-11",
		  "8 CPUs, 8 for each trial" },
		{ { .gpus = "0,1", .cpus_per_trial = 2 },
		  "GPU 0; CPU 0-1|GPU 1; CPU 4-5",
		  "2 GPUs, 1 for each trial" },
		{ { .gpus = "auto", .cpus_per_trial = 4 },
		  "GPU 0; CPU 0-1,4-5|GPU 1; CPU 6,9-11",
		  "8 CPUs, 4 for each trial" },
	};
	const struct hd_machine machine = machine_with(4, 0, 0);

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_devices *devices = open_asked(&machine, &rows[i].ask);
		char text[256] = "";

		for (size_t k = 0; k < hd_devices_places(devices); k++) {
			strcat(text, k ? "|" : "");
			strcat(text, hd_devices_text(devices, k));
		}
		assert_string_equal(text, rows[i].places);
		assert_string_equal(hd_devices_why(devices), rows[i].why);
		hd_devices_close(devices);
	}
}

/* --- taking and giving back ----------------------------------------------- */

/* Every GPU's share, and every CPU once, over the places that are taken. */
static void assert_disjoint(const struct hd_devices *devices, const bool *taken,
			    const size_t *share, size_t per_trial)
{
	size_t on_gpu[8] = { 0 }, on_cpu[CPUS_MOST] = { 0 };

	for (size_t i = 0; i < hd_devices_places(devices); i++) {
		const char *text = hd_devices_text(devices, i);
		size_t gpus = 0;
		char *at;

		if (!taken[i])
			continue;
		for (at = (char *)(uintptr_t)text + 3; *at == ' ' || *at == ',';) {
			size_t gpu = strtoul(at + 1, &at, 10);

			assert_true(++on_gpu[gpu] <= share[gpu]);
			gpus++;
		}
		assert_int_equal(gpus, per_trial);
		at = strstr(text, "CPU");
		assert_non_null(at);
		assert_int_equal(++on_cpu[strtoul(at + 4, NULL, 10)], 1);
	}
}

static void places_taken_at_once_share_nothing(void **state)
{
	static const struct {
		const char *gpus;
		size_t share[8];
		size_t per_trial;
		size_t places;
	} rows[] = {
		{ "auto", { 1, 1, 1, 1, 1, 1, 1, 1 }, 1, 8 },
		{ "auto:3", { 3, 3, 3, 3, 3, 3, 3, 3 }, 2, 12 },
		{ "0:5,1:2,2,3,7:4", { 5, 2, 1, 1, 0, 0, 0, 4 }, 2, 6 },
		{ "0:5,1:2,2,3,7:4", { 5, 2, 1, 1, 0, 0, 0, 4 }, 1, 13 },
		{ "0:9,1:3,2,3", { 9, 3, 1, 1 }, 3, 2 },
	};
	struct hd_machine machine = machine_with(8, 0, 0);
	size_t many[CPUS_MOST];

	(void)state;
	for (size_t i = 0; i < CPUS_MOST; i++)
		many[i] = i;
	machine.cpus = many;
	machine.cpu_count = CPUS_MOST;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_devices *devices = open_asked(
			&machine, &(struct ask){ .gpus = rows[i].gpus,
						 .gpus_per_trial = rows[i].per_trial,
						 .cpus_per_trial = 1 });
		size_t places = hd_devices_places(devices), busy = 0;
		bool taken[32] = { false };
		struct hd_rng rng;

		assert_int_equal(places, rows[i].places);
		hd_rng_init(&rng, 7, i);
		for (size_t step = 0; step < 5000; step++) {
			size_t place = (size_t)(hd_rng_word(&rng) % places);

			if (hd_rng_word(&rng) % 2) {
				place = hd_devices_acquire(devices, places);
				/* A place is free exactly when one is. */
				assert_int_equal(place == SIZE_MAX,
						 busy == places);
				if (place == SIZE_MAX)
					continue;
				assert_false(taken[place]);
				taken[place] = true;
				busy++;
				assert_disjoint(devices, taken, rows[i].share,
						rows[i].per_trial);
			} else if (taken[place]) {
				hd_devices_release(devices, place);
				taken[place] = false;
				busy--;
			}
		}
		hd_devices_close(devices);
	}
}

static void the_gpu_with_fewest_trials_is_next(void **state)
{
	const struct hd_machine machine = machine_with(2, 0, 0);
	struct hd_devices *devices =
		open_asked(&machine, &(struct ask){ .gpus = "0:2,1:2" });

	(void)state;
	assert_int_equal(hd_devices_acquire(devices, 4), 0); /* GPU 0 */
	assert_int_equal(hd_devices_acquire(devices, 4), 1); /* GPU 1 */
	assert_int_equal(hd_devices_acquire(devices, 4), 2); /* GPU 0 */
	assert_int_equal(hd_devices_acquire(devices, 4), 3);
	assert_int_equal(hd_devices_acquire(devices, 4), SIZE_MAX);
	hd_devices_release(devices, 0);
	hd_devices_release(devices, 1);
	hd_devices_release(devices, 3);
	/* GPU 0 has one still: the first place of GPU 1. */
	assert_int_equal(hd_devices_acquire(devices, 4), 1);
	hd_devices_close(devices);
}

static void no_more_places_are_taken_than_there_are_slots(void **state)
{
	const struct hd_machine machine = machine_with(4, 0, 0);
	struct hd_devices *devices =
		open_asked(&machine, &(struct ask){ .gpus = "auto" });

	(void)state;
	assert_int_equal(hd_devices_acquire(devices, 1), 0);
	assert_int_equal(hd_devices_acquire(devices, 1), SIZE_MAX);
	assert_int_equal(hd_devices_acquire(devices, 2), 1);
	hd_devices_close(devices);
}

static void a_trial_that_runs_already_claims_its_place(void **state)
{
	const struct hd_machine machine = machine_with(2, 0, 0);
	struct hd_devices *devices =
		open_asked(&machine, &(struct ask){ .gpus = "0,1:2" });

	(void)state;
	assert_int_equal(hd_devices_claim(devices, "GPU 1"), 1);
	assert_int_equal(hd_devices_claim(devices, "GPU 1"), 2);
	assert_int_equal(hd_devices_claim(devices, "GPU 1"), SIZE_MAX);
	assert_int_equal(hd_devices_claim(devices, "GPU 5"), SIZE_MAX);
	assert_int_equal(hd_devices_acquire(devices, 3), 0);
	assert_int_equal(hd_devices_acquire(devices, 3), SIZE_MAX);
	hd_devices_release(devices, 2);
	assert_int_equal(hd_devices_acquire(devices, 3), 2);
	hd_devices_close(devices);
}

/* --- the environment ------------------------------------------------------ */

static void nvidia_trials_get_cudas_variable(void **state)
{
	const struct hd_machine machine = machine_with(4, 0, 0);
	struct hd_devices *devices = open_asked(
		&machine, &(struct ask){ .gpus = "auto", .gpus_per_trial = 2 });

	(void)state;
	assert_value(devices, 1, "CUDA_VISIBLE_DEVICES", "2,3");
	assert_value(devices, 1, "CUDA_DEVICE_ORDER", "PCI_BUS_ID");
	assert_value(devices, 1, "ROCR_VISIBLE_DEVICES", NULL);
	assert_value(devices, 1, "HDRIVE_CPUS", NULL);
	assert_value(devices, 1, "OMP_NUM_THREADS", NULL);
	hd_devices_close(devices);
}

/* HIP counts among what ROCr leaves: its own numbers would hide them all. */
static void amd_trials_get_ids_for_rocr_and_counts_for_hip(void **state)
{
	const struct hd_machine machine = machine_with(0, 4, 0);
	struct hd_devices *devices = open_asked(
		&machine, &(struct ask){ .gpus = "auto", .gpus_per_trial = 2 });

	(void)state;
	assert_value(devices, 1, "ROCR_VISIBLE_DEVICES", "2,3");
	assert_value(devices, 1, "HIP_VISIBLE_DEVICES", "0,1");
	assert_value(devices, 1, "CUDA_VISIBLE_DEVICES", "0,1");
	assert_value(devices, 1, "CUDA_DEVICE_ORDER", NULL);
	hd_devices_close(devices);
}

static void intel_trials_get_a_mask_and_a_selector(void **state)
{
	const struct hd_machine machine = machine_with(0, 0, 2);
	struct hd_devices *devices =
		open_asked(&machine, &(struct ask){ .gpus = "0.1,1" });

	(void)state;
	assert_value(devices, 0, "ZE_AFFINITY_MASK", "0.1");
	assert_value(devices, 0, "ONEAPI_DEVICE_SELECTOR", "level_zero:0");
	assert_value(devices, 1, "ZE_AFFINITY_MASK", "1");
	assert_value(devices, 1, "ONEAPI_DEVICE_SELECTOR", "level_zero:0");
	hd_devices_close(devices);
}

static void threads_are_as_many_as_cpus(void **state)
{
	static const char *const names[] = {
		"OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS",
		"NUMEXPR_NUM_THREADS"
	};
	const struct hd_machine machine = machine_with(0, 0, 0);
	struct hd_devices *devices =
		open_asked(&machine, &(struct ask){ .cpus_per_trial = 2 });

	(void)state;
	for (size_t i = 0; i < ROWS(names); i++)
		assert_value(devices, 1, names[i], "2");
	assert_non_null(value(devices, 1, "HDRIVE_CPUS"));
	assert_value(devices, 1, "CUDA_VISIBLE_DEVICES", NULL);
	hd_devices_close(devices);
}

static void threads_that_the_user_set_stay(void **state)
{
	static const char *const user[] = { "OMP_NUM_THREADS=1", NULL };
	static const char *const outer[] = { "OMP_NUM_THREADS=8",
					     "HDRIVE_CPUS=0-7", NULL };
	const struct hd_machine machine = machine_with(0, 0, 0);
	struct hd_devices *devices = open_asked(
		&machine,
		&(struct ask){ .cpus_per_trial = 2, .environment = user });

	(void)state;
	assert_value(devices, 0, "OMP_NUM_THREADS", NULL);
	assert_value(devices, 0, "MKL_NUM_THREADS", NULL);
	assert_non_null(value(devices, 0, "HDRIVE_CPUS"));
	hd_devices_close(devices);
	devices = open_asked(&machine, &(struct ask){ .cpus_per_trial = 2,
						      .environment = outer });
	assert_value(devices, 0, "OMP_NUM_THREADS", "2");
	hd_devices_close(devices);
}

static void names_are_those_of_the_variables(void **state)
{
	const struct hd_machine machine = machine_with(0, 2, 0);
	struct hd_devices *devices = open_asked(
		&machine, &(struct ask){ .gpus = "auto", .cpus_per_trial = 1 });
	const char *const *names = hd_devices_names(devices);
	const char *const *all = hd_devices_environment(devices, 0);
	size_t count = 0;

	(void)state;
	for (; names[count]; count++)
		assert_non_null(value(devices, 0, names[count]));
	for (size_t i = 0; all[i]; i++)
		assert_true(i < count);
	hd_devices_close(devices);
}

/* --- which GPUs ----------------------------------------------------------- */

static void what_the_environment_gives_is_chosen_from(void **state)
{
	static const struct {
		size_t gpus[HD_VENDORS];
		const char *environment[4];
		const char *asked;
		const char *places;
		const char *variable, *value; /* of the last place */
	} rows[] = {
		{ { 8 },
		  { "CUDA_VISIBLE_DEVICES=4,5" },
		  "auto",
		  "GPU 4|GPU 5",
		  "CUDA_VISIBLE_DEVICES",
		  "5" },
		{ { 8 },
		  { "CUDA_VISIBLE_DEVICES=4,5" },
		  "5:2",
		  "GPU 5|GPU 5",
		  "CUDA_DEVICE_ORDER",
		  NULL },
		{ { 2 },
		  { "CUDA_VISIBLE_DEVICES=0", "CUDA_VISIBLE_DEVICES=GPU-8f6d" },
		  "auto:2",
		  "GPU GPU-8f6d|GPU GPU-8f6d",
		  "CUDA_VISIBLE_DEVICES",
		  "GPU-8f6d" },
		{ { 2 },
		  { "CUDA_DEVICE_ORDER=FASTEST_FIRST" },
		  "1",
		  "GPU 1",
		  "CUDA_DEVICE_ORDER",
		  NULL },
		/* A machine that shows none, as Windows' Linux. */
		{ { 0 },
		  { "CUDA_VISIBLE_DEVICES=0" },
		  "auto",
		  "GPU 0",
		  "CUDA_VISIBLE_DEVICES",
		  "0" },
		{ { 0 },
		  { "ZE_AFFINITY_MASK=3" },
		  "auto",
		  "GPU 3",
		  "ZE_AFFINITY_MASK",
		  "3" },
		{ { 0 }, { NULL }, "3", "GPU 3", "CUDA_VISIBLE_DEVICES", "3" },
		/* AMD's, by HIP's variable or by the one that it shares. */
		{ { 0, 8 },
		  { "HIP_VISIBLE_DEVICES=6,7" },
		  "auto",
		  "GPU 6|GPU 7",
		  "ROCR_VISIBLE_DEVICES",
		  "7" },
		{ { 0, 8 },
		  { "CUDA_VISIBLE_DEVICES=3" },
		  "auto",
		  "GPU 3",
		  "CUDA_VISIBLE_DEVICES",
		  "0" },
		/* Both: HIP counts among ROCr's. */
		{ { 0, 8 },
		  { "ROCR_VISIBLE_DEVICES=4,5,6", "HIP_VISIBLE_DEVICES=0,2" },
		  "auto",
		  "GPU 4|GPU 6",
		  "ROCR_VISIBLE_DEVICES",
		  "6" },
		{ { 0, 0, 4 },
		  { "ONEAPI_DEVICE_SELECTOR=level_zero:1,2" },
		  "auto",
		  "GPU 1|GPU 2",
		  "ONEAPI_DEVICE_SELECTOR",
		  "level_zero:0" },
		{ { 0, 0, 2 },
		  { "ONEAPI_DEVICE_SELECTOR=opencl:gpu" },
		  "auto",
		  "GPU 0|GPU 1",
		  "ONEAPI_DEVICE_SELECTOR",
		  "level_zero:0" },
		/* Not the processor's own beside a card of NVIDIA's. */
		{ { 1, 0, 1 },
		  { NULL },
		  "auto",
		  "GPU 0",
		  "CUDA_VISIBLE_DEVICES",
		  "0" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct hd_machine machine = machine_with(
			rows[i].gpus[0], rows[i].gpus[1], rows[i].gpus[2]);
		struct hd_devices *devices = open_asked(
			&machine,
			&(struct ask){ .gpus = rows[i].asked,
				       .environment = rows[i].environment });
		char text[256] = "";

		for (size_t k = 0; k < hd_devices_places(devices); k++) {
			strcat(text, k ? "|" : "");
			strcat(text, hd_devices_text(devices, k));
		}
		assert_string_equal(text, rows[i].places);
		assert_value(devices, hd_devices_places(devices) - 1,
			     rows[i].variable, rows[i].value);
		hd_devices_close(devices);
	}
}

static void what_cannot_be_had_is_explained(void **state)
{
	static const char *const hidden[] = { "CUDA_VISIBLE_DEVICES=", NULL };
	static const char *const given[] = { "CUDA_VISIBLE_DEVICES=4,5", NULL };
	static const struct {
		size_t nvidia;
		struct ask ask;
		const char *text;
	} rows[] = {
		{ 0,
		  { .gpus = "auto" },
		  "'gpus' is 'auto', but no GPU was found in /dev/nvidia*, "
		  "/sys/class/kfd and /dev/dri; 'none' runs without, a list "
		  "of ids is taken as it is" },
		{ 2,
		  { .gpus = "auto", .environment = hidden },
		  "'gpus' is 'auto', but 'CUDA_VISIBLE_DEVICES' in the "
		  "environment leaves no GPU, it is ''" },
		{ 8,
		  { .gpus = "0", .environment = given },
		  "'gpus': '0' is not among the GPUs of this process, "
		  "'CUDA_VISIBLE_DEVICES' in the environment is '4,5'" },
		{ 2,
		  { .gpus = "0,2" },
		  "'gpus': '2' must be below 2, this machine has 2 NVIDIA "
		  "GPUs" },
		{ 1,
		  { .gpus = "1:2" },
		  "'gpus': '1' must be below 1, this machine has 1 NVIDIA "
		  "GPU" },
		{ 2,
		  { .gpus = "auto", .gpus_per_trial = 3 },
		  "'gpus_per_trial' must be at most 2, the GPUs that there "
		  "are, got 3" },
		{ 2,
		  { .gpus = "0:4", .gpus_per_trial = 2 },
		  "'gpus_per_trial' must be at most 1, the GPUs that there "
		  "are, got 2" },
		{ 0,
		  { .cpus_per_trial = 9 },
		  "'cpus_per_trial' must be at most 8, the CPUs that this "
		  "process may use, got 9" },
		{ 0,
		  { .gpus = "0,0" },
		  "'gpus': '0' is given twice; '0:2' lets two trials share "
		  "it" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct hd_machine machine =
			machine_with(rows[i].nvidia, 0, 0);
		struct hd_devices *devices;
		struct hd_error err = { 0 };

		assert_int_equal(open_on(&devices, &machine, &rows[i].ask, &err),
				 HD_EINVAL);
		assert_null(devices);
		assert_string_equal(err.text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked_gives_nothing_out),
		cmocka_unit_test(places_are_what_the_devices_allow),
		cmocka_unit_test(places_taken_at_once_share_nothing),
		cmocka_unit_test(the_gpu_with_fewest_trials_is_next),
		cmocka_unit_test(no_more_places_are_taken_than_there_are_slots),
		cmocka_unit_test(a_trial_that_runs_already_claims_its_place),
		cmocka_unit_test(nvidia_trials_get_cudas_variable),
		cmocka_unit_test(amd_trials_get_ids_for_rocr_and_counts_for_hip),
		cmocka_unit_test(intel_trials_get_a_mask_and_a_selector),
		cmocka_unit_test(threads_are_as_many_as_cpus),
		cmocka_unit_test(threads_that_the_user_set_stay),
		cmocka_unit_test(names_are_those_of_the_variables),
		cmocka_unit_test(what_the_environment_gives_is_chosen_from),
		cmocka_unit_test(what_cannot_be_had_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
