import type { Door, IceServer, Member, Signal } from '../../main/signaling/protocol';
import type {
  Book,
  Bridge,
  BridgeEvent,
  CallRecord,
  HostRequest,
  JoinTarget,
  KnownChange,
  KnownPerson,
  Result,
  RingAnswer,
  RingOffer,
  RoomSeat,
  Settings,
} from '../../preload/bridge';

type Called<K extends keyof Bridge> = { method: K; args: Parameters<Bridge[K]> };

/** A bridge to nowhere: notes what it is asked and answers as the test says. */
export class FakeBridge implements Bridge {
  readonly calls: Called<keyof Bridge>[] = [];
  readonly signals: { to: string; signal: Signal }[] = [];
  /** What `hostRoom` and `joinRoom` answer, once resolved. */
  answer: PromiseWithResolvers = withResolvers();
  /** What the server would say when asked for fresh ones. */
  iceServers: IceServer[] = [];
  /** Whether a ring that is answered is open yet. */
  isRingOpen = true;
  /** What the app remembers. */
  book: Book = { people: [], calls: [], problems: [] };
  /** Carries signals somewhere. */
  onSignal: (to: string, signal: Signal) => void = () => {};
  /** Tells the others in the room. */
  onLeave: () => void = () => {};
  readonly #listeners = new Set<(event: BridgeEvent) => void>();

  /** Everything asked of one method, newest last. */
  asked<K extends keyof Bridge>(method: K): Parameters<Bridge[K]>[] {
    return this.calls.filter((call): call is Called<K> => call.method === method).map(({ args }) => args);
  }

