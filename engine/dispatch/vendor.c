#include "dispatch/vendor.h"

const struct hd_vendor_row hd_vendors[HD_VENDORS] = {
	[HD_VENDOR_NVIDIA] = {
		.name = "NVIDIA",
		.visible = "CUDA_VISIBLE_DEVICES",
		/* CUDA counts the fastest first, nvidia-smi by place. */
		.order = "CUDA_DEVICE_ORDER",
		.order_value = "PCI_BUS_ID",
	},
	[HD_VENDOR_AMD] = {
		.name = "AMD",
		.visible = "ROCR_VISIBLE_DEVICES",
		/* HIP takes CUDA's name for its own where that is not set. */
		.upper = { { "HIP_VISIBLE_DEVICES", "" }, { "CUDA_VISIBLE_DEVICES", "" } },
		.upper_count = 2,
	},
	[HD_VENDOR_INTEL] = {
		.name = "Intel",
		.visible = "ZE_AFFINITY_MASK",
		/* OpenCL knows no mask: SYCL is kept to Level Zero, which does. */
		.upper = { { "ONEAPI_DEVICE_SELECTOR", "level_zero:" } },
		.upper_count = 1,
	},
};
