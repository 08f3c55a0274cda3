/*
 * sio5: Socket.IO protocol 5 (Socket.IO 3.x and 4.x),
 * github.com/socketio/socket.io-protocol:
 *
 *	<type>[<attachments>-][<namespace>,][<id>][<JSON>]
 *
 * Data, as the reference's parser 4.2 checks it: CONNECT has an object or
 * nothing; DISCONNECT nothing; EVENT an array whose first element is a number,
 * or a string that is not a reserved name (packet_name_reserved, escapes
 * undone); ACK an array and an id; CONNECT_ERROR a string or an object.
 *
 * A namespace begins with "/", ends before a "," or at the end of the text; a
 * "?" and what follows it is cut off into query. Control characters (below 32,
 * 127) and invalid UTF-8 in a namespace are PACKET_E_NSP. An id is at most
 * 2^53 - 1. Attachment counts are at most max_attachments and at least 1 for
 * binary types; other types have none.
 */
#ifndef SIOGATE_SIO5_H
#define SIOGATE_SIO5_H

#include "packet.h"

extern const struct packet_codec sio5_codec;

#endif
