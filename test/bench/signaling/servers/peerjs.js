/** PeerJS's server as its own command line starts it. Its clients say when they are alive. */
import { PeerServer } from 'peer';

PeerServer({ host: '127.0.0.1', port: 0, concurrent_limit: 20_000 }, (server) => {
  console.log(JSON.stringify({ port: server.address().port }));
});
