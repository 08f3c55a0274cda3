/*
 * conf_doc: prints what the manual pages must hold.
 *
 * usage: conf_doc settings | options
 *
 * "settings" gives the reference of siogate.conf(5) in mdoc, "options" the
 * long names of siogate's options. Called by test_conf_doc.sh.
 */

/* system */
#include <stdio.h>
#include <string.h>

/* base */
#include "buf.h"

/* own */
#include "options.h"
#include "settings_doc.h"

int
main(int argc, char **argv)
{
	struct buf out = BUF_INIT;

	if (argc == 2 && strcmp(argv[1], "settings") == 0) {
		settings_doc_mdoc(&out);
	} else if (argc == 2 && strcmp(argv[1], "options") == 0) {
		options_list(&out);
	} else {
		fputs("usage: conf_doc settings | options\n", stderr);
		return 2;
	}
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
	return fflush(stdout) == 0 ? 0 : 1;
}
