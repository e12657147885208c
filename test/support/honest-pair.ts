import { setTimeout as pause } from 'node:timers/promises';
import { joinAs, numbered, type TestMember } from './signaling-clients';
import type { SignalingClientOptions } from '../../main/signaling/client';

/** What an honest pair went through. */
export interface Exchange {
  /** Signals that each of the two said. */
  said: number;
  /** Anything but the signals of the other, once each and in order. */
  trouble: string[];
  /** The longest that a pair of signals was on the way. */
  slowestMs: number;
}

/** Between two signals: well within what a socket may send, also for what is on the way when the server is busy. */
const PACE_MS = 25;

/** Two members that say signals to each other all the time, whatever others do to their server. */
export class HonestPair {
  readonly #members: readonly [TestMember, TestMember];
  readonly #room: string;
  readonly #talk: Promise<void>;
  readonly #trouble: string[] = [];
  #said = 0;
  #slowestMs = 0;
  #isOver = false;

  private constructor(members: readonly [TestMember, TestMember], room: string) {
    this.#members = members;
    this.#room = room;
    this.#talk = this.#talkOn();
  }

  /**
   * @param identity of who hosts the room, where rooms must be hosted
   * @param joinSecret of the server, where it has one
   */
  static async meet(
    server: string,
    room: string,
    { identity, ...both }: Partial<Pick<SignalingClientOptions, 'identity' | 'joinSecret'>> = {},
  ): Promise<HonestPair> {
    const first = await joinAs(server, room, identity ? { ...both, identity } : both);
    const second = await joinAs(server, room, both);
    await first.next('member-joined');
    return new HonestPair([first, second], room);
  }

  /** Lets them finish their sentence and part; their seats are free for the next pair then. */
  async part(): Promise<Exchange> {
    this.#isOver = true;
    await this.#talk;
    for (const member of this.#members) {
      const inOrder = member.numbers().every((n, index) => n === index);
      if (!inOrder || member.numbers().length !== this.#said)
        this.#trouble.push('signals were lost or doubled');
      for (const { type } of member.events.seen) {
        if (!['welcome', 'up', 'joined', 'member-joined', 'signal'].includes(type)) this.#trouble.push(type);
      }
    }
    for (const { client } of this.#members) {
      await client.leave(this.#room);
      client.close();
    }
    return { said: this.#said, trouble: this.#trouble, slowestMs: Math.round(this.#slowestMs) };
  }

  async #talkOn(): Promise<void> {
    const [first, second] = this.#members;
    try {
      while (!this.#isOver) {
        const startedAt = performance.now();
        const n = numbered(this.#said);
        this.#said += 1;
        first.client.signal(this.#room, second.id, n);
        second.client.signal(this.#room, first.id, n);
        await Promise.all([first.next('signal'), second.next('signal')]);
        this.#slowestMs = Math.max(this.#slowestMs, performance.now() - startedAt);
        await pause(PACE_MS);
      }
    } catch (error) {
      this.#trouble.push(error instanceof Error ? error.message : String(error));
    }
  }
}
