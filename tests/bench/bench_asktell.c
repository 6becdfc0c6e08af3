/*
 * How many trials a second are asked for and told of by the random sampler.
 *
 *   bench_asktell [memory [N]]     in this process, through <hdrive/study.h>
 *   bench_asktell lines N HDRIVE   by "hdrive serve --stdio", a round trip each
 *   bench_asktell pipe N           the same bytes to and from a child that
 *                                  knows the answers: what pipes alone cost
 *
 * Prints pairs a second: the best of ten rounds, each with a tenth of N and a
 * study of its own, as other programs only ever slow one down. Figures to read,
 * never a test.
 */
#include <hdrive/study.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"

#define PAIRS 1000000
#define ROUNDS 10
#define LINE 512

static const char header[] =
	"{\"space\": {\"lr\": [\"loguniform\", [-9, 0]], \"units\": [\"randint\", [512]],"
	" \"opt\": [\"choice\", [[\"adam\", \"sgd\"]]]}, \"seed\": 3, \"sampler\": \"random\"}\n";
static const char ask[] = "{\"op\": \"ask\"}\n";

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double rate(size_t pairs, int64_t began)
{
	return (double)pairs * 1e6 / (double)(hd_time_steady() - began);
}

/* --- in memory -------------------------------------------------------------- */

static struct hd_space *make_space(void)
{
	static const struct hd_value words[] = {
		{ .kind = HD_VALUE_TEXT, .text = "adam", .length = 4 },
		{ .kind = HD_VALUE_TEXT, .text = "sgd", .length = 3, .option = 1 },
	};
	const struct hd_expr exprs[] = { hd_expr_loguniform(-9, 0),
					 hd_expr_randint(512),
					 hd_expr_choice(words, 2) };
	static const char *const names[] = { "lr", "units", "opt" };
	struct hd_space *space = hd_space_new();

	for (size_t i = 0; space && i < 3; i++)
		if (hd_space_add(space, names[i], &exprs[i], NULL, NULL) < 0)
			exit(1);
	return space;
}

static double in_memory(size_t pairs)
{
	struct hd_study_options options = { .size = sizeof options, .seed = 3 };
	struct hd_space *space = make_space();
	struct hd_study *study;
	int64_t began = hd_time_steady();
	double figure;

	options.space = space;
	options.sampler = hd_sampler_type_find("random");
	if (hd_study_new(&study, &options, NULL) < 0)
		exit(1);
	for (size_t i = 0; i < pairs; i++) {
		const struct hd_value *values;
		size_t number;

		if (hd_study_ask(study, NULL, &number, &values, NULL) != 0 ||
		    hd_study_tell(study, number, NULL, values[0].number, NULL) != 0)
			exit(1);
	}
	figure = rate(pairs, began);
	hd_study_free(study);
	hd_space_free(space);
	return figure;
}

/* --- over pipes -------------------------------------------------------------- */

struct pipes {
	FILE *to, *from;
	pid_t child;
};

/* A program, or where that is NULL RUN in a child of ours. */
static void pipes_open(struct pipes *pipes, const char *program, void (*run)(void))
{
	int down[2], up[2];

	if (pipe(down) < 0 || pipe(up) < 0 || (pipes->child = fork()) < 0)
		die("fork");
	if (pipes->child == 0) {
		dup2(down[0], 0);
		dup2(up[1], 1);
		for (int fd = 3; fd < 16; fd++)
			close(fd);
		if (!program)
			run();
		else
			execl(program, program, "serve", "--stdio", (char *)NULL);
		_exit(1);
	}
	close(down[0]);
	close(up[1]);
	pipes->to = fdopen(down[1], "w");
	pipes->from = fdopen(up[0], "r");
	if (!pipes->to || !pipes->from)
		die("fdopen");
}

static void pipes_close(struct pipes *pipes)
{
	fclose(pipes->to);
	fclose(pipes->from);
	waitpid(pipes->child, NULL, 0);
}

/* Answers each read by as many bytes as an ask is answered by. */
static void answer_all(void)
{
	static const char answer[] =
		"{\"id\": 123456, \"params\": {\"lr\":0.012345678901234567,"
		"\"units\":123,\"opt\":\"adam\"}}\n";
	char line[4096];

	while (read(0, line, sizeof line) > 0)
		if (write(1, answer, sizeof answer - 1) < 0)
			break;
	_exit(0);
}

/* The tell of a trial and the ask of the next go in one write. */
static double over_pipes(size_t pairs, const char *program)
{
	struct pipes pipes;
	char line[LINE];
	int64_t began;
	double figure;

	pipes_open(&pipes, program, answer_all);
	fputs(header, pipes.to);
	began = hd_time_steady();
	for (size_t i = 0; i < pairs; i++) {
		fputs(ask, pipes.to);
		if (fflush(pipes.to) || !fgets(line, sizeof line, pipes.from) ||
		    !strstr(line, "\"params\""))
			die("no answer");
		fprintf(pipes.to, "{\"op\": \"tell\", \"id\": %zu, \"value\": %.17g}\n",
			i + 1, strtod(strstr(line, "\"lr\":") + 5, NULL));
	}
	figure = rate(pairs, began);
	pipes_close(&pipes);
	return figure;
}

static double round_of(int argc, char **argv, size_t pairs)
{
	if (argc > 3 && !strcmp(argv[1], "lines"))
		return over_pipes(pairs, argv[3]);
	if (argc > 2 && !strcmp(argv[1], "pipe"))
		return over_pipes(pairs, NULL);
	return in_memory(pairs);
}

int main(int argc, char **argv)
{
	size_t pairs = argc > 2 ? strtoul(argv[2], NULL, 10) : PAIRS;
	double best = 0;

	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < ROUNDS; i++) {
		double figure = round_of(argc, argv, pairs / ROUNDS + 1);

		best = figure > best ? figure : best;
	}
	printf("%.0f\n", best);
	return 0;
}
