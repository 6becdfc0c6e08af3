/* The rows of the policy table, each defined at the end of its own file. */
#ifndef HD_POLICIES_TABLE_H
#define HD_POLICIES_TABLE_H

#include <hdrive/policy.h>

extern const struct hd_policy_type hd_policy_asha;
extern const struct hd_policy_type hd_policy_auto;
extern const struct hd_policy_type hd_policy_bandit;
extern const struct hd_policy_type hd_policy_forecast;
extern const struct hd_policy_type hd_policy_hyperband;
extern const struct hd_policy_type hd_policy_median;
extern const struct hd_policy_type hd_policy_none;
extern const struct hd_policy_type hd_policy_patient;
extern const struct hd_policy_type hd_policy_percentile;
extern const struct hd_policy_type hd_policy_threshold;
extern const struct hd_policy_type hd_policy_truncation;

#endif
