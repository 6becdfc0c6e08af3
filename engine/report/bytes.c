#include <hdrive/report.h>

#include <stdio.h>

const char *hd_bytes_text(uint64_t bytes, char *text, size_t size)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t unit = 0;

	for (; value >= 1000 && unit + 1 < sizeof units / sizeof units[0]; unit++)
		value /= 1024;
	/* In tenths, as whole numbers: no locale has a say in that. */
	if (unit == 0 || value >= 9.95)
		snprintf(text, size, "%llu %s", (unsigned long long)(value + 0.5), units[unit]);
	else
		snprintf(text, size, "%llu.%llu %s", (unsigned long long)(value * 10 + 0.5) / 10,
			 (unsigned long long)(value * 10 + 0.5) % 10, units[unit]);
	return text;
}
