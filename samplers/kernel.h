/*
 * The covariance of two points of a mixed parameter space.
 *
 *   k(x,x') = s_j^2 M(r) + A(x,x') (s_a^2 + s_b^2 H(x,x'))
 *   r^2     = sum_f u_f / g^2
 *   A       = (1/G) sum_p M(sqrt(sum of u_f, f in group p))
 *   H       = share of the nominal parameters on which x and x' agree
 *   M(r)    = (1 + sqrt(5) r + 5 r^2 / 3) exp(-sqrt(5) r)   (Matern 5/2;
 *             Rasmussen & Williams 2006, eq. 4.17)
 *
 * A feature f is a parameter's coordinate with a length l_f of its own:
 * u_f = (e - e')^2 / l_f^2, for a nominal one [e != e'] / l_f^2 (a step by
 * Hamming distance). Joint term and main effects share their lengths and
 * differ by the ratio g (additive GPs: Duvenaud, Nickisch, Rasmussen 2011).
 * The term in H lets a main effect differ from branch to branch of a nominal
 * parameter: most of what an optimizer's name does to a learning rate. Sums
 * and products of kernels are kernels, so k is positive semi-definite.
 *
 * A parameter that does not exist in every trial has the coordinate NaN where
 * it does not. It lies in the middle of its numbers then, as a name it is one
 * more name, and a presence feature with a length of its own adds a step: u is
 * 0 where it exists in neither, the usual in both, and in one of them alone
 * 1 / l^2 of that and the way from the middle. A step that is the same from
 * every coordinate would be no kernel: no point is equally far from three on a
 * line.
 *
 * theta, all natural logarithms: l_f of each feature, then s_j^2, the noise
 * variance, s_a^2, g, s_b^2.
 */
#ifndef HD_SAMPLERS_KERNEL_H
#define HD_SAMPLERS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

struct hd_feature {
	size_t column; /* of the points */
	size_t group;  /* the parameter it belongs to, from 0 */
	bool nominal;
	bool twin;        /* the nominal side of an ordered parameter */
	bool conditional; /* the coordinate may be NaN */
	bool presence;    /* whether it is; nominal and a twin */
};

/* Where a number that does not exist lies. */
#define HD_KERNEL_MIDDLE 0.5

struct hd_kernel {
	const struct hd_feature *features; /* borrowed, groups in order */
	size_t count;                      /* of features */
	size_t columns;                    /* of a point */
	size_t groups;
	size_t nominals; /* features that are nominal and no twins */
};

/* Places in theta after the lengths: count + HD_KERNEL_NOISE, ... */
enum hd_kernel_theta {
	HD_KERNEL_JOINT,
	HD_KERNEL_NOISE,
	HD_KERNEL_ADDITIVE,
	HD_KERNEL_RATIO,
	HD_KERNEL_BRANCH,
	HD_KERNEL_OTHERS, /* how many there are */
};

/* theta as the factors that the formulas want. */
struct hd_weights {
	double *inverse; /* 1 / l_f^2, one per feature; borrowed */
	double joint, noise, additive, branch;
	double ratio; /* 1 / g^2 */
};

/* u_f l_f^2 of a conditional feature at coordinates A and B. */
static inline double hd_feature_step(const struct hd_feature *feature, double a,
				     double b)
{
	bool in_a = a == a, in_b = b == b;
	double far;

	if (feature->presence)
		return in_a != in_b;
	if (feature->nominal)
		return a != b && (in_a || in_b);
	far = (in_a ? a : HD_KERNEL_MIDDLE) - (in_b ? b : HD_KERNEL_MIDDLE);
	return far * far;
}

size_t hd_kernel_size(const struct hd_kernel *kernel); /* of theta */
/* Fill WEIGHTS from THETA; INVERSE has room for each feature. */
void hd_kernel_weights(const struct hd_kernel *kernel, const double *theta,
		       double *inverse, struct hd_weights *weights);
/* k(x,x) without noise. */
double hd_kernel_variance(const struct hd_weights *weights,
			  const struct hd_kernel *kernel);

/* Points by column: coordinate c of point i is x[c * stride + i]. */
struct hd_points {
	const double *x;
	size_t stride;
};

/*
 * What one row of covariances is made of, against the first n points: kept
 * because gradients want it too. Room for n doubles each, SLOPE for groups*n.
 */
struct hd_kernel_row {
	double *distance; /* sum_f u_f */
	double *main;     /* A */
	double *agree;    /* H */
	double *step;     /* u of the group at work */
	double *slope;    /* dM/d(r^2) of each group; NULL: not wanted */
};

/* How many doubles a row takes, with slopes or without; and lay it out. */
size_t hd_kernel_row_size(const struct hd_kernel *kernel, size_t n,
			  bool slopes);
void hd_kernel_row_place(const struct hd_kernel *kernel, size_t n, bool slopes,
			 double *room, struct hd_kernel_row *row);

/* OUT[i] = k(POINT, x_i) for i < n; POINT has one coordinate per column. */
void hd_kernel_row(const struct hd_kernel *kernel,
		   const struct hd_weights *weights,
		   const struct hd_points *points, size_t n,
		   const double *point, struct hd_kernel_row *row,
		   double *out);
/* From a row's distances: s_j^2 M and its derivative by the sum of u_f. */
void hd_kernel_joint(const struct hd_weights *weights, size_t n,
		     const double *distance, double *value, double *slope);

#endif
