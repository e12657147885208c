import {
  LIMITS,
  type AwayReason,
  type CloseCode,
  type Hello,
  type LeftReason,
  type Member,
  type Request,
  type RingMessage,
  type Signal,
  type Status,
  type WireError,
} from './protocol';
import { Line } from './line';
import { isRefusal, type Broker, type JoinOutcome, type Mail, type UnsequencedEvent } from './broker';
import type { Clock, Timer } from './clock';
import type { Connection, Receiver } from './connection';
import type { Doors, Newcomer } from './doors';
import type { IceIssuer, IssuedIceServers } from './ice-issuer';
import type { Logger } from './logger';

/** What members of either dialect need of their server. */
export interface MemberContext {
  broker: Broker;
  doors: Doors;
  clock: Clock;
  logger: Logger;
  graceMs: number;
  roomCapacity: number;
  /** Whether people may be present in a namespace. */
  hasPresence: (namespace: string) => boolean;
}

interface ParleyMemberOptions extends MemberContext {
  id: string;
  namespace: string;
  ice: IceIssuer;
  /** Nothing is left of this member: no seat, no wait and no socket. */
  onGone: () => void;
}

interface Place {
  state: 'seated' | 'waiting';
  /** The client came back without remembering this room; it has the grace to ask for it again. */
  forgotten: boolean;
}

const CLOSE_FOR: Partial<Record<WireError, CloseCode>> = {
  'room-full': 4409,
  'turned-away': 4403,
  'room-not-open': 4404,
  'too-many': 4429,
};

/** A member that speaks `parley.1`: lives as long as it has a socket, or a seat within its grace. */
export class ParleyMember implements Receiver {
  readonly #options: ParleyMemberOptions;
  readonly #address: (room: string) => { namespace: string; room: string };
  readonly #line: Line;
  readonly #places = new Map<string, Place>();
  #name = '';
  #device: Member['device'] = 'other';
  #key: string | null = null;
  /** How it is present in its namespace; `null` while it is not. */
  #status: Status | null = null;
  #graceTimer: Timer | null = null;
  /** It was refused while it was away, and should hear so rather than ask again. */
  #owesRefusal = false;
  #isStopped = false;

  constructor(options: ParleyMemberOptions) {
    this.#options = options;
    this.#address = (room) => ({ namespace: options.namespace, room });
    this.#line = new Line(options.clock);
    options.broker.register(options.id, (mail) => {
      this.#onMail(mail);
    });
  }

