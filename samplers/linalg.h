/*
 * The dense linear algebra that a Gaussian process needs, over GSL.
 *
 * Matrices are row-major, without padding. L is lower triangular; what stands
 * above its diagonal is never read. Functions that can fail return 0 or
 * HD_EINVAL (not positive definite, or not finite), and never abort. Any thread
 * may call them; one at a time is let in (linalg.c).
 */
#ifndef HD_SAMPLERS_LINALG_H
#define HD_SAMPLERS_LINALG_H

#include <stddef.h>

/* A (n x n, its lower triangle) becomes its Cholesky factor. */
int hd_linalg_cholesky(double *a, size_t n);
/* INVERSE (n x n, all of it) becomes (L L')^-1. */
int hd_linalg_inverse(const double *l, double *inverse, size_t n);
/* X (n) becomes L^-1 X, or L'^-1 X. */
int hd_linalg_solve(const double *l, size_t n, double *x);
int hd_linalg_solve_transposed(const double *l, size_t n, double *x);
/* Each of M rows (m x n) becomes L^-1 times it. */
int hd_linalg_solve_rows(const double *l, size_t n, double *rows, size_t m);
double hd_linalg_dot(const double *a, const double *b, size_t n);

#endif
