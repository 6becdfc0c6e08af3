/* hdrive doctor: what is wrong with the store, its folder and the machine. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

struct doctor_options {
	bool fix;
};

static const struct cli_opt doctor_rows[] = {
	{ "fix", 0, NULL, "mend what can be mended safely; a damaged store is copied first",
	  CLI_OPT_FLAG, offsetof(struct doctor_options, fix), 0 },
	CLI_OPT_END
};

struct doctor {
	struct cli *cli;
	size_t counts[HD_HEALTHS];
	size_t told;
};

static void doctor_member(struct cli *cli, const char *name, const char *text)
{
	cli_put(cli, ",\"%s\":", name);
	if (text)
		(void)hd_report_json_text(text, strlen(text), &cli->out);
	else
		cli_put(cli, "null");
}

static void doctor_json(struct doctor *doctor, const struct hd_check *check)
{
	struct cli *cli = doctor->cli;

	cli_put(cli, "%s{\"health\":\"%s\"", doctor->told ? ",\n" : "",
		hd_health_name(check->health));
	doctor_member(cli, "what", check->what);
	doctor_member(cli, "found", check->found);
	doctor_member(cli, "right", check->right);
	cli_put(cli, "}");
}

/* The escape codes that colour a word, when colours may go out. */
static const char *doctor_color(const struct doctor *doctor, enum hd_health health)
{
	if (!doctor->cli->out.color)
		return "";
	switch (health) {
	case HD_HEALTH_OK:
	case HD_HEALTH_MENDED:
		return "\033[32m";
	case HD_HEALTH_WARNING:
		return "\033[33m";
	case HD_HEALTH_PROBLEM:
		return "\033[31m";
	}
	return "";
}

static void doctor_text(struct doctor *doctor, const struct hd_check *check)
{
	const char *color = doctor_color(doctor, check->health);
	struct cli *cli = doctor->cli;

	cli_put(cli, "%s%-7s%s  %-11s  ", color, hd_health_name(check->health),
		*color ? "\033[0m" : "", check->what);
	(void)hd_report_plain_text(check->found, strlen(check->found), false, &cli->out);
	if (check->right) {
		cli_put(cli, "; ");
		(void)hd_report_plain_text(check->right, strlen(check->right), false, &cli->out);
	}
	cli_put(cli, "\n");
}

/* Whether anybody reads it or not, --fix goes on. */
static int doctor_check(void *user, const struct hd_check *check)
{
	struct doctor *doctor = user;

	if (doctor->cli->json)
		doctor_json(doctor, check);
	else if (!doctor->cli->quiet || check->health != HD_HEALTH_OK)
		doctor_text(doctor, check);
	doctor->counts[check->health]++;
	doctor->told++;
	cli_flush(doctor->cli);
	return 0;
}

static int doctor_visit(struct doctor *doctor, const struct hd_doctor_options *options)
{
	struct cli *cli = doctor->cli;
	struct hd_error err = { 0 };
	int rc;

	if (cli->json)
		cli_put(cli, "{\"checks\":[");
	rc = hd_doctor(options, doctor_check, doctor, &err);
	if (cli->json)
		cli_put(cli, "],\"problems\":%zu,\"warnings\":%zu,\"mended\":%zu}\n",
			doctor->counts[HD_HEALTH_PROBLEM], doctor->counts[HD_HEALTH_WARNING],
			doctor->counts[HD_HEALTH_MENDED]);
	if (rc < 0)
		return cli_fail_error(cli, &err);
	return doctor->counts[HD_HEALTH_PROBLEM] ? CLI_ERROR : CLI_OK;
}

static int doctor_main(struct cli *cli)
{
	struct doctor_options options = { 0 };
	struct doctor doctor = { .cli = cli };
	struct hd_doctor_options visit = { 0 };
	struct hd_error err = { 0 };
	char *launcher;
	char *path;
	int code;

	if (!cli_parse(cli, &options, &code) || !cli_words_between(cli, 0, 0, &code))
		return code;
	if (hd_store_locate(&path, ".", cli_store_override(cli), &err) < 0)
		return cli_fail_error(cli, &err);
	launcher = cli_launcher_path();
	visit.store = path;
	visit.launcher = launcher;
	visit.fix = options.fix;
	code = doctor_visit(&doctor, &visit);
	free(launcher);
	free(path);
	return code;
}

const struct cli_command cli_cmd_doctor = {
	.name = "doctor",
	.summary = "what is wrong with the store and the machine",
	.usage = "[--fix]",
	.examples = "  hdrive doctor\n"
		    "  hdrive doctor --fix\n"
		    "  hdrive doctor --json\n",
	.options = doctor_rows,
	.notes = "One line a check: how it is, what was looked at, what was found, what would\n"
		 "be right. Exits with 1 when there is a problem; warnings are none. With -q\n"
		 "what is in order is left out.\n",
	.run = doctor_main,
};
