/*
 * packet: what the generations of Socket.IO have in common.
 */

/* wire */
#include "jscan.h"
#include "packet.h"

static const struct span reserved[] = {
	{ "connect", 7 },
	{ "connect_error", 13 },
	{ "disconnect", 10 },
	{ "disconnecting", 13 },
	{ "newListener", 11 },
	{ "removeListener", 14 },
};

enum { RESERVED_COUNT = sizeof(reserved) / sizeof(reserved[0]) };

const char *
packet_strerror(enum packet_error e)
{
	switch (e) {
	case PACKET_OK:
		return "ok";
	case PACKET_E_SYNTAX:
		return "syntax";
	case PACKET_E_JSON:
		return "json";
	case PACKET_E_DEPTH:
		return "depth";
	case PACKET_E_PAYLOAD:
		return "payload";
	case PACKET_E_ATTACHMENTS:
		return "attachments";
	case PACKET_E_NSP:
		return "namespace";
	}
	return "unknown";
}

bool
packet_name_reserved(struct span name)
{
	size_t i;

	for (i = 0; i < RESERVED_COUNT; i++)
		if (span_eq(name, reserved[i]))
			return true;
	return false;
}

bool
packet_raw_reserved(struct span raw)
{
	size_t i;

	for (i = 0; i < RESERVED_COUNT; i++)
		if (jscan_string_is(raw, reserved[i]))
			return true;
	return false;
}
