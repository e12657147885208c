import type { IncomingMessage } from 'node:http';
import { admitUpgrade, isAddressedToUs, type UpgradeTarget } from './admission';
import { clientAddress, maskedAddress, type TrustedProxies } from './client-address';
import type { RefusalStatus } from './http';
import type { Logger } from './logger';
import type { Metrics } from './metrics';
import type { Visit, Visitors } from './visitors';

/** What the gate goes by. */
export interface GateOptions {
  visitors: Visitors;
  logger: Logger;
  metrics: Metrics;
  allowOrigins: readonly string[];
  hostNames: readonly string[];
  /** Whether the server can know how it is reached; see {@link isAddressedToUs}. */
  knowsItsNames: boolean;
  proxies: TrustedProxies;
  /** Sockets at a time. */
  maxConnections: number;
  connectionCount: () => number;
}

/** The gate's answer to an upgrade. */
export type Passage =
  | { kind: 'admitted'; target: UpgradeTarget; isAddressOurs: boolean; startVisit: () => Visit }
  | { kind: 'refused'; status: RefusalStatus; retryAfterS?: number };

const BUSY_RETRY_S = 5;

/** Where sockets are refused before they are sockets: bad requests, foreign pages, and more than there is room for. */
export class Gate {
  readonly #options: GateOptions;
  #isOpen = true;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** From now on nobody comes in. */
  close(): void {
    this.#isOpen = false;
  }

  /** Judges one upgrade. What is admitted becomes a socket in the same step, or never. */
  judge(request: IncomingMessage): Passage {
    const { visitors, allowOrigins, hostNames, knowsItsNames, proxies, maxConnections, connectionCount } =
      this.#options;
    const { headers, socket } = request;
    const forwarded = headers['x-forwarded-for'];
    const address = clientAddress(
      socket.remoteAddress,
      forwarded === undefined ? undefined : [forwarded].flat().join(','),
      proxies,
    );
    const refuse = (
      reason: Parameters<Metrics['refusals']['add']>[0],
      status: RefusalStatus,
      retryAfterS?: number,
    ): Passage => {
      this.#options.metrics.refusals.add(reason);
      const level = reason === 'server-full' ? 'warn' : 'info';
      this.#options.logger[level]('refused', { reason, status, from: maskedAddress(address) });
      return { kind: 'refused', status, ...(retryAfterS === undefined ? {} : { retryAfterS }) };
    };

    if (!this.#isOpen) return refuse('draining', 503, BUSY_RETRY_S);
    const welcome = visitors.welcome(address);
    if (welcome.kind === 'refused') return refuse(welcome.reason, 429, welcome.retryAfterS);
    if (connectionCount() >= maxConnections) return refuse('server-full', 503, BUSY_RETRY_S);
    const target = admitUpgrade(
      { url: request.url ?? '', host: headers.host, origin: headers.origin },
      {
        allowOrigins,
        hostNames,
        isProxied: proxies.includes(clientAddress(socket.remoteAddress, undefined, proxies)),
      },
    );
    if (typeof target === 'number') return refuse(target === 403 ? 'origin' : 'bad-request', target);
    this.#options.logger.debug('admitted', { from: maskedAddress(address) });
    return {
      kind: 'admitted',
      target,
      isAddressOurs: !knowsItsNames || isAddressedToUs(target.host, socket.localAddress, hostNames),
      startVisit: welcome.start,
    };
  }
}
