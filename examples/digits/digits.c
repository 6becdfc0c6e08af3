/*
 * digits - train a multilayer perceptron on handwritten digits.
 *
 * A training program as people write them: parameters on the command line, an
 * epoch a line on stdout, the model in outputs/. It knows nothing of hdrive.
 * 1797 images of 8x8 pixels (DATA.md), 1297 to train on and 500 to validate,
 * always the same; 64 inputs, one hidden layer of ReLUs, softmax over ten
 * digits, cross-entropy. The same arguments give the same weights, bit by bit.
 *
 * Weights lie input by input, so every inner loop runs over the units of a
 * layer and vectorises without reordering a sum.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <zlib.h>
#ifdef __SSE__
#include <xmmintrin.h>
#endif

enum {
	SIDE = 8,
	PIXELS = SIDE * SIDE,
	CLASSES = 10,
	IMAGES = 1797,
	TRAIN = 1297,
	SPLIT_SEED = 1998, /* the year of the data */
	WIDTH_MAX = 4096,
	LINE = 1024, /* a row of the file has at most 200 characters */
};

/* An image is learned as it is and moved by one pixel each way. */
static const int shifts[][2] = {
	{ 0, 0 },
	{ 1, 0 },
	{ -1, 0 },
	{ 0, 1 },
	{ 0, -1 },
};
enum { SHIFTS = sizeof(shifts) / sizeof(shifts[0]) };

enum optimizer {
	SGD,
	MOMENTUM,
	ADAM,
};

struct settings {
	double lr;
	double weight_decay;
	size_t width;
	size_t batch;
	size_t epochs;
	uint64_t seed;
	enum optimizer optimizer;
	const char *data;
};

struct image {
	float pixels[PIXELS]; /* 0 to 1 */
	int digit;
};

/*
 * The weights of both layers in one block, so that an optimizer is one loop.
 * COUNT floats each: gradients, and the optimizer's first and second moments.
 */
struct network {
	size_t width;
	size_t count;
	float *weights;
	float *gradients;
	float *first;
	float *second;
	float *hidden; /* of one image, and what flows back into it */
	float *back;
	size_t steps;
};

/* --- random numbers: splitmix64, enough to shuffle and to start weights --- */

static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* In (0, 1). */
static double random_uniform(uint64_t *state)
{
	return ((double)(random_next(state) >> 11) + 0.5) * 0x1p-53;
}

/* Standard normal, by Box and Muller. */
static double random_normal(uint64_t *state)
{
	double radius = sqrt(-2 * log(random_uniform(state)));

	return radius * cos(6.283185307179586 * random_uniform(state));
}

static void shuffle(size_t *order, size_t count, uint64_t *state)
{
	for (size_t i = count; i > 1; i--) {
		size_t j = (size_t)(random_next(state) % i);
		size_t held = order[i - 1];

		order[i - 1] = order[j];
		order[j] = held;
	}
}

/* --- the data ------------------------------------------------------------- */

/* "0,0,5,...,0,7": 64 pixels from 0 to 16, then the digit. */
static bool image_parse(struct image *image, const char *line)
{
	for (int i = 0; i <= PIXELS; i++) {
		char *end;
		long number = strtol(line, &end, 10);
		long limit = i < PIXELS ? 16 : CLASSES - 1;

		if (end == line || number < 0 || number > limit)
			return false;
		if (i < PIXELS) {
			image->pixels[i] = (float)number / 16;
			if (*end != ',')
				return false;
		} else {
			image->digit = (int)number;
		}
		line = end + 1;
	}
	return true;
}

