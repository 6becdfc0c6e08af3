/* Apart from web.c: a trial's own server has nothing of the API. */
#include "serve/web.h"

#include "api/api.h"

void hd_web_fail_error(struct hd_web_reply *reply, const struct hd_error *err)
{
	hd_web_begin_anew(reply, hd_api_status(err->code));
	hd_api_error_json(&reply->body, err->code, err->text);
}
