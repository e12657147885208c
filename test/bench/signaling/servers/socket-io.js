/** A room relay for two as socket.io's own guide writes it. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], pingInterval: 10_000, pingTimeout: 15_000 });

io.on('connection', (socket) => {
  socket.on('join', (room, done) => {
    if ((io.sockets.adapter.rooms.get(room)?.size ?? 0) >= 2) {
      done('room-full');
      return;
    }
    socket.join(room);
    socket.data.room = room;
    done('joined');
  });
  socket.on('signal', (signal) => socket.to(socket.data.room).emit('signal', signal));
});
http.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: http.address().port })));