  /**
   * Takes a connection that proved this member's key; an older one is told that it was replaced.
   * @returns whether the conversation goes on where it was.
   */
  attach(connection: Connection, hello: Hello): { resumed: boolean } {
    this.#name = hello.name;
    this.#device = hello.device;
    this.#key = hello.publicKey;

    const resumed = this.#line.moveTo(connection, hello.resume?.lastSeq ?? null);
    if (!resumed) {
      this.#forgetPlaces();
      this.#status = null;
    }
    connection.handOver(this);

    const { graceMs, roomCapacity, id, broker } = this.#options;
    this.#line.welcome({
      self: id,
      resumed,
      ...this.#issueIceServers(),
      limits: { frameBytes: LIMITS.frameBytes, graceMs, roomCapacity },
    });
    this.#owesRefusal = false;
    // A backlog may have ended it right there; then it is away, not back.
    if (connection.ended) return { resumed };
    for (const [room, place] of this.#places) {
      if (place.state === 'seated' && !place.forgotten) this.#expect(broker.setBack(this.#address(room), id));
    }
    if (this.#status !== null) this.#appear(this.#status);
    this.#armGrace();
    return { resumed };
  }

  /** Joins the room of the URL's path, unless a resume already brought it back. */
  joinFromPath(room: string): void {
    const place = this.#places.get(room);
    if (!place || place.forgotten) this.#join(room);
  }

  receive(text: string): void {
    const request = this.#line.read(text);
    if (request) this.#handle(request);
  }

  ended(reason: AwayReason): void {
    if (this.#isStopped) return;
    this.#line.lost();
    const { broker, ice, id } = this.#options;
    ice.release(id);
    // Nobody can ring whom nothing reaches. It appears again as it was when it comes back.
    if (this.#status !== null) this.#expect(broker.vanish(this.#options.namespace, id));
    for (const [room, place] of this.#places) {
      if (place.state === 'seated') this.#expect(broker.setAway(this.#address(room), id, reason));
    }
    this.#armGrace();
  }

  /** The server is going down; who is away finds out by dialling. */
  warnOfDrain(retryAfterMs: number): void {
    if (this.#line.isConnected) this.#push({ type: 'draining', retryAfterMs });
  }

  /** Forgets everything without telling anybody: the server is going down. */
  stop(): void {
    this.#isStopped = true;
    if (this.#graceTimer !== null) this.#options.clock.clearTimeout(this.#graceTimer);
    this.#line.lost();
    const { broker, ice, id, namespace } = this.#options;
    ice.release(id);
    if (this.#status !== null) this.#expect(broker.vanish(namespace, id));
    broker.unregister(id);
  }

  #handle(request: Request): void {
    const { doors, id } = this.#options;
    switch (request.type) {
      case 'ice-servers':
        this.#renewIceServers();
        break;
      case 'present':
        this.#appear(request.status);
        break;
      case 'absent':
        this.#vanish();
        break;
      case 'tell':
        this.#tell(request.to, request.message);
        break;
      case 'join':
        this.#join(request.room);
        break;
      case 'leave':
        this.#leave(request.room, 'left');
        // Whoever leaves waits for this to quit.
        this.#line.ackNow();
        break;
      case 'signal':
        this.#signal(request.room, request.to, request.signal);
        break;
      case 'admit':
      case 'turn-away':
        this.#answerWith(
          doors.answer(this.#address(request.room), id, request.member, request.type === 'admit'),
          request.room,
        );
        break;
      case 'door':
        this.#answerWith(doors.setDoor(this.#address(request.room), id, request.door), request.room);
        break;
      default:
        request satisfies never;
    }
  }

  #appear(status: Status): void {
    const { broker, namespace, id, hasPresence } = this.#options;
    if (!hasPresence(namespace) || this.#key === null) {
      this.#push({ type: 'error', code: 'presence-off' });
      return;
    }
    this.#status = status;
    const person = { id, name: this.#name, device: this.#device, key: this.#key, status };
    const onOutcome = (hasAppeared: boolean): void => {
      if (hasAppeared) return;
      this.#status = null;
      this.#push({ type: 'error', code: 'too-many' });
    };
    this.#expect(broker.appear(namespace, person).then(onOutcome));
  }

  #vanish(): void {
    if (this.#status === null) return;
    this.#status = null;
    this.#expect(this.#options.broker.vanish(this.#options.namespace, this.#options.id));
  }

  #tell(to: string, message: RingMessage): void {
    const { broker, namespace, id } = this.#options;
    const onOutcome = (outcome: 'sent' | 'not-present' | 'peer-unavailable'): void => {
      if (outcome !== 'sent') this.#push({ type: 'error', code: outcome, to });
    };
    this.#expect(broker.tell(namespace, id, to, message).then(onOutcome));
  }

  #issueIceServers(): IssuedIceServers {
    return this.#options.ice.issue(this.#options.id, () => {
      this.#renewIceServers();
    });
  }

  #renewIceServers(): void {
    this.#push({ type: 'ice-servers', ...this.#issueIceServers() });
  }

  #join(room: string): void {
    const place = this.#places.get(room);
    if (!place && this.#places.size >= LIMITS.roomsPerMember) {
      this.#push({ type: 'error', code: 'too-many', room });
      return;
    }
    const reception = this.#options.doors.arrive(this.#address(room), this.#newcomer(room));
    switch (reception.kind) {
      case 'enter':
        this.#enter(room, reception.host);
        break;
      case 'wait':
        this.#places.set(room, { state: 'waiting', forgotten: false });
        this.#push({ type: 'knocking', room, hostName: reception.hostName });
        break;
      case 'refuse':
        this.#refuse(room, reception.code);
        break;
      default:
        reception satisfies never;
    }
  }

  #newcomer(room: string): Newcomer {
    return {
      member: this.#asMember(),
      app: false,
      letIn: () => {
        const { doors } = this.#options;
        // Asking again costs nothing: the door knows that this member may come in, and whose room it is.
        const reception = doors.arrive(this.#address(room), this.#newcomer(room));
        if (reception.kind === 'enter') this.#enter(room, reception.host);
      },
      refuse: (code) => {
        this.#refuse(room, code);
      },
    };
  }

  #enter(room: string, host: string | null): void {
    const { broker, doors, id, roomCapacity } = this.#options;
    const address = this.#address(room);
    this.#places.set(room, { state: 'seated', forgotten: false });
    const onOutcome = (outcome: JoinOutcome): void => {
      if (!isRefusal(outcome)) {
        doors.entered(address, id);
        return;
      }
      doors.departed(address, id, 'left');
      this.#refuse(room, outcome);
    };
    this.#expect(
      broker.join(address, this.#asMember(), { capacity: roomCapacity, host, app: false }).then(onOutcome),
    );
  }

  #refuse(room: string, code: WireError): void {
    const place = this.#places.get(room);
    this.#places.delete(room);
    if (place?.state === 'seated') {
      this.#expect(this.#options.broker.leave(this.#address(room), this.#options.id, 'left'));
    }
    this.#push({ type: 'error', code, room });
    const closeCode = CLOSE_FOR[code];
    // A socket belongs to a namespace: being refused one room must not cost the others.
    if (this.#line.isConnected) {
      const isNeeded = this.#places.size > 0 || this.#status !== null;
      if (!isNeeded && closeCode !== undefined) this.#line.close(closeCode);
    } else {
      this.#owesRefusal = true;
      this.#armGrace();
    }
  }

  #leave(room: string, reason: LeftReason): void {
    const place = this.#places.get(room);
    if (!place) return;
    this.#places.delete(room);
    const { broker, doors, id } = this.#options;
    if (place.state === 'seated') this.#expect(broker.leave(this.#address(room), id, reason));
    doors.departed(this.#address(room), id, reason);
  }

  #signal(room: string, to: string, signal: Signal): void {
    const { broker, id } = this.#options;
    const mail: Mail = { kind: 'event', event: { type: 'signal', room, from: id, signal } };
    const onSent = (sent: boolean): void => {
      if (!sent) this.#push({ type: 'error', code: 'peer-unavailable', room, to });
    };
    const sent = broker.send(this.#address(room), id, to, mail);
    if (typeof sent === 'boolean') onSent(sent);
    else this.#expect(sent.then(onSent));
  }

  #onMail(mail: Mail): void {
    // Plain members translate what they send, and nobody takes the seat of a member with a key.
    if (mail.kind !== 'event') return;
    const { event } = mail;
    // A client that has forgotten a room hears nothing of it until it asks for it again.
    const room = 'room' in event ? event.room : undefined;
    const isForgotten = room !== undefined && this.#places.get(room)?.forgotten === true;
    if (event.type === 'signal' && (isForgotten || !this.#line.hasRoom)) {
      const { broker, id } = this.#options;
      const error: UnsequencedEvent = { type: 'error', code: 'peer-unavailable', room: event.room, to: id };
      this.#expect(broker.deliver(event.from, { kind: 'event', event: error }));
      return;
    }
    // What it asked for itself is answered all the same.
    if (!isForgotten || event.type === 'error') this.#push(event);
  }

  #push(event: UnsequencedEvent): void {
    if (this.#line.say(event)) return;
    // It will learn what it missed from the `joined` that answers its next `join`.
    this.#line.startAnew();
    this.#forgetPlaces();
    this.#line.giveUp();
  }

  /** Rooms are kept only for as long as the client may ask for them again. */
  #forgetPlaces(): void {
    for (const place of this.#places.values()) place.forgotten = true;
  }

  #armGrace(): void {
    const { clock, graceMs } = this.#options;
    if (this.#graceTimer !== null) clock.clearTimeout(this.#graceTimer);
    this.#graceTimer = null;
    const isNeeded = !this.#line.isConnected || [...this.#places.values()].some((place) => place.forgotten);
    if (!isNeeded) return;
    if (this.#places.size === 0 && !this.#owesRefusal) {
      this.#goneIfUnused();
      return;
    }
    this.#graceTimer = clock.setTimeout(() => {
      this.#graceTimer = null;
      for (const [room, place] of [...this.#places]) {
        if (!this.#line.isConnected || place.forgotten) this.#leave(room, 'grace-ended');
      }
      this.#goneIfUnused();
    }, graceMs);
  }

  #goneIfUnused(): void {
    if (this.#line.isConnected || this.#places.size > 0) return;
    this.stop();
    this.#options.onGone();
  }

  #answerWith(code: WireError | null, room: string): void {
    if (code !== null) this.#push({ type: 'error', code, room });
  }

  #asMember(): Member {
    const away = !this.#line.isConnected;
    return {
      id: this.#options.id,
      name: this.#name,
      device: this.#device,
      key: this.#key,
      plain: false,
      away,
    };
  }

  /** The broker keeps the order; here is only what happens when its store is gone. */
  #expect(done: Promise<unknown>): void {
    done.catch((error: unknown) => {
      this.#options.logger.error('broker-failed', {
        error: error instanceof Error ? error.message : 'unknown',
      });
      this.#push({ type: 'error', code: 'unexpected' });
    });
  }
}
