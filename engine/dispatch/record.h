/*
 * Reading what the launcher wrote into a trial's folder (record_format.h).
 *
 * A file that is missing, cut short or not what the launcher writes is an
 * error; nothing in it is trusted further than its type and range.
 */
#ifndef HD_DISPATCH_RECORD_H
#define HD_DISPATCH_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/backend.h>
#include <hdrive/error.h>

struct hd_record {
	unsigned attempt;    /* whose it is; 0: it does not tell */
	struct hd_exit exit; /* its error points to the text below */
	char error[1024];
};

/* FOLDER/exit; HD_ENOENT when there is none. */
int hd_record_read(struct hd_record *out, const char *folder,
		   struct hd_error *err);

/* The same for one attempt: another's, which came late into a folder that
 * machines share, is HD_ENOENT too. */
int hd_record_read_attempt(struct hd_record *out, const char *folder,
			   unsigned attempt, struct hd_error *err);

struct hd_record_state {
	unsigned attempt;   /* whose it is; 0: it does not tell */
	int64_t pid;        /* of the launcher */
	uint64_t start;     /* and when it started */
	int64_t program;    /* pid and process group of the program */
	int64_t slot;       /* its HDRIVE_SLOT; -1 when it had none */
	char devices[1024]; /* its HDRIVE_DEVICES; "" when it had none */
	char cgroup[512];   /* path of its control group, "" for none */
	char boot[64];
	char host[256];
};

/* FOLDER/state; HD_ENOENT when there is none. */
int hd_record_read_state(struct hd_record_state *out, const char *folder,
			 struct hd_error *err);

#endif
