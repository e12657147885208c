import {
  LIMITS,
  type AwayReason,
  type CloseCode,
  type Hello,
  type LeftReason,
  type Member,
  type Request,
  type RingMessage,
  type RoomAddress,
  type Status,
  type WireError,
} from './protocol';
import { Line } from './line';
import {
  isRefusal,
  withAnswer,
  type Answer,
  type Broker,
  type JoinOutcome,
  type Mail,
  type Mailbox,
  type SendOutcome,
  type UnsequencedEvent,
} from './broker';
import type { Clock, Timer } from './clock';
import type { Connection, Receiver } from './connection';
import type { Doors, Newcomer } from './doors';
import type { IceIssuer, IssuedIceServers } from './ice-issuer';
import type { Logger } from './logger';
import type { Metrics } from './metrics';
import type { SignalRequest, SplicedRequest } from './signal-request';
import type { Holding } from './visitors';

/** What members of either dialect need of their server; one object for all of them. */
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

/** What members of this dialect need beside. */
export interface ParleyMemberContext extends MemberContext {
  ice: IceIssuer;
  metrics: Metrics;
  /** Nothing is left of this member: no seat, no wait and no socket. */
  onGone: (member: string) => void;
}

interface Place {
  room: string;
  state: 'seated' | 'waiting';
  /** The client came back without remembering this room; it has the grace to ask for it again. */
  forgotten: boolean;
  /** There was no room to tell who came, went or knocked; until all of it is told anew, no more of that is. */
  missesNews: boolean;
}

/** Frames that it costs to come or go, which every other in the room or namespace is told of. */
const NEWS_COST = 8;
/** People who are told of somebody for one frame more. */
const PEOPLE_PER_FRAME_OF_COST = 16;

const CLOSE_FOR: Partial<Record<WireError, CloseCode>> = {
  'room-full': 4409,
  'turned-away': 4403,
  'room-not-open': 4404,
  'too-many': 4429,
};

/** A member that speaks `parley.1`: lives as long as it has a socket, or a seat within its grace. */
export class ParleyMember implements Receiver, Mailbox {
  readonly #context: ParleyMemberContext;
  readonly #namespace: string;
  readonly #line: Line;
  /** Mostly one, and never many: an array of them is a third of a map. */
  #places: readonly Place[] = [];
  #self: Member;
  /** Where its places count: with the address of its newest socket. */
  #holding: Holding | null = null;
  /** How it is present in its namespace; `null` while it is not. */
  #status: Status | null = null;
  /** As {@link Place.missesNews}, of the people who are present. */
  #missesPeople = false;
  #graceTimer: Timer | null = null;
  #isStopped = false;

  constructor(context: ParleyMemberContext, id: string, namespace: string) {
    this.#context = context;
    this.#namespace = namespace;
    this.#self = { id, name: '', device: 'other', key: null, plain: false, away: true };
    this.#line = new Line(context.clock);
    context.broker.register(id, this);
  }

