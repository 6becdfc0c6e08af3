/*
 * hdrive gc: room again. A dry run unless --yes is given, and nothing at all
 * unless the words say what may go.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000)

struct gc_options {
	struct cli_list keep;
	const char *older;
	bool outputs;
	bool logs;
	bool checkpoints;
	bool attempts;
	bool sweeps;
	bool snapshots;
	bool yes;
	bool dry_run;
	bool no_dry_run;
};

#define ROW(field) offsetof(struct gc_options, field)
static const struct cli_opt gc_rows[] = {
	{ "keep", 0, "best:K|last:N", "leave the K best or the N latest trials of each sweep",
	  CLI_OPT_LIST, ROW(keep), 0 },
	{ "older", 0, "AGE", "only what ended so long ago: 90s, 30m, 12h, 30d, 4w", CLI_OPT_TEXT,
	  ROW(older), 0 },
	{ "outputs", 0, NULL, "what trials wrote to outputs/", CLI_OPT_FLAG, ROW(outputs), 0 },
	{ "logs", 0, NULL, "what they printed, and logs/", CLI_OPT_FLAG, ROW(logs), 0 },
	{ "checkpoints", 0, NULL, "what they wrote to checkpoints/", CLI_OPT_FLAG, ROW(checkpoints),
	  0 },
	{ "attempts", 0, NULL, "what earlier attempts of them left", CLI_OPT_FLAG, ROW(attempts),
	  0 },
	{ "sweeps", 0, NULL, "whole sweeps, with their rows and folders", CLI_OPT_FLAG, ROW(sweeps),
	  0 },
	{ "snapshots", 0, NULL, "copies of source folders that no sweep runs in", CLI_OPT_FLAG,
	  ROW(snapshots), 0 },
	{ "yes", 'y', NULL, "do it", CLI_OPT_FLAG, ROW(yes), 0 },
	{ "no-dry-run", 0, NULL, "the same", CLI_OPT_FLAG, ROW(no_dry_run), 0 },
	{ "dry-run", 0, NULL, "only say what would go; this is the default", CLI_OPT_FLAG,
	  ROW(dry_run), 0 },
	CLI_OPT_END
};

struct gc {
	struct cli *cli;
	struct hd_gc_rule rule;
	size_t rows;   /* told */
	size_t sweeps; /* of which something goes */
	size_t trials;
	uint64_t bytes;
	uint64_t failed;
};

/* --- words to a rule ---------------------------------------------------------------- */

/* "30d" in microseconds. */
static bool gc_age(const char *text, int64_t *age)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	size_t length = strspn(text, "0123456789");
	char digits[24];
	uint64_t number;

	if (length == 0 || length >= sizeof digits || !text[length] || text[length + 1])
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (!cli_read_number(digits, &number))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (units[i].unit != text[length])
			continue;
		if (number == 0 || number > (uint64_t)(INT64_MAX / SECOND / units[i].seconds))
			return false;
		*age = (int64_t)number * units[i].seconds * SECOND;
		return true;
	}
	return false;
}

static bool gc_keep(struct hd_gc_rule *rule, const char *text)
{
	bool best = !strncmp(text, "best:", 5);
	uint64_t number;

	if ((!best && strncmp(text, "last:", 5)) || !cli_read_number(text + 5, &number) ||
	    number == 0 || number > SIZE_MAX / 2)
		return false;
	*(best ? &rule->keep_best : &rule->keep_last) = (size_t)number;
	return true;
}

static int gc_usage(struct cli *cli)
{
	return cli_fail(
		cli, CLI_USAGE,
		"say what may go, nothing is removed by default: 'hdrive gc --keep best:3', "
		"'hdrive gc @ --outputs --older 30d' or 'hdrive gc --sweeps --older 90d'");
}

/* Rules that contradict each other, or name nothing. */
static int gc_judge(struct gc *gc, const struct gc_options *options, bool parts)
{
	const struct hd_gc_rule *rule = &gc->rule;
	bool ages = rule->keep_last || rule->older;

	if (options->dry_run && rule->removes)
		return cli_fail(gc->cli, CLI_USAGE,
				"'--dry-run' removes nothing, '--yes' does: one of them");
	if (rule->sweeps && (parts || rule->keep_best))
		return cli_fail(gc->cli, CLI_USAGE,
				"'--sweeps' takes whole sweeps: neither parts of trials nor "
				"'--keep best' go with it");
	if (rule->snapshots && !rule->sweeps) {
		if (!parts && !ages && !rule->keep_best && gc->cli->word_count == 0)
			return CLI_OK;
		return cli_fail(gc->cli, CLI_USAGE,
				"'--snapshots' takes what no sweep needs: only '--sweeps' goes "
				"with it");
	}
	if (rule->sweeps ? !ages && gc->cli->word_count == 0 : !parts && !ages && !rule->keep_best)
		return gc_usage(gc->cli);
	return CLI_OK;
}

