// The peer that siogate is measured against: socket.io on Node, as it comes.
// Prints {"port":N} when it listens, and ends on SIGTERM.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { perMessageDeflate: false });

io.on("connection", (socket) => {
	// echo: the arguments come back as the acknowledgement's
	socket.on("echo", (...args) => args.pop()(...args));
	// shout: everybody gets it, the sender too
	socket.on("shout", (...args) => io.emit("shout", ...args));
});

http.listen(0, "127.0.0.1", () => {
	console.log(JSON.stringify({ port: http.address().port }));
});
