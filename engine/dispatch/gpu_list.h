/*
 * What "gpus" may say: auto, none, or ids of devices, each with how many
 * trials it may hold at once behind a colon: "0,2", "0:2", "GPU-8f6d:2".
 * "auto:2" lets every device that there is hold two.
 */
#ifndef HD_DISPATCH_GPU_LIST_H
#define HD_DISPATCH_GPU_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/error.h>

#define HD_GPU_ID 96 /* bytes of an id with its terminator */
#define HD_GPU_SHARE 1000

struct hd_gpu {
	char id[HD_GPU_ID]; /* a number, a part "0.1", or a UUID */
	size_t share;       /* trials at once */
};

enum hd_gpu_mode {
	HD_GPU_NONE,
	HD_GPU_AUTO,
	HD_GPU_IDS,
};

struct hd_gpu_list {
	enum hd_gpu_mode mode;
	size_t share;         /* of AUTO */
	struct hd_gpu *items; /* of IDS: owned, no two alike */
	size_t count;
};

/* HD_EINVAL for a text that says none of it. Release it in both cases. */
int hd_gpu_list_read(struct hd_gpu_list *list, const char *text,
		     struct hd_error *err);
/*
 * The ids of a maker's variable as its runtime reads them: up to the first
 * that is none, "-1" and repeated ones among them. Not even one is a list.
 */
int hd_gpu_list_read_variable(struct hd_gpu_list *list, const char *text,
			      struct hd_error *err);
int hd_gpu_list_add(struct hd_gpu_list *list, const struct hd_gpu *gpu,
		    struct hd_error *err);
/* The item with ID; NULL when there is none. */
const struct hd_gpu *hd_gpu_list_find(const struct hd_gpu_list *list,
				      const char *id);
/* The number that ID writes; false for parts and UUIDs. */
bool hd_gpu_number(const char *id, size_t *number);
void hd_gpu_list_release(struct hd_gpu_list *list);

#endif