static int images_read(struct image *images, const char *path)
{
	char line[LINE];
	size_t count = 0;
	int rc = -1;
	gzFile file = gzopen(path, "rb"); /* takes plain files too */

	if (!file) {
		fprintf(stderr, "digits: cannot open data '%s': %s\n", path,
			errno ? strerror(errno) : "out of memory");
		return -1;
	}
	for (; count < IMAGES && gzgets(file, line, sizeof(line)); count++) {
		if (image_parse(&images[count], line))
			continue;
		fprintf(stderr, "digits: %s:%zu: not 64 pixels from 0 to 16 and a digit\n",
			path, count + 1);
		goto out;
	}
	if (count < IMAGES) {
		fprintf(stderr, "digits: data '%s' has %zu images, expected %d\n",
			path, count, IMAGES);
		goto out;
	}
	rc = 0;
out:
	gzclose(file);
	return rc;
}

/* The same split for every run, whatever its seed: results compare. */
static void images_split(struct image *images)
{
	uint64_t state = SPLIT_SEED;

	for (size_t i = IMAGES; i > 1; i--) {
		size_t j = (size_t)(random_next(&state) % i);
		struct image held = images[i - 1];

		images[i - 1] = images[j];
		images[j] = held;
	}
}

static void image_shift(float *to, const float *from, const int shift[2])
{
	for (int row = 0; row < SIDE; row++) {
		for (int column = 0; column < SIDE; column++) {
			int y = row - shift[0];
			int x = column - shift[1];
			bool inside = x >= 0 && x < SIDE && y >= 0 && y < SIDE;

			to[row * SIDE + column] = inside ? from[y * SIDE + x] : 0;
		}
	}
}

/* --- the network ---------------------------------------------------------- */

/*
 * The first layer is [PIXELS + 1][width] at the block's head, the second, here,
 * is [width + 1][CLASSES] behind it; the last row of each is the bias.
 */
static float *layer2(const struct network *net, float *block)
{
	return block + (PIXELS + 1) * net->width;
}

static void network_release(struct network *net)
{
	free(net->weights);
	free(net->hidden);
}

static int network_init(struct network *net, size_t width, uint64_t *random)
{
	size_t first = PIXELS * width;

	*net = (struct network){ .width = width };
	net->count = (PIXELS + 1) * width + (width + 1) * CLASSES;
	net->weights = calloc(net->count * 4, sizeof(float));
	net->hidden = calloc(width * 2, sizeof(float));
	if (!net->weights || !net->hidden) {
		network_release(net);
		fprintf(stderr, "digits: out of memory\n");
		return -1;
	}
	net->gradients = net->weights + net->count;
	net->first = net->gradients + net->count;
	net->second = net->first + net->count;
	net->back = net->hidden + width;

	/* Variance 2/inputs (He et al. 2015, eq. 10); biases start at 0. */
	for (size_t i = 0; i < first; i++)
		net->weights[i] =
			(float)(random_normal(random) * sqrt(2.0 / PIXELS));
	for (size_t i = 0; i < width * CLASSES; i++)
		layer2(net, net->weights)[i] =
			(float)(random_normal(random) * sqrt(2.0 / (double)width));
	return 0;
}

/* to[] += scale * from[] */
static void add_scaled(float *restrict to, const float *restrict from,
		       float scale, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] += scale * from[i];
}

/* Fill the hidden layer and PROBABILITIES; returns the cross-entropy. */
static double network_forward(struct network *net, const float *pixels,
			      int digit, float *probabilities)
{
	const float *w1 = net->weights;
	const float *w2 = layer2(net, net->weights);
	float logits[CLASSES];
	float highest, sum = 0;

	memcpy(net->hidden, w1 + PIXELS * net->width, net->width * sizeof(float));
	for (size_t i = 0; i < PIXELS; i++)
		add_scaled(net->hidden, w1 + i * net->width, pixels[i], net->width);

	memcpy(logits, w2 + net->width * CLASSES, sizeof(logits));
	for (size_t j = 0; j < net->width; j++) {
		/* Written so that NaN stays NaN: a diverged run shows it. */
		net->hidden[j] = net->hidden[j] < 0 ? 0 : net->hidden[j];
		add_scaled(logits, w2 + j * CLASSES, net->hidden[j], CLASSES);
	}

	/* The highest logit is taken off, so that exp() cannot overflow. */
	highest = logits[0];
	for (int k = 1; k < CLASSES; k++)
		highest = logits[k] > highest ? logits[k] : highest;
	for (int k = 0; k < CLASSES; k++)
		sum += probabilities[k] = expf(logits[k] - highest);
	for (int k = 0; k < CLASSES; k++)
		probabilities[k] /= sum;
	return log((double)sum) - (double)(logits[digit] - highest);
}

