/*
 * Acquisition functions: how much a point promises, from what the model
 * predicts there.
 *
 * Mean MU and standard deviation S > 0 are of a minimisation; BEST is the
 * value to beat. More is better. Each also gives its slopes by MU and S.
 */
#ifndef HD_SAMPLERS_ACQUISITION_H
#define HD_SAMPLERS_ACQUISITION_H

enum hd_acquisition {
	HD_ACQUISITION_EI,  /* log of the expected improvement */
	HD_ACQUISITION_LCB, /* -(mu - kappa s) */
	HD_ACQUISITION_PI,  /* log of the probability of improvement */
};

struct hd_slopes {
	double mean, deviation;
};

/*
 * log(phi(z) + z Phi(z)) and its derivative, finite and exact to rounding for
 * any z down to -1e100 (Ament et al., "Unexpected improvements to expected
 * improvement", NeurIPS 2023, eq. 8, with continued fractions for the tail).
 */
double hd_acquisition_log_h(double z, double *slope);
/* log Phi(z) and its derivative phi/Phi, the same way. */
double hd_acquisition_log_phi(double z, double *slope);

/* KAPPA is used by HD_ACQUISITION_LCB alone. SLOPES may be NULL. */
double hd_acquisition(enum hd_acquisition kind, double mean, double deviation,
		      double best, double kappa, struct hd_slopes *slopes);

#endif
