/*
 * MLflow's REST API (2.0), as its Python, R and Java clients use it, over a
 * source: docs/design/0009-mlflow.md. Requests have passed web.h's guard.
 */
#ifndef HD_MLFLOW_API_H
#define HD_MLFLOW_API_H

#include "serve/files.h"
#include "mlflow/source.h"
#include "serve/web.h"

/* What 2.22 has is what is spoken. */
#define HD_MLFLOW_VERSION "2.22.0"

/* Whether the request is of this API; it is then answered. */
bool hd_mlflow_answer(const struct hd_ml *ml,
		      const struct hd_web_request *request,
		      struct hd_web_reply *reply);

/* An artifact on its way in: its bytes go to DRAFT as they come. */
struct hd_mlflow_upload {
	struct hd_files_draft draft;
	struct hd_buf run;  /* that it is for */
	struct hd_buf name; /* from the trial's folder */
};

/*
 * Whether the request brings a file. The upload is then to be ended, and has a
 * draft unless REPLY says why not.
 */
bool hd_mlflow_upload(struct hd_mlflow_upload *upload, const struct hd_ml *ml,
		      const struct hd_web_request *request,
		      struct hd_web_reply *reply);
/* All has come (IS_WHOLE), or nothing more will. */
void hd_mlflow_upload_end(struct hd_mlflow_upload *upload,
			  const struct hd_ml *ml, bool is_whole,
			  struct hd_web_reply *reply);

#endif
