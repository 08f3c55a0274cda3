/*
 * bytes: binary arguments, {"$bytes":"<base64>"}.
 */

/* system */
#include <stdlib.h>
#include <string.h>

#include <json-c/json_object.h>

/* own */
#include "handler_priv.h"

struct json_object *
siogate_bytes_new(const void *data, size_t len)
{
	struct siogate_text text = { NULL, 0, 0, false };
	struct json_object *obj = NULL, *value = NULL;

	siogate_text_base64(&text, data, len);
	if (!text.failed && text.len <= INT32_MAX)
		value = json_object_new_string_len(
		    text.len ? text.data : "", (int)text.len);
	siogate_text_release(&text);
	if (value)
		obj = json_object_new_object();
	if (obj && json_object_object_add(obj, "$bytes", value) == 0)
		return obj;
	json_object_put(value);
	json_object_put(obj);
	return NULL;
}

/* What a character of base64 stands for, or -1. */
static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes n characters without padding; false when they are not base64. out has
 * room for n * 3 / 4 bytes. */
static bool
decode(const char *p, size_t n, unsigned char *out)
{
	unsigned bits = 0;
	size_t i;
	int six;

	if (n % 4 == 1)
		return false;
	for (i = 0; i < n; i++) {
		six = sextet(p[i]);
		if (six < 0)
			return false;
		bits = (bits << 6 | (unsigned)six) & 0xffff;
		if (i % 4)
			*out++ = (unsigned char)(bits >> (6 - i % 4 * 2));
	}
	return true;
}

int
siogate_bytes_get(struct json_object *obj, void **data_r, size_t *len_r)
{
	struct json_object *value;
	const char *p;
	unsigned char *data;
	size_t n;

	if (!json_object_is_type(obj, json_type_object) ||
	    json_object_object_length(obj) != 1 ||
	    !json_object_object_get_ex(obj, "$bytes", &value) ||
	    !json_object_is_type(value, json_type_string))
		return 0;
	p = json_object_get_string(value);
	n = (size_t)json_object_get_string_len(value);
	if (n && n % 4 == 0 && p[n - 1] == '=')
		n -= p[n - 2] == '=' ? 2 : 1;
	data = malloc(n * 3 / 4 + 1);
	if (data == NULL)
		return -1;
	if (!decode(p, n, data)) {
		free(data);
		return 0;
	}
	*len_r = n * 3 / 4;
	data[*len_r] = '\0';
	*data_r = data;
	return 1;
}
