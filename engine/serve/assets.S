/* The page as engine/page/build.sh made it, whose folder is searched. */
	.section .rodata, "a"

	.macro asset name, file
	.balign 8
	.global \name
	.global \name\()_end
\name:
	.incbin "\file"
\name\()_end:
	.byte 0
	.endm

	asset hd_asset_index, "index.html"
	asset hd_asset_css, "page.css"
	asset hd_asset_css_gz, "page.css.gz"
	asset hd_asset_js, "page.js"
	asset hd_asset_js_gz, "page.js.gz"
	asset hd_asset_rest, "rest.js"
	asset hd_asset_rest_gz, "rest.js.gz"

#ifdef __arm__
	.section .note.GNU-stack, "", %progbits
#else
	.section .note.GNU-stack, "", @progbits
#endif