/* After network_forward: add this image's share of the gradients. */
static void network_backward(struct network *net, const float *pixels,
			     int digit, const float *probabilities, float share)
{
	float *g1 = net->gradients;
	float *g2 = layer2(net, net->gradients);
	const float *w2 = layer2(net, net->weights);
	float error[CLASSES];

	for (int k = 0; k < CLASSES; k++)
		error[k] = share * (probabilities[k] - (k == digit ? 1 : 0));
	for (size_t j = 0; j < net->width; j++) {
		float sum = 0;

		add_scaled(g2 + j * CLASSES, error, net->hidden[j], CLASSES);
		for (int k = 0; k < CLASSES; k++)
			sum += w2[j * CLASSES + (size_t)k] * error[k];
		net->back[j] = net->hidden[j] > 0 ? sum : 0;
	}
	add_scaled(g2 + net->width * CLASSES, error, 1, CLASSES);
	for (size_t i = 0; i < PIXELS; i++)
		add_scaled(g1 + i * net->width, net->back, pixels[i], net->width);
	add_scaled(g1 + PIXELS * net->width, net->back, 1, net->width);
}

/* --- the optimizers ------------------------------------------------------- */

static void step_momentum(struct network *net, float lr)
{
	for (size_t i = 0; i < net->count; i++) {
		net->first[i] = 0.9F * net->first[i] + net->gradients[i];
		net->weights[i] -= lr * net->first[i];
	}
}

/* Kingma and Ba 2015, algorithm 1, with its defaults. */
static void step_adam(struct network *net, double lr)
{
	double steps = (double)net->steps;
	double correction1 = 1 - pow(0.9, steps);
	double correction2 = sqrt(1 - pow(0.999, steps));
	float rate = (float)(lr * correction2 / correction1);
	float tiny = (float)(1e-8 * correction2);

	for (size_t i = 0; i < net->count; i++) {
		float gradient = net->gradients[i];

		net->first[i] = 0.9F * net->first[i] + 0.1F * gradient;
		net->second[i] = 0.999F * net->second[i] + 0.001F * gradient * gradient;
		net->weights[i] -= rate * net->first[i] / (sqrtf(net->second[i]) + tiny);
	}
}

static void network_step(struct network *net, const struct settings *settings)
{
	/* Decay apart from the gradient (Loshchilov and Hutter 2019, eq. 12). */
	float keep = (float)(1 - settings->lr * settings->weight_decay);

	net->steps++;
	for (size_t i = 0; i < net->count; i++)
		net->weights[i] *= keep;
	switch (settings->optimizer) {
	case SGD:
		add_scaled(net->weights, net->gradients, -(float)settings->lr,
			   net->count);
		break;
	case MOMENTUM:
		step_momentum(net, (float)settings->lr);
		break;
	case ADAM:
		step_adam(net, settings->lr);
		break;
	}
	memset(net->gradients, 0, net->count * sizeof(float));
}

/* --- training ------------------------------------------------------------- */

