#include "cli/snapshot.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* LENGTH characters as bytes: digits and a K, M, G or T, "iB" or "B" behind it. */
static bool size_read(const char *text, size_t length, uint64_t *size)
{
	static const char units[] = "kmgt";
	size_t digits = strspn(text, "0123456789");
	char number[24];
	const char *unit;
	uint64_t value;
	size_t rest;

	if (digits == 0 || digits >= sizeof number || digits > length)
		return false;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (!cli_read_number(number, &value) || value == 0)
		return false;
	rest = length - digits;
	unit = rest ? strchr(units, text[digits] | 0x20) : NULL;
	if (rest && !unit)
		return false;
	if (rest > 1 && !(rest == 2 && text[digits + 1] == 'B') &&
	    !(rest == 3 && !strncmp(text + digits + 1, "iB", 2)))
		return false;
	for (const char *u = units; unit && u <= unit; u++) {
		if (value > UINT64_MAX / 1024)
			return false;
		value *= 1024;
	}
	*size = value;
	return true;
}

static bool limit_read(const char *text, struct hd_sweep_options *host)
{
	size_t length = strcspn(text, ",");
	uint64_t files;

	if (!strcmp(text, "none")) {
		host->snapshot_bytes = UINT64_MAX;
		host->snapshot_files = SIZE_MAX;
		return true;
	}
	if (!size_read(text, length, &host->snapshot_bytes))
		return false;
	if (!text[length])
		return true;
	if (!cli_read_number(text + length + 1, &files) || files == 0 || files > SIZE_MAX)
		return false;
	host->snapshot_files = (size_t)files;
	return true;
}

int snapshot_check(struct cli *cli, const struct snapshot_options *options,
		   struct hd_sweep_options *host)
{
	host->no_snapshot = options->none;
	if (!options->limit)
		return CLI_OK;
	if (options->none)
		return cli_fail(cli, CLI_USAGE,
				"'--no-snapshot' takes no copy that '--snapshot-limit' could "
				"limit: one of them");
	if (!limit_read(options->limit, host))
		return cli_fail(cli, CLI_USAGE,
				"'--snapshot-limit' takes a size and, behind a comma, a number "
				"of files, as in 2G or 500M,10000, or none; got '%s'",
				options->limit);
	return CLI_OK;
}
