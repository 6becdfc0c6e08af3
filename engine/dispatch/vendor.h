/*
 * Makers of GPUs: by which variables each maker's runtime is told which
 * devices a program may use. A maker is a row.
 *
 * NVIDIA: CUDA C Programming Guide, "CUDA Environment Variables". AMD: ROCm,
 * "GPU isolation techniques". Intel: Level Zero, "Affinity Mask", and DPC++,
 * "Environment Variables".
 */
#ifndef HD_DISPATCH_VENDOR_H
#define HD_DISPATCH_VENDOR_H

#include <stddef.h>

enum hd_vendor {
	HD_VENDOR_NVIDIA,
	HD_VENDOR_AMD,
	HD_VENDOR_INTEL,
};
#define HD_VENDORS (HD_VENDOR_INTEL + 1)

/*
 * A variable of a layer above the driver. It counts among the devices that the
 * driver's variable leaves, from 0: the ids themselves in both would hide all.
 */
struct hd_vendor_upper {
	const char *name;
	const char *prefix; /* before its list */
};

struct hd_vendor_row {
	const char *name;
	const char *visible; /* the driver's variable: takes the ids */
	struct hd_vendor_upper upper[2];
	size_t upper_count;
	/* Makes the numbers of devices those that people see; for a machine's
	 * own numbers only, as another's list counts in another's order. */
	const char *order, *order_value; /* NULL for none */
};

extern const struct hd_vendor_row hd_vendors[HD_VENDORS];

#endif
