/* Whether a sweep's engine lives. */
#include <hdrive/report.h>

#include "base/process.h"

bool hd_report_engine_is_alive(const struct hd_sweep_row *row)
{
	return row->engine_pid <= 0 ||
	       hd_process_is_alive(row->engine_pid, (uint64_t)row->engine_start,
				   NULL);
}
