#include "serve/assets.h"

#include <inttypes.h>
#include <stdio.h>

/* assets.S */
extern const char hd_asset_index[], hd_asset_index_end[];
extern const char hd_asset_css[], hd_asset_css_end[];
extern const char hd_asset_css_gz[], hd_asset_css_gz_end[];
extern const char hd_asset_js[], hd_asset_js_end[];
extern const char hd_asset_js_gz[], hd_asset_js_gz_end[];
extern const char hd_asset_rest[], hd_asset_rest_end[];
extern const char hd_asset_rest_gz[], hd_asset_rest_gz_end[];

/* FNV-1a (Fowler, Noll, Vo): it only has to differ from the last version's. */
static void tag_make(struct hd_asset *asset)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < asset->length; i++)
		hash = (hash ^ (unsigned char)asset->text[i]) *
		       UINT64_C(0x100000001b3);
	snprintf(asset->tag, sizeof asset->tag, "\"%016" PRIx64 "\"", hash);
}

#define PART(name) name, (size_t)(name##_end - name)

void hd_assets(struct hd_asset assets[HD_ASSETS])
{
	const struct hd_asset made[HD_ASSETS] = {
		{ "/", "text/html; charset=utf-8", PART(hd_asset_index), NULL, 0, "" },
		{ "/page.css", "text/css; charset=utf-8", PART(hd_asset_css),
		  PART(hd_asset_css_gz), "" },
		{ "/page.js", "text/javascript; charset=utf-8", PART(hd_asset_js),
		  PART(hd_asset_js_gz), "" },
		{ "/rest.js", "text/javascript; charset=utf-8", PART(hd_asset_rest),
		  PART(hd_asset_rest_gz), "" },
	};

	for (size_t i = 0; i < HD_ASSETS; i++) {
		assets[i] = made[i];
		tag_make(&assets[i]);
	}
}
