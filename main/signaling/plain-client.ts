import * as v from 'valibot';
import {
  LIMITS,
  parseJson,
  plainSignalSchema,
  readAs,
  type CloseCode,
  type Member,
  type PlainSignal,
  type RoomAddress,
  type WireError,
} from './protocol';
import { plainFromSignal, signalFromPlain } from './plain-translation';
import {
  isRefusal,
  withAnswer,
  type Answer,
  type JoinOutcome,
  type Mail,
  type Mailbox,
  type UnsequencedEvent,
} from './broker';
import type { Connection, Receiver } from './connection';
import type { Newcomer } from './doors';
import type { MemberContext } from './parley-member';

interface PlainClientOptions extends MemberContext {
  id: string;
  address: RoomAddress;
  app: boolean;
  /** The socket is gone, and the seat with it: left, or taken by another. */
  onGone: (why: 'left' | 'replaced') => void;
}

const frameSchema = v.custom<{ type?: unknown }>(
  (json) => typeof json === 'object' && json !== null && !Array.isArray(json),
);

const CLOSE_FOR: Record<WireError, CloseCode> = {
  'room-full': 4409,
  'turned-away': 4403,
  'room-not-open': 4404,
  'too-many': 4429,
  unauthorized: 4401,
  'wrong-address': 4421,
  'bad-message': 4400,
  'peer-unavailable': 4400,
  'presence-off': 4400,
  'not-present': 4400,
  unexpected: 4400,
};

/**
 * A member that speaks the plain dialect: its socket is its seat. Hears nothing but what the other in the room says
 * (existing clients know no other frames) and, once, why it is refused.
 */
export class PlainClient implements Receiver, Mailbox {
  readonly #connection: Connection;
  readonly #options: PlainClientOptions;
  readonly #self: Member;
  /** The others in the room. */
  readonly #others = new Map<string, Member>();
  /** The last offer and its candidates, for whoever comes next. */
  #kept: { text: string; signal: PlainSignal }[] = [];
  #place: 'none' | 'waiting' | 'seated' = 'none';
  /** Whoever was there has been told that it came. */
  #isIntroduced = false;
  #sent = 0;
  #isStopped = false;

  constructor(connection: Connection, options: PlainClientOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#self = { id: options.id, name: '', device: 'web', key: null, plain: true, away: false };
    options.broker.register(options.id, this);
    connection.handOver(this);
  }

  /** Asks for the seat; said once, right after the upgrade. */
  arrive(): void {
    const { doors, address, app } = this.#options;
    const newcomer: Newcomer = {
      member: this.#self,
      app,
      letIn: () => {
        const reception = doors.arrive(address, newcomer);
        if (reception.kind === 'enter') this.#enter(reception.host);
      },
      refuse: (code) => {
        this.#refuse(code);
      },
    };
    const reception = doors.arrive(address, newcomer);
    switch (reception.kind) {
      case 'enter':
        this.#enter(reception.host);
        break;
      case 'wait':
        this.#place = 'waiting';
        break;
      case 'refuse':
        this.#refuse(reception.code);
        break;
      default:
        reception satisfies never;
    }
  }

  receive(text: string): void {
    const json = parseJson(text);
    const frame = readAs(frameSchema, json);
    if (frame === null) {
      this.#connection.junk();
      return;
    }
    if (frame.type === 'keepAlive') return;
    if (this.#others.size === 0) {
      const signal = readAs(plainSignalSchema, json);
      if (signal) this.#keep(text, signal);
      return;
    }
    this.#connection.charge(this.#others.size - 1);
    const readAt = this.#connection.heardAt;
    for (const other of this.#others.values()) {
      // Between plain members frames go as they came.
      this.#sendTo(other, text, other.plain ? null : readAs(plainSignalSchema, json), readAt);
    }
  }

