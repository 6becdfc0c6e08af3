#include "dispatch/machine.h"

#include "dispatch/cpu_list.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No file read here is longer, but for ends that do not matter. */
#define FILE_MOST 8192
#define PATHS 512

/* --- files ---------------------------------------------------------------- */

/* ROOT PATH in PATHS bytes; what is cut names no file. */
static const char *path_make(char *whole, const char *root, const char *path)
{
	snprintf(whole, PATHS, "%s%s", root, path);
	return whole;
}

/* The start of ROOT PATH into TEXT of FILE_MOST bytes; "" when there is none. */
static const char *file_read(const char *root, const char *path, char *text)
{
	char whole[PATHS];
	int fd = open(path_make(whole, root, path), O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, FILE_MOST - 1);

	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
	return text;
}

static bool file_is_there(const char *root, const char *path)
{
	char whole[PATHS];

	return access(path_make(whole, root, path), F_OK) == 0;
}

/* How many entries of the folder ROOT PATH fit; 0 when there is none. */
static size_t folder_count(const char *root, const char *path,
			   bool (*fits)(const char *root, const char *name))
{
	char whole[PATHS];
	DIR *dir = opendir(path_make(whole, root, path));
	struct dirent *found;
	size_t count = 0;

	while (dir && (found = readdir(dir)))
		count += fits(root, found->d_name);
	if (dir)
		closedir(dir);
	return count;
}

/* Whether NAME is PREFIX and a number. */
static bool is_numbered(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(name, prefix, length) == 0 && name[length] &&
	       strspn(name + length, "0123456789") == strlen(name + length);
}

/* --- GPUs ----------------------------------------------------------------- */

static bool is_nvidia_device(const char *root, const char *name)
{
	(void)root;
	return is_numbered(name, "nvidia");
}

static bool is_nvidia_entry(const char *root, const char *name)
{
	(void)root;
	return name[0] != '.';
}

/* A container sees all of /proc, but only its own devices: those first. */
static size_t count_nvidia(const char *root)
{
	size_t count = folder_count(root, "/dev", is_nvidia_device);

	return count ? count
		     : folder_count(root, "/proc/driver/nvidia/gpus",
				    is_nvidia_entry);
}

#define NODES "/sys/class/kfd/kfd/topology/nodes"

/* Nodes of the topology are CPUs too: those have no GPU's id. And a container
 * sees all nodes, but only its own render devices. */
static bool is_amd_node(const char *root, const char *name)
{
	static const char minor[] = "drm_render_minor ";
	char path[PATHS];
	char text[FILE_MOST];
	const char *at;

	if (!is_numbered(name, ""))
		return false;
	snprintf(path, sizeof path, NODES "/%.20s/gpu_id", name);
	if (strtoull(file_read(root, path, text), NULL, 10) == 0)
		return false;
	snprintf(path, sizeof path, NODES "/%.20s/properties", name);
	at = strstr(file_read(root, path, text), minor);
	if (!at)
		return true;
	snprintf(path, sizeof path, "/dev/dri/renderD%lu",
		 strtoul(at + sizeof minor - 1, NULL, 10));
	return file_is_there(root, path);
}

static size_t count_amd(const char *root)
{
	return folder_count(root, NODES, is_amd_node);
}

static bool is_intel_device(const char *root, const char *name)
{
	char path[PATHS];
	char text[FILE_MOST];

	if (!is_numbered(name, "renderD"))
		return false;
	snprintf(path, sizeof path, "/sys/class/drm/%.20s/device/vendor", name);
	return strncmp(file_read(root, path, text), "0x8086", 6) == 0;
}

static size_t count_intel(const char *root)
{
	return folder_count(root, "/dev/dri", is_intel_device);
}

static size_t (*const counters[HD_VENDORS])(const char *root) = {
	[HD_VENDOR_NVIDIA] = count_nvidia,
	[HD_VENDOR_AMD] = count_amd,
	[HD_VENDOR_INTEL] = count_intel,
};

/* --- CPUs ----------------------------------------------------------------- */

static void cpu_count(void *user, size_t cpu)
{
	struct hd_machine *machine = user;

	(void)cpu;
	machine->cpu_count++;
}

static void cpu_add(void *user, size_t cpu)
{
	struct hd_machine *machine = user;

	machine->cpus[machine->cpu_count++] = cpu;
}

/* Counted first: the list is short, what it stands for may not be. */
static int cpus_read(struct hd_machine *machine, const char *text,
		     struct hd_error *err)
{
	if (!hd_cpu_list_read(text, cpu_count, machine)) {
		machine->cpu_count = 0;
		return hd_error_set(err, HD_EIO,
				    "'/proc/self/status' must say which CPUs "
				    "may be used, got '%.40s'",
				    text);
	}
	machine->cpus = calloc(machine->cpu_count, sizeof *machine->cpus);
	machine->cpu_count = 0;
	if (!machine->cpus)
		return hd_error_nomem(err);
	hd_cpu_list_read(text, cpu_add, machine);
	return 0;
}

int hd_machine_read(struct hd_machine *machine, const char *root,
		    struct hd_error *err)
{
	static const char key[] = "\nCpus_allowed_list:";
	char text[FILE_MOST];
	char *list;

	memset(machine, 0, sizeof *machine);
	for (size_t i = 0; i < HD_VENDORS; i++)
		machine->gpus[i] = counters[i](root);
	file_read(root, "/proc/self/status", text);
	list = strstr(text, key);
	if (!list)
		return cpus_read(machine, "", err);
	list += sizeof key - 1;
	list += strspn(list, " \t");
	list[strcspn(list, "\n")] = '\0';
	return cpus_read(machine, list, err);
}

void hd_machine_release(struct hd_machine *machine)
{
	free(machine->cpus);
	memset(machine, 0, sizeof *machine);
}
