/*
 * Tests of what giving out devices does without memory: the n-th allocation
 * fails for n = 1, 2, ... until none is left. Each failure is HD_ENOMEM with
 * nothing leaked.
 */
#include "check.h"
#include "alloc.h"

#include "dispatch/devices.h"

#if HAS_ALLOC

static int open_all(struct hd_devices **out)
{
	static const char *const environment[] = {
		"ROCR_VISIBLE_DEVICES=0,1,2,3,4,5",
		"HIP_VISIBLE_DEVICES=1,2,3,4", NULL
	};
	static size_t cpus[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	const struct hd_machine machine = {
		.cpus = cpus,
		.cpu_count = ROWS(cpus),
		.gpus = { [HD_VENDOR_AMD] = 8 },
	};

	return hd_devices_open(out,
			       &(struct hd_devices_setup){
				       .gpus = "auto:2",
				       .gpus_per_trial = 2,
				       .cpus_per_trial = 2,
				       .most = 100,
				       .machine = &machine,
				       .environment = environment },
			       NULL);
}

static void devices_survive_any_failed_allocation(void **state)
{
	struct hd_devices *devices = NULL;
	int rc = HD_ENOMEM;
	size_t n;

	(void)state;
	for (n = 1; rc != 0; n++) {
		size_t live = alloc_live;

		alloc_fail(n);
		rc = open_all(&devices);
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_true(rc == 0 || alloc_live == live);
	}
	assert_true(n > 10);
	assert_int_equal(hd_devices_places(devices), 4);
	hd_devices_close(devices);
}

static void a_machine_survives_any_failed_allocation(void **state)
{
	struct hd_machine machine;
	int rc = HD_ENOMEM;

	(void)state;
	for (size_t n = 1; rc != 0; n++) {
		size_t live = alloc_live;

		alloc_fail(n);
		rc = hd_machine_read(&machine, "", NULL);
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		hd_machine_release(&machine);
		assert_true(alloc_live == live);
	}
}

#else

static void devices_survive_any_failed_allocation(void **state)
{
	(void)state; /* the sanitizers' own malloc is left alone */
	skip();
}

static void a_machine_survives_any_failed_allocation(void **state)
{
	(void)state;
	skip();
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_survive_any_failed_allocation),
		cmocka_unit_test(a_machine_survives_any_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