static void train_epoch(struct network *net, const struct image *images,
			const struct settings *settings, size_t *order,
			uint64_t *random)
{
	const size_t count = (size_t)TRAIN * SHIFTS;
	float pixels[PIXELS], probabilities[CLASSES];

	shuffle(order, count, random);
	for (size_t start = 0; start < count; start += settings->batch) {
		size_t left = count - start;
		size_t size = left < settings->batch ? left : settings->batch;

		for (size_t i = start; i < start + size; i++) {
			const struct image *image = &images[order[i] / SHIFTS];

			image_shift(pixels, image->pixels, shifts[order[i] % SHIFTS]);
			network_forward(net, pixels, image->digit, probabilities);
			network_backward(net, pixels, image->digit,
					 probabilities, 1.0F / (float)size);
		}
		network_step(net, settings);
	}
}

static void validate(struct network *net, const struct image *images,
		     double *accuracy, double *loss)
{
	float probabilities[CLASSES];
	size_t right = 0;

	*loss = 0;
	for (size_t i = TRAIN; i < IMAGES; i++) {
		int guess = 0;

		*loss += network_forward(net, images[i].pixels, images[i].digit,
					 probabilities);
		for (int k = 1; k < CLASSES; k++)
			guess = probabilities[k] > probabilities[guess] ? k : guess;
		right += guess == images[i].digit;
	}
	*accuracy = (double)right / (IMAGES - TRAIN);
	*loss /= IMAGES - TRAIN;
}

/*
 * In a network that has diverged all but nothing flows: its moments decay to
 * denormal numbers, which take x86 ten times as long. They are zero here.
 */
static void flush_denormals(void)
{
#ifdef __SSE__
	_mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

static int train(struct network *net, const struct image *images,
		 const struct settings *settings, uint64_t *random)
{
	const size_t count = (size_t)TRAIN * SHIFTS;
	size_t *order = malloc(count * sizeof(*order));

	if (!order) {
		fprintf(stderr, "digits: out of memory\n");
		return -1;
	}
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t epoch = 1; epoch <= settings->epochs; epoch++) {
		double accuracy, loss;

		train_epoch(net, images, settings, order, random);
		validate(net, images, &accuracy, &loss);
		/* NaN has a sign in C, and "-nan" would only puzzle. */
		printf("epoch %zu: accuracy=%.4f loss=%.4f\n", epoch, accuracy,
		       isnan(loss) ? (double)NAN : loss);
		fflush(stdout);
	}
	free(order);
	return 0;
}

/* The width as 32 bits, then the weights, all as this machine has them. */
static int model_write(const struct network *net, const char *path)
{
	uint32_t width = (uint32_t)net->width;
	FILE *file;
	bool written;

	if (mkdir("outputs", 0777) < 0 && errno != EEXIST) {
		fprintf(stderr, "digits: cannot make 'outputs': %s\n", strerror(errno));
		return -1;
	}
	file = fopen(path, "wb");
	if (!file) {
		fprintf(stderr, "digits: cannot write '%s': %s\n", path,
			strerror(errno));
		return -1;
	}
	written = fwrite(&width, sizeof(width), 1, file) == 1 &&
		  fwrite(net->weights, sizeof(float), net->count, file) == net->count;
	if (fclose(file) != 0 || !written) {
		fprintf(stderr, "digits: cannot write '%s': %s\n", path,
			strerror(errno));
		return -1;
	}
	return 0;
}

/* --- the command line ----------------------------------------------------- */

static const char usage[] =
	"usage: digits [--NAME VALUE]...\n"
	"  --data FILE          the images (digits.csv.gz)\n"
	"  --lr X               learning rate (0.05)\n"
	"  --width N            hidden units, 1 to 4096 (64)\n"
	"  --batch N            images in a step (32)\n"
	"  --optimizer NAME     sgd, momentum or adam (sgd)\n"
	"  --weight-decay X     pull of the weights to 0 (0)\n"
	"  --epochs N           (30)\n"
	"  --seed N             ($HDRIVE_SEED, else 0)\n";

static int bad(const char *name, const char *value, const char *want)
{
	fprintf(stderr, "digits: '%s' must be %s, got '%s'\n", name, want, value);
	return -1;
}

