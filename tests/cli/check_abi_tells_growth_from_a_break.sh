#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Nothing of a build is in it: once is enough.
[ "${TEST_BUILD##*/}" = release ] || exit 77
case $(cc -dumpmachine) in x86_64*) ;; *) exit 77 ;; esac

mkdir -p include/hdrive
echo '#include <hdrive/a.h>' >include/hdrive.h
cat >first.h <<'END'
#include <stdbool.h>
#include <stddef.h>
#define HD_API __attribute__((visibility("default")))
enum hd_kind {
	HD_KIND_A,
	HD_KIND_B = 5,
};
/* HD_API int hd_comment(void); */
struct hd_sized {
	size_t size;
	int a;
	bool flag;
};
struct hd_plain {
	int a;
	int b[2];
};
struct hd_row {
	const char *name;
};
typedef int (*hd_row_fn)(void *user, const struct hd_row *row);
HD_API int hd_work(const struct hd_sized *options,
		   struct hd_plain *out, hd_row_fn fn);
HD_API const char *
hd_name(enum hd_kind kind);
END
cat >a.c <<'END'
#include <hdrive.h>
int hd_work(const struct hd_sized *o, struct hd_plain *p, hd_row_fn fn)
{
	(void)o, (void)p, (void)fn;
	return 0;
}
const char *hd_name(enum hd_kind kind)
{
	return kind ? "b" : "a";
}
END

# built [SED]: the header with SED applied, and its library.
built() {
	sed "${1-}" first.h >include/hdrive/a.h
	sed "${2-}" a.c >b.c
	cc -fvisibility=hidden -Iinclude -shared -fPIC -o lib.so b.c
}
abi() {
	"$TEST_ROOT/tests/support/abi.py" "$@" record include lib.so
}
# breaks SED WORDS: is told, and not recorded without --break.
breaks() {
	built "$1"
	code 1 abi check
	has out "^abi: $2"
	has out 'breaks programs'
	code 1 abi record
	has out 'not recorded'
	same "$(cksum <record)" "$first"
}
# grows SED WORDS: is told, then recorded.
grows() {
	built "$1"
	code 1 abi check
	has out "^abi: $2"
	hasnt out 'breaks programs'
	code 0 abi record
	code 0 abi check
	[ ! -s out ] || fail 'recorded, and still told'
	cp first-record record
}

built
code 0 abi record
code 0 abi check
hasnt record hd_comment
has record '^symbol hd_name unversioned const char \* (enum hd_kind)$'
cp record first-record
first=$(cksum <record)

breaks 's/	int a;/	int a, c;/' "struct hd_plain: new field 'c' stands between old ones"
breaks 's/	int a;/	long a;/' \
	"struct hd_sized: field 'a' was 'int' of 4 bytes, is 'long int' of 8"
breaks 's/	int b\[2\];/	int b[2], d;/' "struct hd_plain: new field 'd' makes it grow"
breaks 's/	bool flag;/	bool flag, late;/' \
	"struct hd_sized: new field 'late' lies in what was padding"
breaks 's/	bool flag;//' "struct hd_sized: field 'flag' was removed"
breaks 's/HD_KIND_B = 5/HD_KIND_B/' 'enum hd_kind: HD_KIND_B was 5, is 1'
breaks 's/void \*user, //' "type hd_row_fn was 'int (\*)(void \*, const struct hd_row \*)'"
grows 's/	bool flag;/	bool flag; size_t late;/' \
	"struct hd_sized: new field 'late' at its end"
grows 's/	const char \*name;/	const char *name, *more;/' \
	"struct hd_row: new field 'more' at its end"
grows 's/	HD_KIND_A,/	HD_KIND_A, HD_KIND_C = 6,/' 'enum hd_kind: HD_KIND_C is new'

# What is declared, and what there is.
built '/^hd_name/s/hd_name/hd_other/' 's/hd_name/hd_other/'
code 1 abi check
has out 'symbol hd_name was removed'
has out 'symbol hd_other is new'
built '' 's/hd_name/hd_third/'
code 1 abi check
has out 'hd_name is declared, but the library does not define it'
built
echo '__attribute__((visibility("default"))) int hd_leak(void) { return 0; }' >>b.c
cc -fvisibility=hidden -Iinclude -shared -fPIC -o lib.so b.c
code 1 abi record
has out 'hd_leak is shown by the library, but no header has it'
same "$(cksum <record)" "$first"
