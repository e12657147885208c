import { createSocket } from 'node:dgram';
import multicastDns from 'multicast-dns';
import type { OpenMulticast } from './discovery';

/** RFC 6762, section 3. */
const GROUPS = { IPv4: '224.0.0.251', IPv6: 'ff02::fb' };

/**
 * Opens multicast DNS on one interface. It is bound to every address, or it would not receive, and sends by the one
 * interface, or it would need a route for multicast.
 */
export const openMulticast: OpenMulticast = ({ family, from }, { onQuery, onResponse, onTrouble }) => {
  const type = family === 'IPv4' ? 'udp4' : 'udp6';
  // The system's own responder, and another Parley, listen on the same port.
  const socket = createSocket({ type, reuseAddr: true, ipv6Only: family === 'IPv6' });
  const bind = family === 'IPv4' ? '0.0.0.0' : '::';
  const mdns = multicastDns({ socket, type, ip: GROUPS[family], interface: from, bind });
  let isClosed = false;
  const trouble = (error: Error): void => {
    if (!isClosed) onTrouble(error);
  };
  // A packet that is none is a warning too, and nobody's trouble.
  mdns.on('error', trouble);
  mdns.on('warning', (error: Error) => {
    if ('syscall' in error) trouble(error);
  });
  mdns.on('query', onQuery);
  mdns.on('response', onResponse);
  return {
    ask: (question) => mdns.query([question]),
    say: (answers, done) => mdns.respond(answers, () => done?.()),
    close: () => {
      isClosed = true;
      mdns.destroy();
    },
  };
};