static int parse_real(double *out, const char *name, const char *value,
		      bool zero)
{
	char *end;

	*out = strtod(value, &end);
	if (end == value || *end || !isfinite(*out) || *out < 0 ||
	    (*out == 0 && !zero))
		return bad(name, value, zero ? "0 or more" : "greater than 0");
	return 0;
}

static int parse_count(uint64_t *out, const char *name, const char *value,
		       uint64_t low, uint64_t high)
{
	char want[64];
	char *end;

	errno = 0;
	*out = strtoull(value, &end, 10);
	/* strtoull takes blanks and signs, and turns -1 into a huge number. */
	if (value[0] >= '0' && value[0] <= '9' && !*end && !errno &&
	    *out >= low && *out <= high)
		return 0;
	snprintf(want, sizeof(want), "a whole number from %" PRIu64 " to %" PRIu64,
		 low, high);
	return bad(name, value, want);
}

static int parse_size(size_t *out, const char *name, const char *value,
		      uint64_t high)
{
	uint64_t number;

	if (parse_count(&number, name, value, 1, high) < 0)
		return -1;
	*out = (size_t)number;
	return 0;
}

static int parse_optimizer(enum optimizer *out, const char *name,
			   const char *value)
{
	static const char *const names[] = {
		[SGD] = "sgd",
		[MOMENTUM] = "momentum",
		[ADAM] = "adam",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(value, names[i]) == 0) {
			*out = (enum optimizer)i;
			return 0;
		}
	}
	return bad(name, value, "sgd, momentum or adam");
}

static int parse_option(struct settings *settings, const char *name,
			const char *value)
{
	if (strcmp(name, "--data") == 0) {
		settings->data = value;
		return 0;
	}
	if (strcmp(name, "--lr") == 0)
		return parse_real(&settings->lr, name, value, false);
	if (strcmp(name, "--width") == 0)
		return parse_size(&settings->width, name, value, WIDTH_MAX);
	if (strcmp(name, "--batch") == 0)
		return parse_size(&settings->batch, name, value, TRAIN * SHIFTS);
	if (strcmp(name, "--optimizer") == 0)
		return parse_optimizer(&settings->optimizer, name, value);
	if (strcmp(name, "--weight-decay") == 0)
		return parse_real(&settings->weight_decay, name, value, true);
	if (strcmp(name, "--epochs") == 0)
		return parse_size(&settings->epochs, name, value, 1000000);
	if (strcmp(name, "--seed") == 0)
		return parse_count(&settings->seed, name, value, 0, UINT64_MAX);
	fprintf(stderr, "digits: unknown option '%s'; see digits --help\n", name);
	return -1;
}

/* 0, or -1 after a message, or 1 when help was asked for. */
static int parse(struct settings *settings, int argc, char **argv)
{
	const char *seed = getenv("HDRIVE_SEED");

	if (seed && parse_count(&settings->seed, "HDRIVE_SEED", seed, 0, UINT64_MAX) < 0)
		return -1;
	for (int i = 1; i < argc; i += 2) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			return 1;
		}
		if (i + 1 == argc) {
			fprintf(stderr, "digits: option '%s' needs a value; see digits --help\n",
				argv[i]);
			return -1;
		}
		if (parse_option(settings, argv[i], argv[i + 1]) < 0)
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.lr = 0.05,
		.width = 64,
		.batch = 32,
		.epochs = 30,
		.data = "digits.csv.gz",
	};
	static struct image images[IMAGES];
	struct network net;
	uint64_t random;
	int rc = parse(&settings, argc, argv);

	if (rc != 0)
		return rc < 0 ? 2 : 0;
	if (images_read(images, settings.data) < 0)
		return 2;
	flush_denormals();
	images_split(images);
	random = settings.seed;
	if (network_init(&net, settings.width, &random) < 0)
		return 1;
	rc = train(&net, images, &settings, &random);
	if (rc == 0)
		rc = model_write(&net, "outputs/model.bin");
	network_release(&net);
	return rc < 0;
}