static int gc_rule(struct gc *gc, const struct gc_options *options)
{
	const bool parts[HD_GC_PARTS] = { options->outputs, options->logs, options->checkpoints,
					  options->attempts };
	struct hd_gc_rule *rule = &gc->rule;
	bool any = false;

	for (size_t i = 0; i < options->keep.count; i++)
		if (!gc_keep(rule, options->keep.items[i]))
			return cli_fail(gc->cli, CLI_USAGE,
					"'--keep' takes best:K or last:N, each from 1 up, got '%s'",
					options->keep.items[i]);
	if (options->older && !gc_age(options->older, &rule->older))
		return cli_fail(gc->cli, CLI_USAGE,
				"'--older' takes a whole number and a unit (s, m, h, d or w) as in "
				"30d, got '%s'",
				options->older);
	rule->sweeps = options->sweeps;
	rule->snapshots = options->snapshots;
	rule->removes = options->yes || options->no_dry_run;
	for (int i = 0; i < HD_GC_PARTS; i++)
		any = any || parts[i];
	/* A rule without a part is about all of them. */
	for (int i = 0; i < HD_GC_PARTS; i++)
		rule->parts[i] = parts[i] || !any;
	return gc_judge(gc, options, any);
}

/* --- what is told --------------------------------------------------------------------- */

static void gc_json(struct gc *gc, const struct hd_gc_row *row)
{
	struct cli *cli = gc->cli;

	cli_put(cli, "%s{\"name\":", gc->rows ? ",\n" : "");
	(void)hd_report_json_text(row->name, strlen(row->name), &cli->out);
	cli_put(cli, ",\"has_row\":%s,\"kept\":", row->has_row ? "true" : "false");
	if (row->skipped)
		(void)hd_report_json_text(row->skipped, strlen(row->skipped), &cli->out);
	else
		cli_put(cli, "null");
	cli_put(cli, ",\"trials\":%zu,\"bytes\":%" PRIu64, row->trials, row->bytes);
	for (int i = 0; i < HD_GC_PARTS; i++)
		cli_put(cli, ",\"%s\":%" PRIu64, hd_gc_part_name((enum hd_gc_part)i),
			row->parts[i]);
	cli_put(cli, ",\"snapshots\":%zu,\"failed\":%" PRIu64 "}", row->snapshots, row->failed);
}

static void gc_parts(struct gc *gc, const struct hd_gc_row *row)
{
	const char *between = ": ";
	char text[32];

	for (int i = 0; i < HD_GC_PARTS; i++) {
		if (!row->parts[i])
			continue;
		cli_put(gc->cli, "%s%s %s", between, hd_gc_part_name((enum hd_gc_part)i),
			hd_bytes_text(row->parts[i], text, sizeof text));
		between = ", ";
	}
}

static void gc_text(struct gc *gc, const struct hd_gc_row *row)
{
	struct cli *cli = gc->cli;
	char name[256], text[32];

	hd_plain_text(row->name, name, sizeof name);
	cli_put(cli, "%-20s  ", name);
	if (row->skipped && !row->bytes && !row->trials) {
		cli_put(cli, "kept: %s\n", row->skipped);
		return;
	}
	if (row->of_snapshots)
		cli_put(cli, "%zu of no sweep  ", row->snapshots);
	else if (row->has_row)
		cli_put(cli, "%zu trial%s  ", row->trials, row->trials == 1 ? "" : "s");
	else
		cli_put(cli, "no row knows it  ");
	cli_put(cli, "%s", hd_bytes_text(row->bytes, text, sizeof text));
	gc_parts(gc, row);
	cli_put(cli, "%s%s\n", row->skipped ? "; " : "", row->skipped ? row->skipped : "");
}

static int gc_told(void *user, const struct hd_gc_row *row)
{
	struct gc *gc = user;
	bool goes = row->trials || row->bytes || !row->has_row;

	gc->sweeps += goes && !row->of_snapshots;
	gc->trials += row->trials;
	gc->bytes += row->bytes;
	gc->failed += row->failed;
	if (gc->cli->json)
		gc_json(gc, row);
	else if (goes || row->skipped)
		gc_text(gc, row);
	gc->rows++;
	if (row->failed && gc->rule.removes)
		cli_fail(gc->cli, CLI_ERROR, "%s: %" PRIu64 " entries stay: %s", row->name,
			 row->failed, row->failure);
	return 0;
}