  /**
   * Takes a connection that proved this member's key; an older one is told that it was replaced.
   * @returns whether the conversation goes on where it was.
   */
  attach(connection: Connection, hello: Hello): { resumed: boolean } {
    const { id } = this.#self;
    const { name, device, publicKey: key } = hello;
    this.#self = { id, name, device, key, plain: false, away: false };
    this.#holdAt(connection.holding);

    const resumed = this.#line.moveTo(connection, hello.resume?.lastSeq ?? null);
    // The older socket may be dead, and nobody have noticed: who comes back sees nobody, and is to be told who is there.
    this.#hide();
    if (!resumed) {
      this.#forgetPlaces();
      this.#status = null;
    }
    connection.handOver(this);

    const { graceMs, roomCapacity, broker } = this.#context;
    this.#line.welcome({
      self: id,
      resumed,
      ...this.#issueIceServers(),
      limits: { frameBytes: LIMITS.frameBytes, graceMs, roomCapacity },
    });
    // A backlog may have ended it right there; then it is away, not back.
    if (connection.ended) return { resumed };
    for (const { room, state, forgotten } of this.#places) {
      if (state === 'seated' && !forgotten) this.#expect(broker.setBack(this.#address(room), id));
    }
    if (this.#status !== null) this.#appear(this.#status);
    this.#armGrace();
    this.#catchUp();
    return { resumed };
  }

  /** Joins the room of the URL's path, unless a resume already brought it back. */
  joinFromPath(room: string): void {
    const place = this.#placeIn(room);
    if (!place || place.forgotten) this.#join(room);
  }

  receive(text: string): void {
    const request = this.#line.read(text);
    if (request) this.#handle(request);
    // It may have been an acknowledgement, which makes room.
    else this.#catchUp();
  }

  ended(reason: AwayReason): void {
    if (this.#isStopped) return;
    this.#line.lost();
    const { broker, ice } = this.#context;
    const { id } = this.#self;
    ice.release(id);
    // Nobody can ring whom nothing reaches. It appears again as it was when it comes back.
    this.#hide();
    for (const { room, state } of this.#places) {
      if (state === 'seated') this.#expect(broker.setAway(this.#address(room), id, reason));
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
    const { broker, clock, ice } = this.#context;
    if (this.#graceTimer !== null) clock.clearTimeout(this.#graceTimer);
    this.#line.lost();
    ice.release(this.#self.id);
    broker.unregister(this.#self.id);
  }

  #handle(request: Request | SplicedRequest): void {
    const { doors } = this.#context;
    const { id } = this.#self;
    switch (request.type) {
      case 'ice-servers':
        this.#renewIceServers();
        break;
      case 'present':
        this.#appear(request.status);
        break;
      case 'absent':
        this.#vanish();
        this.#chargePresence();
        break;
      case 'tell':
        this.#tell(request.to, request.message);
        break;
      case 'join':
        this.#join(request.room);
        this.#line.charge(NEWS_COST);
        break;
      case 'leave':
        this.#leave(request.room, 'left');
        // Whoever leaves waits for this to quit.
        this.#line.ackNow();
        this.#line.charge(NEWS_COST);
        break;
      case 'signal':
        this.#signal(request);
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
    const { broker, hasPresence } = this.#context;
    const { id, name, device, key } = this.#self;
    if (!hasPresence(this.#namespace) || key === null) {
      this.#push({ type: 'error', code: 'presence-off' });
      return;
    }
    this.#status = status;
    const person = { id, name, device, key, status };
    const onOutcome = (hasAppeared: boolean): void => {
      if (hasAppeared) return;
      this.#status = null;
      this.#push({ type: 'error', code: 'too-many' });
    };
    this.#expect(withAnswer(broker.appear(this.#namespace, person), onOutcome));
    this.#chargePresence();
  }

  #vanish(): void {
    this.#hide();
    this.#status = null;
  }

  /** Nobody is shown it any more, until it appears as it was. */
  #hide(): void {
    if (this.#status !== null) this.#expect(this.#context.broker.vanish(this.#namespace, this.#self.id));
  }

  /** Everybody present is told. Said last: who owes too much is gone by it. */
  #chargePresence(): void {
    const people = this.#context.broker.peopleCount(this.#namespace);
    this.#line.charge(NEWS_COST + Math.floor(people / PEOPLE_PER_FRAME_OF_COST));
  }

  #tell(to: string, message: RingMessage): void {
    const onOutcome = (outcome: 'sent' | 'not-present' | 'peer-unavailable'): void => {
      if (outcome !== 'sent') this.#push({ type: 'error', code: outcome, to });
    };
    this.#expect(
      withAnswer(this.#context.broker.tell(this.#namespace, this.#self.id, to, message), onOutcome),
    );
  }

  #issueIceServers(): IssuedIceServers {
    return this.#context.ice.issue(this.#self.id, () => {
      this.#renewIceServers();
    });
  }

  #renewIceServers(): void {
    this.#push({ type: 'ice-servers', ...this.#issueIceServers() });
  }

  #join(room: string): void {
    if (!this.#placeIn(room) && this.#hasPlacesEnough()) {
      this.#context.metrics.joins.add('too-many');
      this.#push({ type: 'error', code: 'too-many', room });
      return;
    }
    const reception = this.#context.doors.arrive(this.#address(room), this.#newcomer(room));
    switch (reception.kind) {
      case 'enter':
        this.#enter(room, reception.host);
        break;
      case 'wait':
        this.#takePlace(room, 'waiting');
        this.#push({ type: 'knocking', room, hostName: reception.hostName });
        break;
      case 'refuse':
        this.#refuse(room, reception.code);
        break;
      default:
        reception satisfies never;
    }
  }

  #hasPlacesEnough(): boolean {
    const { seats, maxSeats } = this.#holding ?? { seats: 0, maxSeats: 0 };
    return this.#places.length >= LIMITS.roomsPerMember || seats >= maxSeats;
  }

  #newcomer(room: string): Newcomer {
    return {
      member: this.#asMember(),
      app: false,
      letIn: () => {
        const { doors } = this.#context;
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
    const { broker, doors, roomCapacity } = this.#context;
    const { id } = this.#self;
    const address = this.#address(room);
    this.#takePlace(room, 'seated');
    const onOutcome = (outcome: JoinOutcome): void => {
      if (!isRefusal(outcome)) {
        doors.entered(address, id);
        return;
      }
      doors.departed(address, id, 'left');
      this.#refuse(room, outcome);
    };
    const joined = broker.join(address, this.#asMember(), { capacity: roomCapacity, host, app: false });
    this.#expect(withAnswer(joined, onOutcome));
  }

  #refuse(room: string, code: WireError): void {
    const place = this.#givePlaceUp(room);
    if (place?.state === 'seated') {
      this.#expect(this.#context.broker.leave(this.#address(room), this.#self.id, 'left'));
    }
    this.#push({ type: 'error', code, room });
    const closeCode = CLOSE_FOR[code];
    // A socket belongs to a namespace: being refused one room must not cost the others. Who is away has its grace to
    // come back and hear of it rather than ask again: that runs already, and is not longer for it.
    const isNeeded = this.#places.length > 0 || this.#status !== null;
    if (!isNeeded && closeCode !== undefined) this.#line.close(closeCode);
  }

  #leave(room: string, reason: LeftReason): void {
    const place = this.#givePlaceUp(room);
    if (!place) return;
    const { broker, doors } = this.#context;
    const { id } = this.#self;
    const address = this.#address(room);
    if (place.state === 'seated') this.#expect(broker.leave(address, id, reason));
    doors.departed(address, id, reason);
  }

  #signal(request: SignalRequest | SplicedRequest): void {
    const { room, to, signal } = request;
    const { id } = this.#self;
    const mail: Mail = {
      kind: 'event',
      event: { type: 'signal', room, from: id, signal },
      readAt: this.#line.heardAt,
    };
    if ('json' in request) {
      mail.json = `{"type":"signal","room":${JSON.stringify(room)},"from":"${id}","signal":${request.json}}`;
    }
    const onOutcome = (outcome: SendOutcome): void => {
      if (outcome !== 'sent') this.#push({ type: 'error', code: 'peer-unavailable', room, to });
    };
    this.#expect(withAnswer(this.#context.broker.send(this.#address(room), id, to, mail), onOutcome));
  }

  take(mail: Mail): boolean {
    // Plain members translate what they send, and nobody takes the seat of a member with a key.
    if (mail.kind !== 'event') return false;
    const { event } = mail;
    const place = 'room' in event && event.room !== undefined ? this.#placeIn(event.room) : undefined;
    // A client that has forgotten a room hears nothing of it until it asks for it again.
    if (place?.forgotten === true || !this.#findsRoom(event, place)) return false;
    this.#push(event, mail.json);
    return true;
  }

  /**
   * Whether an event is to be told. What others do must never cost this member its conversation: what they say may be
   * refused, and news of them that finds no room is told later, all at once.
   */
  #findsRoom(event: UnsequencedEvent, place: Place | undefined): boolean {
    switch (event.type) {
      case 'signal':
      case 'told':
        return this.#line.hasRoom;
      case 'person':
      case 'person-gone':
        // The other half is for the calls of this member, whatever goes on among the people.
        this.#missesPeople ||= !this.#line.hasPlenty;
        return !this.#missesPeople;
      case 'member-joined':
      case 'member-away':
      case 'member-back':
      case 'member-left':
      case 'knock':
        if (!place) return this.#line.hasRoom;
        place.missesNews ||= !this.#line.hasRoom;
        return !place.missesNews;
      case 'people':
        if (event.offset === 0) this.#missesPeople = false;
        return true;
      case 'joined':
        if (place) place.missesNews = false;
        return true;
      case 'knocking':
      // Of a knock that was told, of which there are but few at a time.
      case 'knock-ended':
      case 'draining':
      case 'ice-servers':
      case 'error':
        return true;
      default:
        return event satisfies never;
    }
  }

  /** Tells all of what there was no room to tell the changes of, as soon as there is. */
  #catchUp(): void {
    if (this.#missesPeople && this.#line.hasPlenty) {
      this.#missesPeople = false;
      this.#expect(this.#context.broker.listPeople(this.#namespace, this.#self.id));
    }
    // Who sits there already is only told, again, who else does.
    for (const { room, missesNews } of this.#places) if (missesNews && this.#line.hasPlenty) this.#join(room);
  }

  #push(event: UnsequencedEvent, json = JSON.stringify(event)): void {
    if (this.#line.say(json)) return;
    // It will learn what it missed from the `joined` that answers its next `join`.
    this.#line.startAnew();
    this.#forgetPlaces();
    this.#line.giveUp();
  }

  /** Rooms are kept only for as long as the client may ask for them again. */
  #forgetPlaces(): void {
    for (const place of this.#places) Object.assign(place, { forgotten: true, missesNews: false });
  }

  #placeIn(room: string): Place | undefined {
    return this.#places.find((place) => place.room === room);
  }

  #takePlace(room: string, state: Place['state']): void {
    const known = this.#placeIn(room);
    // Not added by a spread, which leaves space for sixteen more.
    if (known) {
      Object.assign(known, { state, forgotten: false });
      return;
    }
    this.#places = this.#places.concat({ room, state, forgotten: false, missesNews: false });
    if (this.#holding) this.#holding.seats += 1;
  }

  #givePlaceUp(room: string): Place | undefined {
    const given = this.#placeIn(room);
    if (!given) return undefined;
    this.#places = this.#places.filter((place) => place !== given);
    if (this.#holding) this.#holding.seats -= 1;
    return given;
  }

  /** Its places go with it to another address, also where that has as many as it may: nobody loses a seat by moving. */
  #holdAt(holding: Holding): void {
    if (this.#holding) this.#holding.seats -= this.#places.length;
    holding.seats += this.#places.length;
    this.#holding = holding;
  }

  #address(room: string): RoomAddress {
    return { namespace: this.#namespace, room };
  }

  #armGrace(): void {
    const { clock, graceMs } = this.#context;
    if (this.#graceTimer !== null) clock.clearTimeout(this.#graceTimer);
    this.#graceTimer = null;
    const isNeeded = !this.#line.isConnected || this.#places.some((place) => place.forgotten);
    if (!isNeeded) return;
    if (this.#places.length === 0) {
      this.#goneIfUnused();
      return;
    }
    this.#graceTimer = clock.setTimeout(() => {
      this.#graceTimer = null;
      for (const { room, forgotten } of this.#places) {
        if (!this.#line.isConnected || forgotten) this.#leave(room, 'grace-ended');
      }
      this.#goneIfUnused();
    }, graceMs);
  }

  #goneIfUnused(): void {
    if (this.#line.isConnected || this.#places.length > 0) return;
    this.stop();
    this.#context.onGone(this.#self.id);
  }

  #answerWith(code: WireError | null, room: string): void {
    if (code !== null) this.#push({ type: 'error', code, room });
  }

  #asMember(): Member {
    return this.#line.isConnected ? this.#self : { ...this.#self, away: true };
  }

  /** The broker keeps the order; here is only what happens when its store is gone. */
  #expect(done: Answer<unknown>): void {
    if (!(done instanceof Promise)) return;
    done.catch((error: unknown) => {
      this.#context.logger.error('broker-failed', {
        error: error instanceof Error ? error.message : 'unknown',
      });
      this.#push({ type: 'error', code: 'unexpected' });
    });
  }
}
