/*
 * replay_main: runs a fuzzer's entry point over stored inputs, for builds
 * without a fuzzing engine.
 *
 * Arguments are files and folders (their files, not their sub-folders). Prints
 * how many inputs were run. Fails when one cannot be read or there are none; a
 * failing input aborts.
 */

/* system */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* base */
#include "buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Reads a whole file. 0 or -1. */
static int
read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	size_t n;
	int rc;

	if (f == NULL)
		return -1;
	while ((n = fread(buf_reserve(out, 4096), 1, 4096, f)) > 0)
		out->len += n;
	rc = ferror(f) ? -1 : 0;
	fclose(f);
	return rc;
}

/* Runs one file. The input is copied to memory of exactly its size, so that
 * sanitizers see reads beyond it. */
static int
replay_file(const char *path)
{
	struct buf content = BUF_INIT;
	uint8_t *data;

	if (read_file(path, &content) != 0) {
		perror(path);
		buf_release(&content);
		return -1;
	}
	data = malloc(content.len ? content.len : 1);
	if (data == NULL)
		abort();
	if (content.len)
		memcpy(data, content.data, content.len);
	LLVMFuzzerTestOneInput(data, content.len);
	free(data);
	buf_release(&content);
	return 0;
}

/* Runs all files of a folder; the number of them, or -1. */
static int
replay_dir(const char *path)
{
	struct buf name = BUF_INIT;
	struct dirent *entry;
	struct stat st;
	int count = 0;
	DIR *dir = opendir(path);

	if (dir == NULL) {
		perror(path);
		return -1;
	}
	while (count >= 0 && (entry = readdir(dir)) != NULL) {
		buf_clear(&name);
		buf_addf(&name, "%s/%s", path, entry->d_name);
		if (stat(buf_cstr(&name), &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		count = replay_file(buf_cstr(&name)) == 0 ? count + 1 : -1;
	}
	closedir(dir);
	buf_release(&name);
	return count;
}

int
main(int argc, char **argv)
{
	struct stat st;
	int total = 0;
	int i, n;

	for (i = 1; i < argc; i++) {
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			n = replay_dir(argv[i]);
		else
			n = replay_file(argv[i]) == 0 ? 1 : -1;
		if (n < 0)
			return 1;
		total += n;
	}
	printf("%d inputs\n", total);
	return total > 0 ? 0 : 1;
}
