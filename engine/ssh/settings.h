/*
 * What a target of the type "ssh" says, by its option rows, and its hosts in
 * words: "NAME [slots=N] [gpus=N|0,1,...]".
 */
#ifndef HD_SSH_SETTINGS_H
#define HD_SSH_SETTINGS_H

#include <stddef.h>

#include <hdrive/error.h>
#include <hdrive/option.h>

struct hd_ssh_settings {
	const char *const *hosts;
	size_t slots;               /* of a host that says none; 0: its processors */
	const char *folder;         /* there; NULL for the default */
	const char *const *options; /* words behind "ssh" */
	const char *const *setup;   /* lines of sh before the launcher */
	const char *interpreter;    /* what "python" is there; NULL for the PATH's */
	double lease;               /* seconds */
};

extern const struct hd_option hd_ssh_options[];

/* One host of the list. */
struct hd_ssh_said {
	char *name; /* as ssh takes it; owned, as gpus */
	size_t slots;
	char **gpus; /* their ids, end in NULL; NULL: it has none to give */
	size_t gpu_count;
};

/* HD_EINVAL with what is wrong; release it in both cases. */
int hd_ssh_said_read(struct hd_ssh_said *said, const char *text,
		     struct hd_error *err);
void hd_ssh_said_release(struct hd_ssh_said *said);
/* hd_backend_type.check */
int hd_ssh_check(const void *settings, struct hd_error *err);
/* hd_backend_type.machines: hosts, as far as a trial may be spread. */
size_t hd_ssh_machines(const void *settings);

#endif
