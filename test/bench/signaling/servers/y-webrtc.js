/** y-webrtc's signaling server, unchanged; it does not say which port it got, so it is given a free one. */
import { createServer } from 'node:net';

const free = createServer().listen(0, '127.0.0.1', () => {
  const { port } = free.address();
  free.close(async () => {
    process.env.PORT = String(port);
    await import('../../node_modules/y-webrtc/bin/server.js');
    console.log(JSON.stringify({ port }));
  });
});
