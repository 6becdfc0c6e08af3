/* Every statement of the store. */
#include "store/private.h"

/* In a file that is too old to have the column, which may be read as it is, its
 * name means the one beside it. */
#define SWEEP_COLUMNS                                                        \
	"SELECT key, id, name, state, end_reason, end_detail, metric, goal," \
	" sampler, policy, command, config_path, config_text, seed,"         \
	" max_total, max_concurrent, max_duration, created, started,"        \
	" ended, best_trial, best, engine_pid, engine_start,"                \
	" (SELECT backend FROM sweep own WHERE own.key = sweep.key)"         \
	" FROM sweep, (SELECT 'local' AS backend)"

#define TRIAL_COLUMNS                                                    \
	"SELECT key, number, state, end_reason, end_detail, parameters," \
	" arguments, exit_code, exit_signal, attempt, pid, created,"     \
	" started, ended, cpu_seconds, max_rss, intervals, best, last,"  \
	" value, known FROM trial"

#define RESUME_COLUMNS                                                         \
	"SELECT key, number, state, end_reason, attempt, restarts, intervals," \
	" best_time, started, stop_asked, gone, settled, slot, due, known,"    \
	" created, ended, end_detail, mark, mark_detail"                       \
	" FROM trial WHERE sweep = ?1"

/* How many ends, and ends taken back, sweep ?1 has. */
#define SETTLED_OF_SWEEP                                                      \
	"max(coalesce((SELECT max(settled) FROM trial WHERE sweep = ?1), 0)," \
	" coalesce((SELECT max(max(coalesce(a.settled, 0),"                   \
	" coalesce(a.reopened, 0))) FROM trial t JOIN attempt a"              \
	" ON a.trial = t.key WHERE t.sweep = ?1), 0))"

/* ?2 and ?3: leave out failed, canceled; ?4: at most so many, -1 for all. */
#define TRIAL_FILTER                         \
	" AND (?2 = 0 OR state <> 'Failed')" \
	" AND (?3 = 0 OR state <> 'Canceled')"

#define METRIC_COLUMNS                                                  \
	"SELECT t.number, m.sequence, n.text, m.value, m.text, m.step," \
	" m.interval, m.source, r.text, m.time"                         \
	" FROM trial t CROSS JOIN metric m ON m.trial = t.key"          \
	" JOIN name n ON n.key = m.name"                                \
	" LEFT JOIN name r ON r.key = m.rule"                           \
	" WHERE t.sweep = ?1 AND t.number BETWEEN ?2 AND ?3"

#define DECISION_COLUMNS                                              \
	"SELECT t.number, d.interval, d.policy, d.mine, d.threshold," \
	" d.compared, d.reason, d.time"
#define DECISION_ROWS                                        \
	" FROM trial t JOIN decision d ON d.trial = t.key"   \
	" WHERE t.sweep = ?1 AND t.number BETWEEN ?2 AND ?3" \
	" ORDER BY t.number, d.key"

#define LOOK_COLUMNS                                                     \
	"SELECT key, number, state, end_reason, value, last, intervals," \
	" attempt, created, started, ended"
#define LOOK_ROWS " FROM trial WHERE sweep = ?1 ORDER BY number"
#define POINT_COLUMNS \
	"SELECT sequence, interval, step, value FROM metric WHERE trial = ?1"

