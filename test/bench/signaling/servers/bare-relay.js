/** The floor: a room relay for two on bare ws, with a heartbeat and nothing else. It reads no frame and checks nothing. */
import { WebSocketServer } from 'ws';

const HEARTBEAT_MS = 10_000;

/** @type {Map<string, Set<import('ws').WebSocket>>} */
const rooms = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

server.on('listening', () => console.log(JSON.stringify({ port: server.address().port })));
server.on('connection', (socket, { url }) => {
  const room = rooms.get(url) ?? new Set();
  if (room.size >= 2) {
    socket.close(4409);
    return;
  }
  rooms.set(url, room.add(socket));
  socket.isAlive = true;
  socket.on('pong', () => (socket.isAlive = true));
  socket.on('message', (data) => {
    for (const other of room) if (other !== socket) other.send(data, { binary: false });
  });
  socket.on('close', () => {
    room.delete(socket);
    if (room.size === 0) rooms.delete(url);
  });
});
setInterval(() => {
  for (const socket of server.clients) {
    if (!socket.isAlive) socket.terminate();
    socket.isAlive = false;
    socket.ping();
  }
}, HEARTBEAT_MS);
