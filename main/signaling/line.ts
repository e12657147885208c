import * as v from 'valibot';
import { parseJson, readAs, requestOrAckSchema, type CloseCode, type Request } from './protocol';
import { Inbox, type Acknowledger } from './inbox';
import { Outbox } from './outbox';
import { isObject, readSignalRequest, spliceSignalRequest, type SplicedRequest } from './signal-request';
import type { Clock } from './clock';
import type { Connection } from './connection';

const numberedSchema = v.object({ seq: v.number() });

/** A member's conversation with its server, whatever sockets carry it: numbered both ways, kept until acknowledged. */
export class Line implements Acknowledger {
  readonly #outbox = new Outbox<string>((json) => json);
  readonly #inbox: Inbox;
  #connection: Connection | null = null;
  /** The client may not know yet that counting began anew: until it says something, it cannot resume. */
  #isFresh = true;

  constructor(clock: Clock) {
    this.#inbox = new Inbox(clock, this);
  }

  get isConnected(): boolean {
    return this.#connection !== null;
  }

  /** When the frame was read that is being handled, by the clock. */
  get heardAt(): number | undefined {
    return this.#connection?.heardAt;
  }

  /** Whether something that may be refused can be said now. */
  get hasRoom(): boolean {
    return this.#outbox.hasRoom;
  }

  /** Whether a whole picture can be said now. */
  get hasPlenty(): boolean {
    return this.#outbox.hasPlenty;
  }

  /**
   * Goes on over another connection; an older one is told that it was replaced.
   * @param lastSeq the newest frame the client has handled; `null` if it remembers nothing.
   * @returns whether the conversation goes on where it was; if not, both ends count from 1 again.
   */
  moveTo(connection: Connection, lastSeq: number | null): boolean {
    this.#connection?.detach(4410);
    const resumed = lastSeq !== null && !this.#isFresh && this.#outbox.ack(lastSeq);
    if (!resumed) this.startAnew();
    this.#inbox.stop();
    this.#connection = connection;
    return resumed;
  }

  /** Says welcome, and then again whatever was not acknowledged. */
  welcome(frame: object): void {
    this.#connection?.send(JSON.stringify({ ...frame, type: 'welcome', lastSeq: this.#inbox.handled }));
    for (const text of this.#outbox.unacked()) this.#connection?.send(text);
  }

  /** Reads a frame. @returns a request that is to be handled now, or null. */
  read(text: string): Request | SplicedRequest | null {
    const spliced = spliceSignalRequest(text);
    if (spliced) return this.#accept(spliced);
    const json = parseJson(text);
    const isSignal = isObject(json) && json['type'] === 'signal';
    const message = isSignal ? readSignalRequest(json) : readAs(requestOrAckSchema, json);
    if (message === null) {
      // A frame that is numbered as the next one counts as handled, so that the good ones after it are no gap.
      const numbered = readAs(numberedSchema, json);
      if (numbered) this.#inbox.accept(numbered.seq);
      this.#connection?.junk();
      return null;
    }
    if (message.type !== 'ack') return this.#accept(message);
    this.#isFresh = false;
    if (!this.#outbox.ack(message.seq)) this.#connection?.junk();
    return null;
  }

  /**
   * @param event as JSON, without its number.
   * @returns false if the other end will never catch up; nothing is kept then.
   */
  say(event: string): boolean {
    if (this.#outbox.isHopeless) return false;
    const { text } = this.#outbox.push(event);
    this.#connection?.send(text);
    return true;
  }

  acknowledge(seq: number): void {
    this.#connection?.send(JSON.stringify({ type: 'ack', seq }));
  }

  /** Acknowledges without waiting for more. */
  ackNow(): void {
    this.#inbox.flush();
  }

  /** @returns the request if it is the next one. */
  #accept<R extends Request>(request: R): R | null {
    this.#isFresh = false;
    const arrival = this.#inbox.accept(request.seq);
    if (arrival === 'gap') this.#connection?.junk();
    return arrival === 'next' ? request : null;
  }

  /** Both ends count from 1 again. */
  startAnew(): void {
    this.#isFresh = true;
    this.#outbox.reset();
    this.#inbox.reset();
  }

  /** Closes the connection, if there is one. */
  close(code: CloseCode): void {
    this.#connection?.close(code);
  }

  /** What was read last costs as many frames as `cost`. */
  charge(cost: number): void {
    this.#connection?.charge(cost);
  }

  /** Drops a connection whose reader cannot keep up. */
  giveUp(): void {
    this.#connection?.terminate('backlog');
  }

  /** The connection is gone. */
  lost(): void {
    this.#connection = null;
    this.#inbox.stop();
  }
}
