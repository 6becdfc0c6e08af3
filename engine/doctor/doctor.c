/*
 * The visit: every check once, in this order. What a later check needs (an
 * open store, how many trials run at a time) an earlier one finds out.
 */
#include "doctor/private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void (*const visit_checks[])(struct hd_visit *visit) = {
	hd_visit_store,
	hd_visit_sweeps,
	hd_visit_snapshots,
	hd_visit_filesystem,
	hd_visit_space,
	hd_visit_clock,
	hd_visit_limits,
	hd_visit_kernel,
	hd_visit_launcher,
	hd_visit_gpus,
};

const char *hd_health_name(enum hd_health health)
{
	switch (health) {
	case HD_HEALTH_OK:
		return "ok";
	case HD_HEALTH_WARNING:
		return "warning";
	case HD_HEALTH_PROBLEM:
		return "problem";
	case HD_HEALTH_MENDED:
		return "mended";
	}
	return "?";
}

void hd_visit_fail(struct hd_visit *visit, int rc)
{
	if (visit->rc == 0)
		visit->rc = rc;
}

void hd_visit_tell(struct hd_visit *visit, enum hd_health health,
		   const char *what, const char *right, const char *fmt, ...)
{
	char found[HD_ERROR_TEXT];
	const struct hd_check check = { health, what, found, right };
	va_list args;

	if (visit->rc != 0)
		return;
	va_start(args, fmt);
	vsnprintf(found, sizeof found, fmt, args);
	va_end(args);
	visit->rc = visit->fn(visit->user, &check);
}

/* The nearest folder at or above the store's that exists. */
static char *visit_folder(const char *path)
{
	struct stat info;
	char *folder = strdup(path);
	char *slash;

	while (folder && (slash = strrchr(folder, '/'))) {
		*slash = '\0';
		if (stat(*folder ? folder : "/", &info) == 0 && S_ISDIR(info.st_mode))
			break;
	}
	if (!folder || strchr(folder, '/'))
		return folder;
	free(folder);
	return strdup(*path == '/' ? "/" : ".");
}

int hd_doctor(const struct hd_doctor_options *options, hd_check_fn fn,
	      void *user, struct hd_error *err)
{
	struct hd_error own = { 0 }; /* findings quote it, so there is always one */
	struct hd_visit visit = { .options = options, .fn = fn, .user = user };
	char *folder = visit_folder(options->store);

	if (!folder)
		return hd_error_nomem(err);
	visit.err = err ? err : &own;
	visit.path = options->store;
	visit.folder = folder;
	for (size_t i = 0; visit.rc == 0 && i < sizeof visit_checks / sizeof visit_checks[0]; i++)
		visit_checks[i](&visit);
	hd_store_close(visit.store);
	free(folder);
	return visit.rc;
}
