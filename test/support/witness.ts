import type { Identity } from '../../main/signaling/identity';
import type { ServerMessage } from '../../main/signaling/protocol';
import { readExactly } from './hostile-member';
import { Events, plainAs, RawMember, type RawSocket } from './signaling-clients';

/** The call of signals that no server may deliver: they are said on sockets that are over. */
export const TOO_LATE = 'too-late';

/** A member with a key that sits in a room with somebody hostile, and notes what the server lets through. */
export class Witness {
  readonly room: string;
  /** What it should not have heard. */
  readonly trouble: string[] = [];
  readonly #heard = new Events<ServerMessage>();
  readonly #member: RawMember;
  /** The next signal's number by sender: a plain member counts its own, as the server translates them. */
  readonly #counts = new Map<string, number>();
  #seq = 0;

  private constructor(member: RawMember, room: string) {
    this.#member = member;
    this.room = room;
    member.socket.on('message', (data) => {
      this.#hear(Buffer.isBuffer(data) ? data.toString('utf8') : '');
    });
  }

  /** @param identity of the host, where the room must be hosted */
  static async sit(server: string, room: string, identity?: Identity): Promise<Witness> {
    const member = await new RawMember(server, identity ? { identity } : {}).greet();
    const witness = new Witness(member, room);
    witness.request({ type: 'join', room });
    await witness.#heard.next(({ type }) => type === 'joined');
    void member.closed.then(({ code }) => witness.trouble.push(`closed with ${code}`));
    return witness;
  }

  get id(): string {
    return this.#member.id;
  }

  request(request: object): void {
    this.#seq += 1;
    this.#member.send({ ...request, seq: this.#seq });
  }

  /** Waits until all that was on its way is heard, and leaves. @returns the trouble. */
  async leave(): Promise<string[]> {
    this.request({ type: 'leave', room: this.room });
    const seq = this.#seq;
    const heard = this.#heard.next((message) => message.type === 'ack' && message.seq === seq);
    // One that was closed has said so among its trouble, and hears nothing any more.
    heard.catch(() => undefined);
    await Promise.race([heard, this.#member.closed]);
    const trouble = [...this.trouble];
    this.#member.socket.close();
    await this.#member.closed;
    return trouble;
  }

  #hear(text: string): void {
    let message: ServerMessage;
    try {
      message = readExactly(text);
    } catch (error) {
      this.trouble.push(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#heard.push(message);
    if ('seq' in message && message.seq !== undefined && message.seq % 16 === 0 && message.type !== 'ack')
      this.#member.send({ type: 'ack', seq: message.seq });
    if (message.type !== 'signal') return;
    const { from, signal } = message;
    if (signal.call === TOO_LATE) this.trouble.push(`heard from a socket that was over: ${text}`);
    if (signal.call !== from) return;
    if (signal.n !== (this.#counts.get(from) ?? 0))
      this.trouble.push(`signals were lost or doubled: ${text}`);
    this.#counts.set(from, signal.n + 1);
  }
}

/** A plain member that expects every frame of the other one exactly as it was written. */
export class PlainWitness {
  readonly #socket: RawSocket;
  readonly #texts = new Events<string>();

  private constructor(socket: RawSocket) {
    this.#socket = socket;
    socket.socket.on('message', (data) => {
      this.#texts.push(Buffer.isBuffer(data) ? data.toString('utf8') : '');
    });
  }

  static async sit(server: string, path: string): Promise<PlainWitness> {
    return new PlainWitness(await plainAs(server, path));
  }

  nextText(): Promise<string> {
    return this.#texts.next(() => true);
  }

  async leave(): Promise<void> {
    this.#socket.socket.close();
    await this.#socket.closed;
  }
}
