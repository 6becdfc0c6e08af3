/* Where the direction numbers of the Sobol sequence begin. */
#ifndef HD_SAMPLERS_SOBOL_TABLE_H
#define HD_SAMPLERS_SOBOL_TABLE_H

#include <stdint.h>

#include "sobol.h"

#define HD_SOBOL_DEGREE 11 /* the largest of a polynomial below */

/*
 * Dimension d > 0 is row d - 1: a primitive polynomial over GF(2), bit k the
 * coefficient of x^k, and the odd numbers m_1, m_2, ... as many as its degree.
 */
struct hd_sobol_row {
	uint16_t polynomial;
	uint16_t m[HD_SOBOL_DEGREE];
};

extern const struct hd_sobol_row hd_sobol_table[HD_SOBOL_DIMENSIONS - 1];

#endif
