/*
 * jscan_merge: JSON merge patch (RFC 7396) on text.
 *
 * The members of each object in a patch are sorted by key, so that the cost
 * does not grow with the product of both sides. Of equal keys in the target
 * that the patch names, only the last is kept: else a short patch could make a
 * long text out of many of them.
 */

/* system */
#include <stdlib.h>

/* base */
#include "buf.h"
#include "mem.h"
#include "span.h"

/* wire */
#include "jscan.h"
#include "jscan_priv.h"

/* One member of a patch. */
struct change {
	struct span key;   /* raw */
	struct span value; /* raw */
	const char
	    *last; /* the last key of the target that equals it, or NULL */
};

/* The members of one object of a patch, sorted; of equal keys the last. */
struct changes {
	struct change *v;
	size_t n;
};

/* Orders changes by key, and equal ones by their place in the patch. */
static int
change_cmp(const void *a, const void *b)
{
	const struct change *x = a;
	const struct change *y = b;
	int c = jscan_string_cmp(x->key, y->key);

	return c ? c : (x->key.p > y->key.p) - (x->key.p < y->key.p);
}

/* Collects the members of patch; the caller frees them. */
static struct changes
changes_of(struct span patch)
{
	struct changes c = { NULL, 0 };
	struct jscan_iter it;
	struct span key, value;
	size_t i, kept = 0;

	jscan_object(&it, patch);
	while (jscan_member(&it, &key, &value))
		c.n++;
	c.v = mem_alloc(c.n * sizeof(*c.v));
	jscan_object(&it, patch);
	for (i = 0; jscan_member(&it, &key, &value); i++)
		c.v[i] = (struct change){ key, value, NULL };
	qsort(c.v, c.n, sizeof(*c.v), change_cmp);
	for (i = 0; i < c.n; i++) {
		if (kept > 0 &&
		    jscan_string_cmp(c.v[kept - 1].key, c.v[i].key) == 0)
			kept--;
		c.v[kept++] = c.v[i];
	}
	c.n = kept;
	return c;
}

/* Finds the change of a key; NULL when there is none. */
static struct change *
changes_find(const struct changes *c, struct span key)
{
	size_t low = 0;
	size_t high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = jscan_string_cmp(key, c->v[mid].key);

		if (order == 0)
			return &c->v[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* Marks which changes meet a member of the target. */
static void
changes_meet(struct changes *c, struct span target)
{
	struct jscan_iter it;
	struct span key, value;
	struct change *ch;

	jscan_object(&it, target);
	while (jscan_member(&it, &key, &value)) {
		ch = changes_find(c, key);
		if (ch != NULL)
			ch->last = key.p;
	}
}

/* Appends key and colon, with a comma before all but the first. */
static void
add_key(struct buf *out, struct span key, bool *first)
{
	if (!*first)
		buf_addch(out, ',');
	*first = false;
	buf_addspan(out, key);
	buf_addch(out, ':');
}

/* Appends the target's members, changed. */
static void
add_changed(
    const struct changes *c, struct span target, struct buf *out, bool *first)
{
	struct jscan_iter it;
	struct span key, value;
	struct change *ch;

	jscan_object(&it, target);
	while (jscan_member(&it, &key, &value)) {
		ch = changes_find(c, key);
		if (ch == NULL) {
			add_key(out, key, first);
			buf_addspan(out, value);
		} else if (ch->last == key.p &&
			   jscan_type(ch->value) != JSCAN_NULL) {
			add_key(out, key, first);
			jscan_merge_patch(value, ch->value, out);
		}
	}
}

/* Appends the patch's members that the target does not have, in the patch's
 * order. */
static void
add_new(
    const struct changes *c, struct span patch, struct buf *out, bool *first)
{
	struct jscan_iter it;
	struct span key, value;
	struct change *ch;

	jscan_object(&it, patch);
	while (jscan_member(&it, &key, &value)) {
		ch = changes_find(c, key);
		if (ch == NULL || ch->last != NULL || ch->key.p != key.p ||
		    jscan_type(value) == JSCAN_NULL)
			continue;
		add_key(out, key, first);
		jscan_merge_patch(SPAN_EMPTY, value, out);
	}
}

void
jscan_merge_patch(struct span target, struct span patch, struct buf *out)
{
	struct changes c;
	bool first = true;

	if (jscan_type(patch) != JSCAN_OBJECT) {
		buf_addspan(out, jscan_trim(patch));
		return;
	}
	c = changes_of(patch);
	changes_meet(&c, target);
	buf_addch(out, '{');
	add_changed(&c, target, out, &first);
	add_new(&c, patch, out, &first);
	buf_addch(out, '}');
	free(c.v);
}