  ended(): void {
    if (!this.#isStopped) this.#depart('left');
  }

  /** Forgets everything without telling anybody: the server is going down. */
  stop(): void {
    this.#isStopped = true;
    this.#options.broker.unregister(this.#options.id);
  }

  #enter(host: string | null): void {
    const { broker, doors, address, app, roomCapacity } = this.#options;
    this.#place = 'seated';
    const joined = broker.join(address, this.#self, { capacity: roomCapacity, host, app });
    const onOutcome = (outcome: JoinOutcome): void => {
      if (isRefusal(outcome)) {
        this.#refuse(outcome);
        return;
      }
      doors.entered(address, this.#self.id);
      this.#isIntroduced = true;
      this.#sayKept();
    };
    this.#expect(withAnswer(joined, onOutcome));
  }

  #refuse(code: WireError): void {
    this.#connection.send(JSON.stringify({ type: 'error', code }));
    this.#connection.close(CLOSE_FOR[code]);
  }

  #depart(why: 'left' | 'replaced'): void {
    const { broker, doors, address, onGone } = this.#options;
    // A replaced member has no seat any more; whoever took it is not to be disturbed.
    if (this.#place === 'seated' && why === 'left')
      this.#expect(broker.leave(address, this.#self.id, 'left'));
    this.#place = 'none';
    doors.departed(address, this.#self.id, why);
    this.stop();
    onGone(why);
  }

  /** Keeps what a lone member says, as far as somebody who comes later can use it. */
  #keep(text: string, signal: PlainSignal): void {
    if (signal.type === 'offer') this.#kept = [];
    else if (signal.type === 'answer' || this.#kept.length === 0) return;
    const units = this.#kept.reduce((sum, kept) => sum + kept.text.length, text.length);
    const hasRoom = this.#kept.length < LIMITS.plainBacklog && units <= LIMITS.plainBacklogUnits;
    if (hasRoom) this.#kept.push({ text, signal });
  }

  /** @param readAt where it was not kept */
  #sendTo(other: Member, text: string, signal: PlainSignal | null, readAt?: number): void {
    const { broker, address } = this.#options;
    if (other.plain) {
      this.#expect(broker.send(address, this.#self.id, other.id, { kind: 'plain', text, readAt }));
      return;
    }
    // A member with a key understands nothing else.
    if (!signal) return;
    const translated = signalFromPlain(signal, this.#self.id, this.#sent);
    this.#sent += 1;
    const mail: Mail = {
      kind: 'event',
      event: { type: 'signal', room: address.room, from: this.#self.id, signal: translated },
      readAt,
    };
    this.#expect(broker.send(address, this.#self.id, other.id, mail));
  }

  #meet(...others: Member[]): void {
    for (const other of others) this.#others.set(other.id, other);
    this.#sayKept();
  }

  /** What it said while it was alone, or at the door, once those who hear it know whom they hear. */
  #sayKept(): void {
    if (!this.#isIntroduced || this.#others.size === 0) return;
    const kept = this.#kept;
    this.#kept = [];
    for (const { text, signal } of kept) {
      for (const other of this.#others.values()) this.#sendTo(other, text, signal);
    }
  }

  take(mail: Mail): boolean {
    switch (mail.kind) {
      case 'plain':
        this.#connection.send(mail.text);
        return true;
      case 'replaced':
        this.#connection.send(JSON.stringify({ type: 'error', code: 'replaced' }));
        this.#connection.detach(4410);
        this.#depart('replaced');
        return true;
      case 'event':
        this.#hear(mail.event);
        return true;
      default:
        mail satisfies never;
        return false;
    }
  }

  #hear(event: UnsequencedEvent): void {
    if (event.type === 'joined') this.#meet(...event.members);
    else if (event.type === 'member-joined') this.#meet(event.member);
    else if (event.type === 'member-left') this.#others.delete(event.member);
    else if (event.type === 'signal') {
      const plain = plainFromSignal(event.signal);
      if (plain) this.#connection.send(JSON.stringify(plain));
    }
  }

  #expect(done: Answer<unknown>): void {
    if (!(done instanceof Promise)) return;
    done.catch((error: unknown) => {
      this.#options.logger.error('broker-failed', {
        error: error instanceof Error ? error.message : 'unknown',
      });
      this.#connection.terminate('closed');
    });
  }
}
