/*
 * The mean score by trial as SVG. Zero is the median of random search after 10
 * trials, whatever the budget, so that lines rise.
 */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 720
#define HEIGHT 440
#define LEFT 60
#define TOP 30
#define PLOT_W (WIDTH - LEFT - 150)
#define PLOT_H (HEIGHT - TOP - 60)

static const char *const colors[] = { "#1b6ca8", "#c8553d", "#3a7d44",
				      "#8e5aa8", "#b8860b", "#555555" };

static double score_at(const struct bench *bench, size_t k, size_t trials)
{
	size_t zero = bench->trials > 10 ? 10 : bench->trials;
	double sum = 0;
	size_t count = 0;

	for (size_t p = 0; p < bench->problems.count; p++) {
		double best = bench->problems.item[p].best;
		double span = bench->reference[p * bench->trials + zero - 1] - best;

		if (bench->seconds[k * bench->problems.count + p] < 0 ||
		    !(span > 1e-12))
			continue;
		for (size_t s = 0; s < bench->seeds; s++) {
			double y = bench_curve(bench, k, p, s)[trials - 1];

			sum += isnan(y) ? 0
					: fmax(0, 100 * (1 - (y - best) / span));
			count++;
		}
	}
	return count ? sum / (double)count : 0;
}

static void plot_axes(FILE *file, const struct bench *bench)
{
	fprintf(file,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\""
		" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
		WIDTH, HEIGHT);
	for (int score = 0; score <= 100; score += 20) {
		int y = TOP + PLOT_H - PLOT_H * score / 100;

		fprintf(file,
			"<path d=\"M%d %dH%d\" stroke=\"#ddd\"/>"
			"<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d</text>\n",
			LEFT, y, LEFT + PLOT_W, LEFT - 8, y + 4, score);
	}
	for (size_t i = 0; i <= 5; i++)
		fprintf(file,
			"<text x=\"%zu\" y=\"%d\" text-anchor=\"middle\">%zu"
			"</text>\n",
			LEFT + PLOT_W * i / 5, TOP + PLOT_H + 20,
			bench->trials * i / 5);
	fprintf(file,
		"<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">trials</text>\n"
		"<text x=\"%d\" y=\"18\">mean score over %zu problems and %zu"
		" seeds</text>\n",
		LEFT + PLOT_W / 2, HEIGHT - 16, LEFT, bench->problems.count,
		bench->seeds);
}

void plot(const struct bench *bench)
{
	FILE *file = bench->svg ? fopen(bench->svg, "w") : NULL;

	if (!file) {
		if (bench->svg)
			perror(bench->svg);
		return;
	}
	plot_axes(file, bench);
	for (size_t k = 0; k < bench->samplers; k++) {
		const char *color = colors[k % (sizeof colors / sizeof *colors)];
		double y = 0;

		fprintf(file, "<path fill=\"none\" stroke-width=\"2\""
			      " stroke=\"%s\" d=\"",
			color);
		for (size_t n = 1; n <= bench->trials; n++) {
			double x = LEFT + (double)PLOT_W * (double)n /
						  (double)bench->trials;

			y = TOP + PLOT_H * (1 - score_at(bench, k, n) / 100);
			fprintf(file, "%c%.1f %.1f", n == 1 ? 'M' : 'L', x, y);
		}
		fprintf(file, "\"/>\n<text x=\"%d\" y=\"%.1f\" fill=\"%s\">%s"
			      "</text>\n",
			LEFT + PLOT_W + 8, y + 4, color,
			bench->sampler[k]->name);
	}
	fprintf(file, "</svg>\n");
	if (fclose(file) == 0)
		printf("\nplot: %s\n", bench->svg);
}
