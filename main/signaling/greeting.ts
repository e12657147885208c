import { randomUUID } from 'node:crypto';
import { helloSchema, LIMITS, parseFrame, type Hello } from './protocol';
import { isHelloSignature, isJoinSecretProof, memberIdOf, type HelloClaim } from './identity';
import type { Connection, Receiver } from './connection';
import type { Clock, Timer } from './clock';
import type { Logger } from './logger';

/** A proof was none, or for another server, or did not come in time. */
export type GreetingRefusal = 'unauthorized' | 'wrong-address' | 'no-hello';

/** What a greeting is held with. */
export interface GreetingOptions {
  clock: Clock;
  heartbeatMs: number;
  timeoutMs: number;
  joinSecret: string | null;
  /** Whether its address may try another proof of the join secret. */
  hasTry: () => boolean;
  namespace: string;
  /** The upgrade's `Host` header. */
  host: string;
  /** Whether that is an address of this server, as far as it can know; else nothing signed for it counts here. */
  isAddressOurs: boolean;
  logger: Logger;
  /** Said before the socket is closed. */
  onRefused: (why: GreetingRefusal) => void;
  /** The connection proved to be this member. */
  onMember: (member: string, hello: Hello) => void;
}

/** The first exchange on a `parley.1` socket: a challenge, and a `hello` that proves a key. */
export class Greeting implements Receiver {
  readonly #connection: Connection;
  readonly #options: GreetingOptions;
  readonly #claim: HelloClaim;
  readonly #deadline: Timer;

  constructor(connection: Connection, options: GreetingOptions) {
    this.#connection = connection;
    this.#options = options;
    const { clock, namespace, host, heartbeatMs, timeoutMs, joinSecret } = options;
    this.#claim = { nonce: randomUUID(), namespace, host };
    this.#deadline = clock.setTimeout(() => {
      this.#refuse('no-hello');
    }, LIMITS.helloMs);
    connection.handOver(this);
    connection.send(
      JSON.stringify({
        type: 'challenge',
        nonce: this.#claim.nonce,
        heartbeatMs,
        timeoutMs,
        secretRequired: joinSecret !== null,
      }),
    );
  }

  receive(text: string): void {
    const hello = parseFrame(helloSchema, text);
    if (!hello) {
      this.#connection.junk();
      return;
    }
    const { joinSecret, hasTry, namespace, isAddressOurs, clock, onMember } = this.#options;
    if (!isAddressOurs) {
      this.#refuse('wrong-address');
      return;
    }
    const member = memberIdOf(namespace, hello.publicKey);
    // Without a try left nobody is to find out whether their proof was right, not even by the time that it takes.
    const isProven =
      joinSecret === null || (isJoinSecretProof(joinSecret, this.#claim, hello.proof) && hasTry());
    const isOurs =
      isProven &&
      isHelloSignature(this.#claim, hello.publicKey, hello.signature) &&
      (hello.resume === undefined || hello.resume.member === member);
    if (!isOurs) {
      this.#refuse('unauthorized');
      return;
    }
    clock.clearTimeout(this.#deadline);
    // Most newcomers say right behind their hello what they want: the welcome and the answer to that are one write.
    this.#connection.gather();
    onMember(member, hello);
  }

  ended(): void {
    this.#options.clock.clearTimeout(this.#deadline);
  }

  #refuse(why: GreetingRefusal): void {
    const { logger, onRefused } = this.#options;
    logger.info('greeting-refused', { why });
    onRefused(why);
    const code = why === 'wrong-address' ? why : 'unauthorized';
    this.#connection.send(JSON.stringify({ type: 'error', code }));
    this.#connection.close(code === 'wrong-address' ? 4421 : 4401);
  }
}