static void gc_total(struct gc *gc)
{
	struct cli *cli = gc->cli;
	char text[32];

	hd_bytes_text(gc->bytes, text, sizeof text);
	if (cli->json)
		cli_put(cli,
			"],\"dry_run\":%s,\"bytes\":%" PRIu64 ",\"trials\":%zu,\"failed\":%" PRIu64
			"}\n",
			gc->rule.removes ? "false" : "true", gc->bytes, gc->trials, gc->failed);
	else
		cli_put(cli, "%s of %zu trial%s in %zu sweep%s %s\n", text, gc->trials,
			gc->trials == 1 ? "" : "s", gc->sweeps, gc->sweeps == 1 ? "" : "s",
			gc->rule.removes ? "removed" : "would go; --yes removes them");
}

/* --- the command ---------------------------------------------------------------------- */

static bool gc_has_key(const int64_t *keys, size_t count, int64_t key)
{
	for (size_t i = 0; i < count; i++)
		if (keys[i] == key)
			return true;
	return false;
}

/*
 * The keys of the sweeps that the words name, each once; *KEYS stays NULL
 * without words.
 */
static int gc_find(struct cli *cli, struct hd_store *store, int64_t **keys,
		   size_t *count)
{
	struct hd_error err = { 0 };
	int64_t key;

	*keys = NULL;
	*count = 0;
	if (cli->word_count == 0)
		return CLI_OK;
	*keys = calloc(cli->word_count, sizeof **keys);
	if (!*keys)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	for (size_t i = 0; i < cli->word_count; i++) {
		if (hd_store_find_sweep(store, cli->words[i], &key, &err) < 0)
			return cli_fail_error(cli, &err);
		if (!gc_has_key(*keys, *count, key))
			(*keys)[(*count)++] = key;
	}
	return CLI_OK;
}

static int gc_run(struct gc *gc, struct hd_store *store, const int64_t *keys,
		  size_t count)
{
	struct cli *cli = gc->cli;
	struct hd_error err = { 0 };
	int rc;

	if (cli->json)
		cli_put(cli, "{\"sweeps\":[");
	rc = hd_gc(store, &gc->rule, keys, count, gc_told, gc, &err);
	gc_total(gc);
	if (rc < 0)
		return cli_fail_error(cli, &err);
	return gc->failed && gc->rule.removes ? CLI_ERROR : CLI_OK;
}

static int gc_open(struct gc *gc)
{
	/* Only rows that go need more than reading. */
	bool writes = gc->rule.removes && gc->rule.sweeps;
	struct hd_store *store = NULL;
	int64_t *keys = NULL;
	size_t count = 0;
	int code = cli_store_open(gc->cli, writes ? HD_STORE_WRITE : HD_STORE_READ, &store);

	if (code == CLI_OK)
		code = gc_find(gc->cli, store, &keys, &count);
	if (code == CLI_OK)
		code = gc_run(gc, store, keys, count);
	free(keys);
	hd_store_close(store);
	return code;
}

static int gc_main(struct cli *cli)
{
	struct gc_options options = { 0 };
	struct gc gc = { .cli = cli };
	int code;

	if (cli_parse(cli, &options, &code) && cli_words_between(cli, 0, SIZE_MAX, &code)) {
		code = gc_rule(&gc, &options);
		if (code == CLI_OK)
			code = gc_open(&gc);
	}
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_gc = {
	.name = "gc",
	.summary = "remove what ended trials left, by rule",
	.usage = "[SWEEP...] rule... [--yes]",
	.examples = "  hdrive gc --keep best:3\n"
		    "  hdrive gc @ --outputs --checkpoints --keep best:1 --yes\n"
		    "  hdrive gc --logs --older 30d\n"
		    "  hdrive gc --sweeps --older 90d\n"
		    "  hdrive gc --snapshots --yes\n",
	.options = gc_rows,
	.notes = "Without --yes it only says what would go. Only what has ended is touched; rows,\n"
		 "parameters and metrics stay, but for --sweeps. Without --outputs, --logs,\n"
		 "--checkpoints or --attempts a rule is about all four. With --sweeps also the\n"
		 "snapshots go that only those sweeps ran in.\n"
		 "SWEEP is a name, an id, a unique prefix of either, or @ for the latest; without\n"
		 "one, all of them.\n",
	.run = gc_main,
};
