/*
 * libhdrive: a hyperparameter-tuning engine.
 *
 * The umbrella over <hdrive/...>: include this one. Nothing here needs another
 * library's header.
 */
#ifndef HDRIVE_H
#define HDRIVE_H

#include <hdrive/backend.h>
#include <hdrive/config.h>
#include <hdrive/doctor.h>
#include <hdrive/error.h>
#include <hdrive/exchange.h>
#include <hdrive/fetch.h>
#include <hdrive/gc.h>
#include <hdrive/importance.h>
#include <hdrive/line.h>
#include <hdrive/metrics.h>
#include <hdrive/option.h>
#include <hdrive/plot.h>
#include <hdrive/policy.h>
#include <hdrive/program.h>
#include <hdrive/record.h>
#include <hdrive/report.h>
#include <hdrive/require.h>
#include <hdrive/rng.h>
#include <hdrive/runconfig.h>
#include <hdrive/sampler.h>
#include <hdrive/serve.h>
#include <hdrive/shape.h>
#include <hdrive/space.h>
#include <hdrive/store.h>
#include <hdrive/study.h>
#include <hdrive/sweep.h>
#include <hdrive/target.h>
#include <hdrive/trial.h>
#include <hdrive/version.h>

#endif
