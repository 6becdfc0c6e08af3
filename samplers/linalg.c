/*
 * Dense linear algebra over GSL: blocked, every status checked.
 *
 * One call at a time: an OpenBLAS that was built for one thread, as Debian's
 * serial one is, gives two threads that enter it together the same working
 * memory, and both get wrong numbers. Measured: 9 of 300 studies in two threads
 * went another way without the lock. It is a process's, as that memory is, and
 * as GSL's error handler, which would abort: it is off while the lock is held.
 */
#include "linalg.h"

#include <hdrive/error.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

#include <math.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t blas_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t blas_once = PTHREAD_ONCE_INIT;
static gsl_error_handler_t *host_handler; /* the lock's */

static void mutex_take(void)
{
	pthread_mutex_lock(&blas_mutex);
}

static void mutex_give(void)
{
	pthread_mutex_unlock(&blas_mutex);
}

/* A fork in the middle of another thread's call must not leave the child's
 * lock held by nobody. */
static void blas_mind_forks(void)
{
	pthread_atfork(mutex_take, mutex_give, mutex_give);
}

static void blas_lock(void)
{
	pthread_once(&blas_once, blas_mind_forks);
	mutex_take();
	host_handler = gsl_set_error_handler_off();
}

static void blas_unlock(void)
{
	gsl_set_error_handler(host_handler);
	mutex_give();
}

/* GSL refuses empty matrices, and so the callers' n = 0 ends here. */
static int linalg_status(int status)
{
	return status == GSL_SUCCESS ? 0 : HD_EINVAL;
}

int hd_linalg_cholesky(double *a, size_t n)
{
	gsl_matrix_view view;
	int status;

	if (n == 0)
		return 0;
	view = gsl_matrix_view_array(a, n, n);
	blas_lock();
	status = gsl_linalg_cholesky_decomp1(&view.matrix);
	blas_unlock();
	if (status != GSL_SUCCESS)
		return HD_EINVAL;
	for (size_t i = 0; i < n; i++)
		if (!(a[i * n + i] > 0) || !isfinite(a[i * n + i]))
			return HD_EINVAL;
	return 0;
}

int hd_linalg_inverse(const double *l, double *inverse, size_t n)
{
	gsl_matrix_view view;
	int status;

	if (n == 0)
		return 0;
	memcpy(inverse, l, n * n * sizeof inverse[0]);
	view = gsl_matrix_view_array(inverse, n, n);
	blas_lock();
	status = gsl_linalg_cholesky_invert(&view.matrix);
	blas_unlock();
	return linalg_status(status);
}

static int linalg_solve(const double *l, size_t n, double *x,
			CBLAS_TRANSPOSE_t transpose)
{
	int status = GSL_SUCCESS;

	if (n > 0) {
		gsl_matrix_const_view view = gsl_matrix_const_view_array(l, n, n);
		gsl_vector_view vector = gsl_vector_view_array(x, n);

		blas_lock();
		status = gsl_blas_dtrsv(CblasLower, transpose, CblasNonUnit,
					&view.matrix, &vector.vector);
		blas_unlock();
	}
	return linalg_status(status);
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
	int status = GSL_SUCCESS;

	if (n > 0 && m > 0) {
		gsl_matrix_const_view view = gsl_matrix_const_view_array(l, n, n);
		gsl_matrix_view right = gsl_matrix_view_array(rows, m, n);

		blas_lock();
		status = gsl_blas_dtrsm(CblasRight, CblasLower, CblasTrans,
					CblasNonUnit, 1, &view.matrix,
					&right.matrix);
		blas_unlock();
	}
	return linalg_status(status);
}

double hd_linalg_dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}