  emit(event: BridgeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  on(listener: (event: BridgeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  hostRoom(request: HostRequest): Promise<Result<RoomSeat>> {
    this.calls.push({ method: 'hostRoom', args: [request] });
    return this.#nextAnswer();
  }

  usePassword(servers: string[], password: string): Promise<void> {
    this.calls.push({ method: 'usePassword', args: [servers, password] });
    return Promise.resolve();
  }

  canKeepPassword(): Promise<boolean> {
    return Promise.resolve(false);
  }

  joinRoom(target: JoinTarget): Promise<Result<RoomSeat>> {
    this.calls.push({ method: 'joinRoom', args: [target] });
    return this.#nextAnswer();
  }

  #nextAnswer(): Promise<Result<RoomSeat>> {
    this.answer = withResolvers();
    return this.answer.promise;
  }

  leaveRoom(): Promise<void> {
    this.calls.push({ method: 'leaveRoom', args: [] });
    this.onLeave();
    return Promise.resolve();
  }

  setDoor(door: Door): Promise<void> {
    this.calls.push({ method: 'setDoor', args: [door] });
    return Promise.resolve();
  }

  answerKnock(member: string, answer: 'let-in' | 'turn-away'): Promise<void> {
    this.calls.push({ method: 'answerKnock', args: [member, answer] });
    return Promise.resolve();
  }

  sendSignal(to: string, signal: Signal): Promise<void> {
    this.calls.push({ method: 'sendSignal', args: [to, signal] });
    this.signals.push({ to, signal });
    this.onSignal(to, signal);
    return Promise.resolve();
  }

  freshIceServers(): Promise<IceServer[]> {
    this.calls.push({ method: 'freshIceServers', args: [] });
    return Promise.resolve(this.iceServers);
  }

  start(): Promise<never> {
    return Promise.reject(new Error('not in this test'));
  }

  changeSettings(): Promise<Result<Settings>> {
    return Promise.resolve({ ok: false, code: 'unexpected' });
  }

  readTarget(): Promise<Result<JoinTarget>> {
    return Promise.resolve({ ok: false, code: 'bad-link' });
  }

  suggestRoom(): Promise<string> {
    return Promise.resolve('one-two-three');
  }

  meetNearby(): Promise<Result<null>> {
    return Promise.resolve({ ok: false, code: 'nobody-there' });
  }

  lookNearby(): Promise<void> {
    return Promise.resolve();
  }

  watchPeople(): Promise<void> {
    this.calls.push({ method: 'watchPeople', args: [] });
    return Promise.resolve();
  }

  ring(link: string, to: string, offer: RingOffer): Promise<boolean> {
    this.calls.push({ method: 'ring', args: [link, to, offer] });
    return Promise.resolve(true);
  }

  confirmRinging(link: string, call: string, ahead: boolean): Promise<void> {
    this.calls.push({ method: 'confirmRinging', args: [link, call, ahead] });
    return Promise.resolve();
  }

  answerRing(link: string, call: string, answer: RingAnswer): Promise<boolean> {
    this.calls.push({ method: 'answerRing', args: [link, call, answer] });
    return Promise.resolve(this.isRingOpen);
  }

  cancelRing(link: string, call: string, reason: 'cancelled' | 'no-answer'): Promise<void> {
    this.calls.push({ method: 'cancelRing', args: [link, call, reason] });
    return Promise.resolve();
  }

  readBook(): Promise<Book> {
    return Promise.resolve(this.book);
  }

  changeKnown(key: string, change: KnownChange): Promise<Result<KnownPerson>> {
    this.calls.push({ method: 'changeKnown', args: [key, change] });
    return Promise.resolve({ ok: false, code: 'book-not-saved' });
  }

  forgetKnown(key: string): Promise<Result<null>> {
    return this.#done('forgetKnown', key);
  }

  addCall(record: CallRecord): Promise<Result<null>> {
    return this.#done('addCall', record);
  }

  seeCalls(): Promise<Result<null>> {
    return this.#done('seeCalls');
  }

  forgetCalls(ids: string[]): Promise<Result<null>> {
    return this.#done('forgetCalls', ids);
  }

  restoreCalls(): Promise<Result<null>> {
    return this.#done('restoreCalls');
  }

  #done<K extends keyof Bridge>(method: K, ...args: Parameters<Bridge[K]>): Promise<Result<null>> {
    this.calls.push({ method, args });
    return Promise.resolve({ ok: true, value: null });
  }

  setInCall(inCall: boolean): Promise<void> {
    this.calls.push({ method: 'setInCall', args: [inCall] });
    return Promise.resolve();
  }

  showOutside(): Promise<void> {
    return Promise.resolve();
  }

  answerClose(): Promise<void> {
    return Promise.resolve();
  }

  startsAtLogin(): Promise<boolean> {
    return Promise.resolve(false);
  }

  setStartAtLogin(): Promise<Result<null>> {
    return Promise.resolve({ ok: true, value: null });
  }

  canMuteWith(): Promise<boolean> {
    return Promise.resolve(true);
  }

  copyText(): Promise<void> {
    return Promise.resolve();
  }

  openPrivacySettings(): Promise<boolean> {
    return Promise.resolve(false);
  }

  setFullScreen(): Promise<void> {
    return Promise.resolve();
  }
}

interface PromiseWithResolvers {
  promise: Promise<Result<RoomSeat>>;
  resolve: (result: Result<RoomSeat>) => void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve: (result: Result<RoomSeat>) => void = () => {};
  const promise = new Promise<Result<RoomSeat>>((done) => (resolve = done));
  return { promise, resolve };
}

/** A member with an id of the right shape made from a letter; greater letters have greater ids. */
export function fakeMember(letter: string, change: Partial<Member> = {}): Member {
  const id = letter.repeat(22);
  return { id, name: `Name ${letter}`, device: 'desktop', key: 'key', plain: false, away: false, ...change };
}

export const fakeTarget: JoinTarget = { servers: ['ws://10.0.0.1:9238'], namespace: 'default', room: 'room' };

/** A seat in a room with some others; `door` makes it one's own hosted room. */
export function fakeSeat(self: string, members: Member[], door: Door | null = null): RoomSeat {
  const id = self.repeat(22);
  const hosted = { port: 9238, addresses: [], link: 'parley://join?room=room', door: door ?? 'ask' };
  return {
    namespace: 'default',
    room: 'room',
    self: id,
    host: door ? id : (members[0]?.id ?? null),
    members,
    iceServers: [],
    server: 'ws://10.0.0.1:9238',
    hosted: door ? hosted : null,
  };
}