static const char *const stmt_sql[HD_STMTS] = {
	[HD_STMT_BEGIN] = "BEGIN IMMEDIATE",
	[HD_STMT_COMMIT] = "COMMIT",
	[HD_STMT_ROLLBACK] = "ROLLBACK",
	[HD_STMT_SNAPSHOT] = "SAVEPOINT reading",
	[HD_STMT_SNAPSHOT_END] = "RELEASE reading",

	[HD_STMT_NAME_FIND] = "SELECT key FROM name WHERE text = ?1",
	[HD_STMT_NAME_INSERT] = "INSERT INTO name(text) VALUES(?1)",

	[HD_STMT_SWEEP_INSERT] =
		"INSERT INTO sweep(id, name, state, metric, goal, sampler,"
		" policy, command, config_path, config_text, seed, max_total,"
		" max_concurrent, max_duration, created, started, resumed,"
		" engine_pid, engine_start, engine_boot, engine_host, source, grace,"
		" plan_total, plan_slots, program, snapshot, backend)"
		" VALUES(?1, ?2, 'Running', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
		" ?12, ?13, ?14, ?14, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?11, ?12, ?21, ?22, ?23)",
	/* ?6: whether the state is terminal. */
	[HD_STMT_SWEEP_STATE] = "UPDATE sweep SET state = ?2, end_reason = ?3, end_detail = ?4,"
				" ended = CASE WHEN ?6 THEN ?5 END,"
				" ran = ran + CASE WHEN ?6 THEN (?5 - coalesce(resumed, ?5))"
				" / 1e6 ELSE 0 END,"
				" resumed = CASE WHEN NOT ?6 THEN resumed END,"
				" engine_pid = CASE WHEN NOT ?6 THEN engine_pid END,"
				" engine_start = CASE WHEN NOT ?6 THEN engine_start END"
				" WHERE key = ?1",
	[HD_STMT_SWEEP_BEST] = "UPDATE sweep SET best_trial = ?2, best = ?3 WHERE key = ?1",

	[HD_STMT_TRIAL_INSERT] = "INSERT INTO trial(sweep, number, state, parameters,"
				 " arguments, known, created, slot, origin, resume_from)"
				 " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[HD_STMT_PARAMETER_INSERT] = "INSERT INTO parameter(trial, position, name, kind, value)"
				     " VALUES(?1, ?2, ?3, ?4, ?5)",
	/* ?4: whether the state says that it runs. */
	[HD_STMT_TRIAL_STATE] = "UPDATE trial SET state = ?2, started = CASE WHEN ?4 AND"
				" started IS NULL THEN ?3 ELSE started END,"
				" running = CASE WHEN ?4 THEN ?3 ELSE running END"
				" WHERE key = ?1",
	[HD_STMT_TRIAL_GONE] = "UPDATE trial SET gone = ?2 WHERE key = ?1",
	[HD_STMT_TRIAL_STOP] = "UPDATE trial SET state = 'CancelRequested', end_reason = ?2,"
			       " end_detail = ?3, stop_asked = ?4 WHERE key = ?1",
	[HD_STMT_TRIAL_PROCESS] = "UPDATE trial SET pid = ?2, process_start = ?3 WHERE key = ?1",
	[HD_STMT_TRIAL_RUNNING] = "UPDATE trial SET pid = ?2, process_start = ?3,"
				  " state = 'Running', started = coalesce(started, ?4),"
				  " running = ?4 WHERE key = ?1",
	[HD_STMT_TRIAL_END] = "UPDATE trial SET state = ?2, end_reason = ?3, end_detail = ?4,"
			      " exit_code = ?5, exit_signal = ?6, cpu_seconds = ?7,"
			      " max_rss = ?8, started = coalesce(?9, started), ended = ?10,"
			      " gone = ?11, settled = ?12, closed = ?13, due = NULL"
			      " WHERE key = ?1",
	[HD_STMT_TRIAL_METRIC] = "UPDATE trial SET intervals = ?2, best = ?3, last = ?4,"
				 " value = ?5, best_time = CASE WHEN ?5 IS NOT NULL THEN ?6 END,"
				 " rank = CASE (SELECT goal FROM sweep WHERE key = trial.sweep)"
				 " WHEN 'maximize' THEN -?5 ELSE ?5 END WHERE key = ?1",
	[HD_STMT_PLACE_SET] = "INSERT INTO place(trial, source, offset, line)"
			      " VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE"
			      " SET offset = excluded.offset, line = excluded.line",
	[HD_STMT_METRIC_INSERT] = "INSERT INTO metric(trial, sequence, name, value, text, step,"
				  " interval, source, rule, time)"
				  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[HD_STMT_DECISION_INSERT] =
		"INSERT INTO decision(trial, interval, policy, mine, threshold,"
		" compared, reason, time, kind) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[HD_STMT_BEST_INSERT] = "INSERT INTO best_child(sweep, number, value, final, time)"
				" VALUES(?1, ?2, ?3, ?4, ?5)",

	[HD_STMT_SWEEP_LATEST] = "SELECT max(key) FROM sweep",
	[HD_STMT_SWEEP_EXACT] = "SELECT key FROM sweep WHERE name = ?1 OR id = ?1"
				" ORDER BY name = ?1 DESC LIMIT 1",
	/*
	 * A range, not LIKE: '_' and '%' in a word stand for themselves, and
	 * the unique indices serve it. U+10FFFF sorts behind every character.
	 */
	[HD_STMT_SWEEP_PREFIX] = "SELECT key, name, name FROM sweep"
				 " WHERE name >= ?1 AND name < ?1 || char(1114111)"
				 " UNION SELECT key, name, id FROM sweep"
				 " WHERE id >= ?1 AND id < ?1 || char(1114111)"
				 " ORDER BY 1 DESC, 2 LIMIT 12",
	[HD_STMT_SWEEP_NAMES] = "SELECT id, name FROM sweep WHERE key = ?1",
	[HD_STMT_SWEEP_THERE] = "SELECT key FROM sweep WHERE key = ?1",
	[HD_STMT_SWEEP_ONE] = SWEEP_COLUMNS " WHERE key = ?1",
	[HD_STMT_SWEEP_ALL] =
		SWEEP_COLUMNS " WHERE ?1 IS NULL OR state = ?1 ORDER BY key DESC LIMIT ?2",
	[HD_STMT_SWEEP_PAUSED] = "SELECT count(*) FROM trial WHERE sweep = ?1"
				 " AND state = 'Canceled' AND end_reason = 'paused'",
	[HD_STMT_SWEEP_COUNTS] = "SELECT state, count(*) FROM trial WHERE sweep = ?1"
				 " GROUP BY state",

	[HD_STMT_TRIAL_ONE] = TRIAL_COLUMNS " WHERE sweep = ?1 AND number = ?2",
	[HD_STMT_TRIAL_NUMBERED] =
		TRIAL_COLUMNS " WHERE sweep = ?1" TRIAL_FILTER
			      " AND (?5 = 0 OR rank IS NOT NULL) ORDER BY number LIMIT ?4",
	[HD_STMT_TRIAL_RANKED] = TRIAL_COLUMNS " WHERE sweep = ?1 AND rank IS NOT NULL" TRIAL_FILTER
					       " ORDER BY rank, best_time, number LIMIT ?4",
	[HD_STMT_TRIAL_RANKED_REVERSE] =
		TRIAL_COLUMNS " WHERE sweep = ?1 AND rank IS NOT NULL" TRIAL_FILTER
			      " ORDER BY rank DESC, best_time DESC, number DESC LIMIT ?4",
	[HD_STMT_TRIAL_UNRANKED] = TRIAL_COLUMNS " WHERE sweep = ?1 AND rank IS NULL" TRIAL_FILTER
						 " ORDER BY best_time, number LIMIT ?4",

	[HD_STMT_METRIC_ALL] = METRIC_COLUMNS " ORDER BY t.number, m.sequence",
	[HD_STMT_METRIC_NAMED] =
		METRIC_COLUMNS " AND m.name = (SELECT key FROM name WHERE text = ?4)"
			       " ORDER BY t.number, m.sequence",
	[HD_STMT_DECISION_ALL] = DECISION_COLUMNS ", d.kind" DECISION_ROWS,
	/* Of a file before schema 6. */
	[HD_STMT_DECISION_OLD] = DECISION_COLUMNS ", 'stop'" DECISION_ROWS,
	[HD_STMT_BEST_ALL] = "SELECT number, value, time, final FROM best_child"
			     " WHERE sweep = ?1 ORDER BY key",

	[HD_STMT_SAID_SET] = "INSERT INTO said(sweep, number, child, kind, name, value, time)"
			     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE"
			     " SET value = excluded.value, time = excluded.time",
	[HD_STMT_SAID_ONCE] = "INSERT INTO said(sweep, number, child, kind, name, value, time)"
			      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
	[HD_STMT_SAID_VALUE] = "SELECT value IS ?6 FROM said WHERE sweep = ?1 AND number = ?2"
			       " AND child = ?3 AND kind = ?4 AND name = ?5",
	[HD_STMT_SAID_ALL] = "SELECT number, child, kind, name, value, time FROM said"
			     " WHERE sweep = ?1 AND number = ?2 ORDER BY child, kind, name",
	[HD_STMT_SAID_DROP] = "DELETE FROM said WHERE sweep = ?1 AND number = ?2"
			      " AND child = ?3 AND kind = ?4 AND name = ?5",
	[HD_STMT_CHILD_FIND] = "SELECT sweep, number FROM said WHERE child = ?1"
			       " UNION SELECT sweep, number FROM run_metric"
			       " WHERE child = ?1 LIMIT 1",
	[HD_STMT_RUN_METRIC_INSERT] = "INSERT INTO run_metric(sweep, number, child, name, value,"
				      " text, step, time) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[HD_STMT_RUN_METRIC_ALL] = "SELECT m.child, m.number, m.key, n.text, m.value, m.text,"
				   " m.step, m.time FROM run_metric m JOIN name n ON n.key = m.name"
				   " WHERE m.sweep = ?1 AND m.number BETWEEN ?2 AND ?3"
				   " ORDER BY m.number, m.key",
	[HD_STMT_SETTING_INSERT] = "INSERT INTO setting(sweep, position, text) VALUES(?1, ?2, ?3)",
	[HD_STMT_SETTING_ALL] = "SELECT text FROM setting WHERE sweep = ?1 ORDER BY position",
	[HD_STMT_PATTERN_INSERT] = "INSERT INTO pattern(sweep, position, text) VALUES(?1, ?2, ?3)",
	[HD_STMT_PATTERN_ALL] = "SELECT text FROM pattern WHERE sweep = ?1 ORDER BY position",
	[HD_STMT_SWEEP_EXPERIMENT] = "SELECT program, source FROM sweep WHERE key = ?1",
	[HD_STMT_EXPERIMENT_INSERT] = "INSERT INTO experiment(name, created) VALUES(?1, ?2)"
				      " ON CONFLICT DO NOTHING",
	[HD_STMT_EXPERIMENT_ALL] = "SELECT name, created FROM experiment ORDER BY name",
	[HD_STMT_SETTING_NEXT] =
		"SELECT coalesce(max(position) + 1, 0) FROM setting WHERE sweep = ?1",

	/*
	 * An engine that goes on with a sweep. What the one before it ran, when
	 * it did not come to say so, is up to the last stamp it left (?7).
	 */
	[HD_STMT_ENGINE_SET] =
		"UPDATE sweep SET state = 'Running', end_reason = '', end_detail = '',"
		" ended = NULL, ran = ran + CASE WHEN resumed IS NULL THEN 0"
		" ELSE max(?7 - resumed, 0) / 1e6 END, resumed = ?6,"
		" engine_pid = ?2, engine_start = ?3, engine_boot = ?4, engine_host = ?5"
		" WHERE key = ?1",
	[HD_STMT_SWEEP_LIMITS] =
		"UPDATE sweep SET max_total = ?2, max_concurrent = ?3, max_duration = ?4"
		" WHERE key = ?1",
	[HD_STMT_SWEEP_BACKEND] = "UPDATE sweep SET backend = ?2 WHERE key = ?1",
	[HD_STMT_SWEEP_TEXT] = "UPDATE sweep SET config_path = ?2, config_text = ?3 WHERE key = ?1",
	[HD_STMT_SWEEP_RESUME] =
		"SELECT source, grace, ran, resumed, engine_boot, engine_host,"
		" coalesce(plan_total, max_total), coalesce(plan_slots, max_concurrent),"
		" program, snapshot, backend FROM sweep WHERE key = ?1",
	[HD_STMT_SWEEP_ORIGIN] = "SELECT source, snapshot FROM sweep WHERE key = ?1",
	[HD_STMT_SWEEP_SNAPSHOTS] = "SELECT key, name, snapshot FROM sweep WHERE snapshot <> ''",
	[HD_STMT_SWEEP_PROGRAM] = "SELECT program FROM sweep WHERE key = ?1",
	/* One walk over the trials: how many, the last number, ends, spent. */
	[HD_STMT_SWEEP_TOTALS] = "SELECT coalesce(max(number) + 1, 0), " SETTLED_OF_SWEEP ","
				 " coalesce(sum(max(ended - started, 0)), 0) / 1e6,"
				 " count(CASE WHEN end_reason IN ('policy', 'paused')"
				 " AND state = 'Canceled'"
				 " AND intervals > 0 THEN 1 END), count(CASE WHEN intervals > 0"
				 " AND state IN ('Completed', 'Failed', 'Canceled') THEN 1 END),"
				 " count(CASE WHEN origin <> 'sampler' THEN 1 END)"
				 " FROM trial WHERE sweep = ?1",
	[HD_STMT_SWEEP_STAMP] =
		"SELECT max(coalesce((SELECT max(max(created, coalesce(started, 0),"
		" coalesce(gone, 0), coalesce(stop_asked, 0), coalesce(ended, 0),"
		" coalesce(running, 0), coalesce(closed, 0), coalesce(best_time, 0)))"
		" FROM trial WHERE sweep = ?1), 0),"
		" coalesce((SELECT max(max(a.queued, coalesce(a.closed, 0)))"
		" FROM trial t JOIN attempt a ON a.trial = t.key WHERE t.sweep = ?1), 0),"
		" coalesce((SELECT max(m.time) FROM trial t JOIN metric m ON m.trial = t.key"
		" WHERE t.sweep = ?1 AND t.state NOT IN"
		" ('Completed', 'Failed', 'Canceled')), 0),"
		" (SELECT max(created, coalesce(resumed, 0)) FROM sweep WHERE key = ?1))",

	[HD_STMT_TRIAL_DEVICES] = "UPDATE trial SET devices = ?2 WHERE key = ?1",
	[HD_STMT_TRIAL_DEVICES_OF] = "SELECT devices FROM trial WHERE sweep = ?1 AND number = ?2",
	/* It waits for a new attempt from ?4 on; ?3 attempts were counted. */
	[HD_STMT_TRIAL_QUEUE] =
		"UPDATE trial SET state = 'Queued', end_reason = '', end_detail = ?2,"
		" attempt = attempt + 1, restarts = ?3, due = ?4, pid = NULL,"
		" process_start = NULL, started = NULL, ended = NULL, exit_code = NULL,"
		" exit_signal = NULL, cpu_seconds = NULL, max_rss = NULL,"
		" running = NULL, stop_asked = NULL, gone = NULL, closed = NULL,"
		" settled = NULL, mark = NULL, mark_detail = NULL WHERE key = ?1",
	[HD_STMT_TRIAL_MARK] = "UPDATE trial SET mark = ?2, mark_detail = ?3 WHERE key = ?1",
	[HD_STMT_TRIAL_START] = "UPDATE trial SET state = 'Starting', slot = ?2, due = NULL"
				" WHERE key = ?1",
	[HD_STMT_TRIAL_ANEW] = "UPDATE trial SET intervals = 0, best = NULL, last = NULL,"
			       " value = NULL, best_time = NULL, rank = NULL WHERE key = ?1",
	[HD_STMT_TRIAL_OPEN] =
		RESUME_COLUMNS " AND state NOT IN ('Completed', 'Failed', 'Canceled')"
			       " ORDER BY number",
	[HD_STMT_TRIAL_ENDED] =
		RESUME_COLUMNS " AND state IN ('Failed', 'Canceled') ORDER BY number",
	/* Of an older hdrive's trials nobody numbered the ends. */
	[HD_STMT_TRIAL_RESULTS] =
		"SELECT number, end_reason, value, best_time, coalesce(closed, ended)"
		" FROM trial WHERE sweep = ?1 AND state IN"
		" ('Completed', 'Failed', 'Canceled')"
		" ORDER BY coalesce(settled, 0), ended, number",
	[HD_STMT_TRIAL_EVERY] = RESUME_COLUMNS " ORDER BY number",
	/* An attempt's metrics are older than the stamp at which it was closed. */
	[HD_STMT_TRIAL_STEPS] =
		"SELECT max(CASE WHEN m.time <= (SELECT max(queued) FROM attempt"
		" WHERE trial = ?1) THEN m.step END), max(m.step) FROM metric m"
		" WHERE m.trial = ?1 AND m.step IS NOT NULL"
		" AND m.name = (SELECT key FROM name WHERE text = ?2)",
	[HD_STMT_TRIAL_FOLLOWED] =
		"SELECT coalesce(n.text = ?2, 0) FROM metric m LEFT JOIN name n ON n.key = m.rule"
		" WHERE m.trial = ?1 AND m.interval > 0 ORDER BY m.sequence LIMIT 1",
	[HD_STMT_TRIAL_RESUMED] = RESUME_COLUMNS " AND number = ?2",
	[HD_STMT_TRIAL_SEQUENCE] = "SELECT coalesce(max(sequence), 0) FROM metric WHERE trial = ?1",
	/* ?2: whether the next one begins anew; ?4: the end that it takes back. */
	[HD_STMT_ATTEMPT_INSERT] =
		"INSERT INTO attempt(trial, number, state, end_reason, end_detail, exit_code,"
		" exit_signal, started, ended, cpu_seconds, max_rss, slot, running, stop_asked,"
		" gone, closed, settled, intervals, anew, queued, reopened)"
		" SELECT key, attempt, state, end_reason, end_detail, exit_code, exit_signal,"
		" started, ended, cpu_seconds, max_rss, slot, running, stop_asked, gone, closed,"
		" settled, intervals, ?2, ?3, ?4 FROM trial WHERE key = ?1",
	[HD_STMT_ATTEMPT_ALL] =
		"SELECT a.number, a.end_reason, a.end_detail, a.exit_code, a.exit_signal,"
		" a.started, a.ended, a.cpu_seconds, a.max_rss, a.intervals, a.settled, a.anew"
		" FROM trial t JOIN attempt a ON a.trial = t.key"
		" WHERE t.sweep = ?1 AND t.number = ?2 ORDER BY a.number",
	[HD_STMT_METRIC_ARCHIVE] =
		"INSERT INTO past_metric SELECT trial, ?2, sequence, name, value, text, step,"
		" interval, source, rule, time FROM metric WHERE trial = ?1",
	[HD_STMT_METRIC_DROP] = "DELETE FROM metric WHERE trial = ?1",
	[HD_STMT_METRIC_CURVE] =
		"SELECT value FROM metric WHERE trial = ?1 AND interval > 0 ORDER BY sequence",
	[HD_STMT_METRIC_STEPS] =
		"SELECT n.text, max(m.step) FROM metric m JOIN name n ON n.key = m.name"
		" WHERE m.trial = ?1 AND m.step IS NOT NULL GROUP BY m.name",
	[HD_STMT_PLACE_ALL] = "SELECT source, offset, line FROM place WHERE trial = ?1",
	/* Of the files that the next attempt begins anew: no event files. */
	[HD_STMT_PLACE_DROP] = "DELETE FROM place WHERE trial = ?1 AND source < 3",
	[HD_STMT_PARAMETER_ALL] =
		"SELECT name, kind, value FROM parameter WHERE trial = ?1 ORDER BY position",
	[HD_STMT_PARAMETER_LABELS] =
		"SELECT name FROM parameter WHERE trial = ?1 AND kind = 'branch' ORDER BY position",
	[HD_STMT_LEADER_SET] =
		"INSERT INTO leader(sweep, interval, number, value) VALUES(?1, ?2, ?3, ?4)"
		" ON CONFLICT DO UPDATE SET number = excluded.number, value = excluded.value",
	[HD_STMT_LEADER_ALL] =
		"SELECT interval, number, value FROM leader WHERE sweep = ?1 ORDER BY interval",
	[HD_STMT_QUEUE_INSERT] = "INSERT INTO queue(sweep, parameters, time, resume_from)"
				 " VALUES(?1, ?2, ?3, ?4)",
	[HD_STMT_QUEUE_DROP] = "DELETE FROM queue WHERE key = ?1",
	/* What is in force before it is changed; ?2: the last stamp it was. */
	[HD_STMT_EDITION_INSERT] = "INSERT INTO edition SELECT key,"
				   " (SELECT count(*) FROM edition e WHERE e.sweep = ?1), ?2,"
				   " (SELECT count(*) FROM setting s WHERE s.sweep = ?1),"
				   " config_path, config_text FROM sweep WHERE key = ?1",

	[HD_STMT_INHERITED_INSERT] =
		"INSERT INTO inherited(sweep, position, source, number, state, end_reason,"
		" parameters, curve) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[HD_STMT_INHERITED_ALL] =
		"SELECT source, number, state, end_reason, parameters, curve FROM inherited"
		" WHERE sweep = ?1 ORDER BY position",
	[HD_STMT_TRIAL_RESUME_FROM] = "SELECT resume_from FROM trial WHERE key = ?1",

	[HD_STMT_REPLAY_TRIALS] =
		"SELECT key, number, state, end_reason, origin, known, created, parameters,"
		" attempt, slot, running, stop_asked, gone, closed, settled, intervals"
		" FROM trial WHERE sweep = ?1 ORDER BY number",
	[HD_STMT_REPLAY_ATTEMPTS] =
		"SELECT t.number, a.number, a.state, a.end_reason, a.slot, a.running,"
		" a.stop_asked, a.gone, a.closed, a.settled, a.intervals, a.anew, a.queued,"
		" a.reopened FROM trial t JOIN attempt a ON a.trial = t.key"
		" WHERE t.sweep = ?1 ORDER BY t.number, a.number",
	/* Those put aside first: the order of the attempts that logged them. */
	[HD_STMT_REPLAY_VALUES] =
		"SELECT t.number AS number, m.attempt AS attempt, m.sequence AS sequence,"
		" m.interval, m.value, m.time FROM trial t JOIN past_metric m ON m.trial = t.key"
		" WHERE t.sweep = ?1 AND m.interval > 0"
		" UNION ALL SELECT t.number, t.attempt, m.sequence, m.interval, m.value, m.time"
		" FROM trial t JOIN metric m ON m.trial = t.key"
		" WHERE t.sweep = ?1 AND m.interval > 0 ORDER BY 1, 2, 3",
	[HD_STMT_REPLAY_EDITIONS] = "SELECT until, settings, config_path, config_text FROM edition"
				    " WHERE sweep = ?1 ORDER BY position",
	[HD_STMT_METRIC_NAMES] =
		"SELECT text FROM name WHERE key IN (SELECT m.name FROM trial t"
		" CROSS JOIN metric m ON m.trial = t.key WHERE t.sweep = ?1) ORDER BY text",
	[HD_STMT_QUEUE_ALL] =
		"SELECT key, parameters, resume_from FROM queue WHERE sweep = ?1 ORDER BY key",

	[HD_STMT_STUDY_INSERT] = "INSERT INTO study(sweep, promotes) VALUES(?1, ?2)",
	[HD_STMT_STUDY_PROMOTES] = "SELECT promotes FROM study WHERE sweep = ?1",
	[HD_STMT_STUDY_REVISION] = "SELECT revision FROM study WHERE sweep = ?1",
	[HD_STMT_STUDY_REVISE] = "UPDATE study SET revision = ?2 WHERE sweep = ?1",
	[HD_STMT_STUDY_CLIENT] = "UPDATE trial SET client = ?2 WHERE key = ?1",
	/* Those that have not ended. */
	[HD_STMT_STUDY_CLIENTS] = "SELECT number, client FROM trial WHERE sweep = ?1"
				  " AND state IN ('Running', 'CancelRequested')"
				  " AND client IS NOT NULL ORDER BY number",

	/* ?1: of that state alone, ?2: so many, ?3: older than that key. */
	[HD_STMT_SWEEP_BEFORE] = SWEEP_COLUMNS " WHERE (?1 IS NULL OR state = ?1)"
					       " AND key < ?3 ORDER BY key DESC LIMIT ?2",
	[HD_STMT_TRIAL_AFTER] = TRIAL_COLUMNS " WHERE sweep = ?1 AND number > ?2"
					      " ORDER BY number LIMIT ?3",
	[HD_STMT_LOOK_VERSION] = "PRAGMA data_version",
	[HD_STMT_LOOK_SWEEPS] =
		"SELECT key, state, ended, max_total, max_concurrent, best_trial, best,"
		" engine_pid, engine_start FROM sweep ORDER BY key DESC",
	[HD_STMT_LOOK_TRIALS] = LOOK_COLUMNS ", slot" LOOK_ROWS,
	/* Of a file before schema 3. */
	[HD_STMT_LOOK_TRIALS_OLD] = LOOK_COLUMNS ", NULL" LOOK_ROWS,
	[HD_STMT_LOOK_PARAMETERS] = "SELECT number, parameters FROM trial WHERE sweep = ?1"
				    " AND number BETWEEN ?2 AND ?3 ORDER BY number",
	[HD_STMT_LOOK_POINTS] = POINT_COLUMNS " AND sequence > ?2 AND interval > 0"
					      " ORDER BY sequence",
	[HD_STMT_LOOK_CURVE] = POINT_COLUMNS " AND text IS NULL AND name ="
					     " (SELECT key FROM name WHERE text = ?2)"
					     " ORDER BY sequence",
	/* Of the ?2 first values of a trial. */
	[HD_STMT_LOOK_NAMES] = "SELECT text FROM name WHERE key IN (SELECT name FROM"
			       " (SELECT name FROM metric WHERE trial = ?1"
			       " ORDER BY sequence LIMIT ?2)) ORDER BY text",
	[HD_STMT_LOOK_ATTEMPTS] =
		"SELECT t.number, a.number, a.slot, a.started, a.ended, a.end_reason"
		" FROM trial t CROSS JOIN attempt a ON a.trial = t.key"
		" WHERE t.sweep = ?1 AND t.attempt > 1 ORDER BY t.number, a.number",
};

const char *hd_stmt_sql(enum hd_stmt id)
{
	return stmt_sql[id];
}
