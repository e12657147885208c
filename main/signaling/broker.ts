/**
 * Membership and delivery: who sits where, and how something reaches a member on whichever node it is connected to.
 * The rest of the server knows only this interface; one node uses `local-broker.ts`.
 */
import type {
  AwayReason,
  LeftReason,
  Member,
  Person,
  RingMessage,
  RoomAddress,
  ServerEvent,
} from './protocol';

type WithoutSeq<Event> = Event extends unknown ? Omit<Event, 'seq'> : never;

/** An event before it is numbered for the member that gets it. */
export type UnsequencedEvent = WithoutSeq<ServerEvent>;

/** What a broker carries to a member's mailbox. */
export type Mail = Letter & {
  /** When the frame was read that it came in; not where that was kept, and not where it is the server's own. */
  readAt?: number | undefined;
};

type Letter =
  /** `json` is the event as text, where that is known; else whoever needs it writes it. */
  | { kind: 'event'; event: UnsequencedEvent; json?: string }
  /** A frame of one plain member to another, as it came. */
  | { kind: 'plain'; text: string }
  /** Another plain member has taken the seat. */
  | { kind: 'replaced'; room: string };

/** Takes what is for one member, in the order things happened. */
export interface Mailbox {
  /** @returns false where it was refused: its receiver takes no more just now */
  take(mail: Mail): boolean;
}

/** What became of mail from one member to another: one of the two does not sit there, or its receiver refused it. */
export type SendOutcome = 'sent' | 'not-seated' | 'not-taken';

/** How a seat may be taken. */
export interface SeatRules {
  /** Seats of the room, all in all. */
  capacity: number;
  /** Whose room it is: one seat is always kept for this member. `null` where a room belongs to nobody. */
  host: string | null;
  /** A plain member that came with `?app`: takes the seat of another plain member where it must. */
  app: boolean;
}

/** Why there is no seat; `too-many`: the room would be a new one, and there are as many as there may be. */
export type JoinRefusal = 'room-full' | 'too-many';

/** `back`: the member had been away, and has its seat again. */
export type JoinOutcome = 'joined' | 'back' | JoinRefusal;

/** Whether a join ended without a seat. */
export function isRefusal(outcome: JoinOutcome): outcome is JoinRefusal {
  return outcome === 'room-full' || outcome === 'too-many';
}

/** An answer, at once where it is known at once: a promise costs as much as most of what it would answer. */
export type Answer<T> = T | Promise<T>;

/** Goes on with an answer when it is there. */
export function withAnswer<T, R>(answer: Answer<T>, goOn: (known: T) => R): Answer<R> {
  return answer instanceof Promise ? answer.then(goOn) : goOn(answer);
}

/**
 * Calls take effect in the order they were made, and mail to one member arrives in the order of the effects it tells
 * of; so nobody has to wait for a promise before the next call. A rejected promise means the broker's store is gone.
 */
export interface Broker {
  /** Rooms that somebody of this node sits in. */
  readonly roomCount: number;

  /** From now on mail to this member goes to `mailbox`. */
  register(member: string, mailbox: Mailbox): void;
  unregister(member: string): void;

  /**
   * Takes a seat, in one step with checking that there is one. The newcomer gets `joined`, then the others
   * `member-joined`. For a member that already sits there, only `joined`, and the others `member-back` if it was away.
   */
  join(address: RoomAddress, member: Member, rules: SeatRules): Answer<JoinOutcome>;
  /** Frees a seat and tells the others. @returns whether there was one. */
  leave(address: RoomAddress, member: string, reason: LeftReason): Answer<boolean>;
  /** Keeps a seat whose member lost its socket, and tells the others. @returns whether that is news. */
  setAway(address: RoomAddress, member: string, reason: AwayReason): Answer<boolean>;
  /** The member is there again; the others hear of it if it was away. @returns whether it was. */
  setBack(address: RoomAddress, member: string): Answer<boolean>;

  /** Carries mail from a member of a room to another one. */
  send(address: RoomAddress, from: string, to: string, mail: Mail): Answer<SendOutcome>;
  /**
   * Makes someone present in a namespace, or changes how. Who was not present gets `people` first, then the others
   * `person`, or `person-gone` once they are invisible.
   * @returns false if as many are present as may be.
   */
  appear(namespace: string, person: Person): Answer<boolean>;
  /**
   * Nobody is shown this member any more. Who saw it is told so, or, where it was invisible, whom it had told something.
   * @returns whether it was present.
   */
  vanish(namespace: string, member: string): Answer<boolean>;
  /** Tells somebody who is present anew of everybody who is, in `people`. @returns whether they are present. */
  listPeople(namespace: string, member: string): Answer<boolean>;
  /** How many are present in a namespace, as far as this node knows. */
  peopleCount(namespace: string): number;
  /**
   * Carries a message from one who is present to another. Who is invisible is not there, but to those whom they told
   * something since they are.
   * @returns who of the two is not, or `sent`.
   */
  tell(
    namespace: string,
    from: string,
    to: string,
    message: RingMessage,
  ): Answer<'sent' | 'not-present' | 'peer-unavailable'>;

  /** Carries mail to a member wherever it is. @returns false if no mailbox takes it. */
  deliver(to: string, mail: Mail): Answer<boolean>;
}
