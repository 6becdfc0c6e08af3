/* Dense linear algebra over GSL: blocked, every status checked. */
#include "linalg.h"

#include <hdrive/error.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

#include <math.h>
#include <string.h>

/* GSL refuses empty matrices, and so the callers' n = 0 ends here. */
static int linalg_status(int status)
{
	return status == GSL_SUCCESS ? 0 : HD_EINVAL;
}

int hd_linalg_cholesky(double *a, size_t n)
{
	gsl_matrix_view view;

	if (n == 0)
		return 0;
	view = gsl_matrix_view_array(a, n, n);
	if (gsl_linalg_cholesky_decomp1(&view.matrix) != GSL_SUCCESS)
		return HD_EINVAL;
	for (size_t i = 0; i < n; i++)
		if (!(a[i * n + i] > 0) || !isfinite(a[i * n + i]))
			return HD_EINVAL;
	return 0;
}

int hd_linalg_inverse(const double *l, double *inverse, size_t n)
{
	gsl_matrix_view view;

	if (n == 0)
		return 0;
	memcpy(inverse, l, n * n * sizeof inverse[0]);
	view = gsl_matrix_view_array(inverse, n, n);
	return linalg_status(gsl_linalg_cholesky_invert(&view.matrix));
}

static int linalg_solve(const double *l, size_t n, double *x,
			CBLAS_TRANSPOSE_t transpose)
{
	if (n > 0) {
		gsl_matrix_const_view view = gsl_matrix_const_view_array(l, n, n);
		gsl_vector_view vector = gsl_vector_view_array(x, n);

		return linalg_status(gsl_blas_dtrsv(CblasLower, transpose,
						    CblasNonUnit, &view.matrix,
						    &vector.vector));
	}
	return 0;
}

int hd_linalg_solve(const double *l, size_t n, double *x)
{
	return linalg_solve(l, n, x, CblasNoTrans);
}

int hd_linalg_solve_transposed(const double *l, size_t n, double *x)
{
	return linalg_solve(l, n, x, CblasTrans);
}

/* Rows b' = (L^-1 b)' are b' L'^-1: one triangular solve from the right. */
int hd_linalg_solve_rows(const double *l, size_t n, double *rows, size_t m)
{
	if (n > 0 && m > 0) {
		gsl_matrix_const_view view = gsl_matrix_const_view_array(l, n, n);
		gsl_matrix_view right = gsl_matrix_view_array(rows, m, n);

		return linalg_status(gsl_blas_dtrsm(CblasRight, CblasLower,
						    CblasTrans, CblasNonUnit, 1,
						    &view.matrix,
						    &right.matrix));
	}
	return 0;
}

double hd_linalg_dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}
