/*
 * GPUs as the kernel shows them. No tool of a vendor is run: with a driver
 * that hangs, it would hang too. That there is none is no fault.
 */
#include "doctor/private.h"

#include "base/buf.h"
#include "doctor/gpus.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many NAMEnumber there are in FOLDER, and how many may be opened. */
static void devices_count(const char *folder, const char *name, struct hd_gpus_kind *kind)
{
	DIR *list = opendir(folder);
	struct dirent *entry;
	size_t length = strlen(name);

	while (list && (entry = readdir(list))) {
		const char *rest = entry->d_name + length;

		if (strncmp(entry->d_name, name, length) || !*rest ||
		    rest[strspn(rest, "0123456789")])
			continue;
		kind->count++;
		kind->usable += faccessat(dirfd(list), entry->d_name, R_OK | W_OK, 0) == 0;
	}
	if (list)
		closedir(list);
}

/* "Model: \t\t NVIDIA A100-SXM4-40GB" of one of them. */
static void nvidia_model(int folder, const char *name, char *model, size_t size)
{
	char path[300], text[2048];
	const char *at;
	ssize_t got;
	int fd;

	snprintf(path, sizeof path, "%s/information", name);
	fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
	at = strstr(text, "Model:");
	if (!at)
		return;
	at += strlen("Model:");
	at += strspn(at, " \t");
	snprintf(model, size, "%.*s", (int)strcspn(at, "\n"), at);
}

static void nvidia_models(const char *proc, struct hd_gpus *gpus)
{
	struct hd_buf path = HD_BUF_INIT;
	struct dirent *entry;
	DIR *list;

	hd_buf_printf(&path, "%s/driver/nvidia/gpus", proc);
	list = opendir(hd_buf_text(&path));
	while (list && (entry = readdir(list)))
		if (entry->d_name[0] != '.') {
			gpus->driven++;
			nvidia_model(dirfd(list), entry->d_name, gpus->model, sizeof gpus->model);
		}
	if (list)
		closedir(list);
	hd_buf_release(&path);
}

void hd_gpus_find(struct hd_gpus *gpus, const char *dev, const char *proc)
{
	struct hd_buf path = HD_BUF_INIT;

	memset(gpus, 0, sizeof *gpus);
	devices_count(dev, "nvidia", &gpus->nvidia);
	nvidia_models(proc, gpus);
	hd_buf_printf(&path, "%s/dri", dev);
	devices_count(hd_buf_text(&path), "renderD", &gpus->render);
	hd_buf_clear(&path);
	hd_buf_printf(&path, "%s/kfd", dev);
	gpus->compute.count = access(hd_buf_text(&path), F_OK) == 0;
	gpus->compute.usable = access(hd_buf_text(&path), R_OK | W_OK) == 0;
	hd_buf_release(&path);
}

static void gpus_tell_nvidia(struct hd_visit *visit, const struct hd_gpus *gpus)
{
	const struct hd_gpus_kind *kind = &gpus->nvidia;
	const char *model = gpus->model;

	if (kind->count == 0 && gpus->driven == 0)
		return;
	if (kind->count < gpus->driven)
		hd_visit_tell(visit, HD_HEALTH_WARNING, "GPU",
			      "give the container its devices, or run 'nvidia-modprobe'",
			      "the driver has %zu NVIDIA GPU%s (%s), /dev has %zu", gpus->driven,
			      hd_plural(gpus->driven), model, kind->count);
	else if (kind->usable < kind->count)
		hd_visit_tell(visit, HD_HEALTH_WARNING, "GPU",
			      "let this user read and write /dev/nvidia*",
			      "%zu NVIDIA GPU%s, %zu of them may be opened", kind->count,
			      hd_plural(kind->count), kind->usable);
	else
		hd_visit_tell(visit, HD_HEALTH_OK, "GPU", NULL, "%zu NVIDIA GPU%s%s%s", kind->count,
			      hd_plural(kind->count), *model ? ": " : "", model);
}

static void gpus_tell_others(struct hd_visit *visit, const struct hd_gpus *gpus)
{
	static const char right[] = "let this user join the group 'render'";

	if (gpus->compute.count > gpus->compute.usable)
		hd_visit_tell(visit, HD_HEALTH_WARNING, "GPU", right,
			      "an AMD GPU is there, /dev/kfd may not be opened");
	else if (gpus->compute.count)
		hd_visit_tell(visit, HD_HEALTH_OK, "GPU", NULL,
			      "an AMD GPU for computing (/dev/kfd)");
	if (gpus->render.count && gpus->nvidia.count == 0)
		hd_visit_tell(visit, HD_HEALTH_OK, "GPU", NULL,
			      "%zu device%s for drawing (/dev/dri/renderD*), %zu may be opened",
			      gpus->render.count, hd_plural(gpus->render.count),
			      gpus->render.usable);
}

void hd_visit_gpus(struct hd_visit *visit)
{
	struct hd_gpus gpus;

	hd_gpus_find(&gpus, "/dev", "/proc");
	gpus_tell_nvidia(visit, &gpus);
	gpus_tell_others(visit, &gpus);
	if (gpus.nvidia.count + gpus.driven + gpus.compute.count + gpus.render.count == 0)
		hd_visit_tell(visit, HD_HEALTH_OK, "GPU", NULL, "none is seen");
}
