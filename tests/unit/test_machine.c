/* Tests of engine/dispatch/machine.c and cpu_list.c, over folders made up. */
#include "check.h"
#include "folder.h"

#include "dispatch/cpu_list.h"
#include "dispatch/machine.h"

static int setup(void **state)
{
	char *root = malloc(FOLDER_PATH);

	assert_non_null(root);
	folder_make(root);
	*state = root;
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	free(*state);
	return 0;
}

/* ROOT PATH with TEXT, the folders above it made. */
static void put(const char *root, const char *path, const char *text)
{
	char part[FOLDER_PATH];

	for (const char *at = strchr(path + 1, '/'); at;
	     at = strchr(at + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", (int)(at - path), path);
		mkdir(folder_path(root, part + 1), 0777);
	}
	folder_write(root, path + 1, text, 0644);
}

static void put_cpus(const char *root, const char *list)
{
	char text[256];

	snprintf(text, sizeof text,
		 "Name:\thdrive\nCpus_allowed:\tff\nCpus_allowed_list:\t%s\n"
		 "Mems_allowed:\t1\n",
		 list);
	put(root, "/proc/self/status", text);
}

static void assert_gpus(const char *root, size_t nvidia, size_t amd,
			size_t intel)
{
	struct hd_machine machine;

	put_cpus(root, "0");
	assert_int_equal(hd_machine_read(&machine, root, NULL), 0);
	assert_int_equal(machine.gpus[HD_VENDOR_NVIDIA], nvidia);
	assert_int_equal(machine.gpus[HD_VENDOR_AMD], amd);
	assert_int_equal(machine.gpus[HD_VENDOR_INTEL], intel);
	hd_machine_release(&machine);
}

/* --- GPUs ----------------------------------------------------------------- */

static void a_machine_without_gpus_has_none(void **state)
{
	assert_gpus(*state, 0, 0, 0);
}

static void nvidia_devices_are_counted_and_their_helpers_not(void **state)
{
	put(*state, "/dev/nvidia0", "");
	put(*state, "/dev/nvidia11", "");
	put(*state, "/dev/nvidiactl", "");
	put(*state, "/dev/nvidia-uvm", "");
	put(*state, "/dev/nvidia-caps/nvidia-cap1", "");
	assert_gpus(*state, 2, 0, 0);
}

static void nvidia_is_found_in_proc_before_devices_are_made(void **state)
{
	put(*state, "/proc/driver/nvidia/gpus/0000:01:00.0/information", "");
	put(*state, "/proc/driver/nvidia/gpus/0000:02:00.0/information", "");
	assert_gpus(*state, 2, 0, 0);
}

static void a_container_has_the_nvidia_devices_it_was_given(void **state)
{
	put(*state, "/proc/driver/nvidia/gpus/0000:01:00.0/information", "");
	put(*state, "/proc/driver/nvidia/gpus/0000:02:00.0/information", "");
	put(*state, "/dev/nvidia1", "");
	assert_gpus(*state, 1, 0, 0);
}

#define NODES "/sys/class/kfd/kfd/topology/nodes/"

static void amd_nodes_are_gpus_when_they_have_an_id(void **state)
{
	put(*state, NODES "0/gpu_id", "0\n");
	put(*state, NODES "1/gpu_id", "50212\n");
	put(*state, NODES "2/gpu_id", "8731\n");
	assert_gpus(*state, 0, 2, 0);
}

static void a_container_has_the_amd_devices_it_was_given(void **state)
{
	put(*state, NODES "1/gpu_id", "50212\n");
	put(*state, NODES "1/properties",
	    "simd_count 8\ndrm_render_minor 128\nnum_xcc 1\n");
	put(*state, NODES "2/gpu_id", "8731\n");
	put(*state, NODES "2/properties", "drm_render_minor 129\n");
	put(*state, "/dev/dri/renderD129", "");
	assert_gpus(*state, 0, 1, 0);
}

static void render_devices_are_intels_by_their_vendor(void **state)
{
	put(*state, "/dev/dri/renderD128", "");
	put(*state, "/dev/dri/renderD129", "");
	put(*state, "/dev/dri/card0", "");
	put(*state, "/sys/class/drm/renderD128/device/vendor", "0x8086\n");
	put(*state, "/sys/class/drm/renderD129/device/vendor", "0x10de\n");
	put(*state, "/sys/class/drm/card0/device/vendor", "0x8086\n");
	assert_gpus(*state, 0, 0, 1);
}

/* --- CPUs ----------------------------------------------------------------- */

static void cpus_are_those_the_process_may_use(void **state)
{
	static const size_t expected[] = { 0, 2, 3, 4, 64 };
	struct hd_machine machine;

	put_cpus(*state, "0,2-4,64");
	assert_int_equal(hd_machine_read(&machine, *state, NULL), 0);
	assert_int_equal(machine.cpu_count, ROWS(expected));
	for (size_t i = 0; i < ROWS(expected); i++)
		assert_int_equal(machine.cpus[i], expected[i]);
	hd_machine_release(&machine);
}

static void this_machine_has_at_least_one_cpu(void **state)
{
	struct hd_machine machine;

	(void)state;
	assert_int_equal(hd_machine_read(&machine, "", NULL), 0);
	assert_true(machine.cpu_count > 0);
	hd_machine_release(&machine);
}

static void a_status_that_is_none_is_an_error(void **state)
{
	struct hd_machine machine;
	struct hd_error err;

	assert_int_equal(hd_machine_read(&machine, *state, &err), HD_EIO);
	assert_string_equal(err.text, "'/proc/self/status' must say which CPUs "
				      "may be used, got ''");
	hd_machine_release(&machine);
	put_cpus(*state, "0-");
	assert_int_equal(hd_machine_read(&machine, *state, &err), HD_EIO);
	assert_int_equal(machine.cpu_count, 0);
	hd_machine_release(&machine);
}

/* --- lists of CPUs -------------------------------------------------------- */

static void list_sum(void *user, size_t cpu)
{
	*(size_t *)user += cpu + 1;
}

static void what_is_no_list_of_cpus_is_refused(void **state)
{
	static const char *const rows[] = {
		"", "-1", "1-", "2-1", "a", "0,", ",0", "0 1", "0-1-2",
		"32768", "99999999999999999999", "0x1"
	};
	size_t sum = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		if (hd_cpu_list_read(rows[i], list_sum, &sum))
			fail_msg("'%s' was taken", rows[i]);
	sum = 0;
	assert_true(hd_cpu_list_read("0-1,32767", list_sum, &sum));
	assert_int_equal(sum, 1 + 2 + 32768);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_machine_without_gpus_has_none),
		TEST(nvidia_devices_are_counted_and_their_helpers_not),
		TEST(nvidia_is_found_in_proc_before_devices_are_made),
		TEST(a_container_has_the_nvidia_devices_it_was_given),
		TEST(amd_nodes_are_gpus_when_they_have_an_id),
		TEST(a_container_has_the_amd_devices_it_was_given),
		TEST(render_devices_are_intels_by_their_vendor),
		TEST(cpus_are_those_the_process_may_use),
		TEST(this_machine_has_at_least_one_cpu),
		TEST(a_status_that_is_none_is_an_error),
		TEST(what_is_no_list_of_cpus_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
