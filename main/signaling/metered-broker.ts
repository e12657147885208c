import type { AwayReason, LeftReason, Member, Person, RingMessage, RoomAddress } from './protocol';
import {
  withAnswer,
  type Answer,
  type Broker,
  type JoinOutcome,
  type Mail,
  type Mailbox,
  type SeatRules,
  type SendOutcome,
} from './broker';
import type { Clock } from './clock';
import type { Logger } from './logger';
import type { Metrics } from './metrics';

/** Counts what goes through a broker, whichever it is, and logs who comes and goes, without saying who or where. */
export class MeteredBroker implements Broker {
  readonly #broker: Broker;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(
    broker: Broker,
    { metrics, clock, logger }: { metrics: Metrics; clock: Clock; logger: Logger },
  ) {
    this.#broker = broker;
    this.#metrics = metrics;
    this.#clock = clock;
    this.#logger = logger;
  }

  get roomCount(): number {
    return this.#broker.roomCount;
  }

  register(member: string, mailbox: Mailbox): void {
    this.#broker.register(member, mailbox);
  }

  unregister(member: string): void {
    this.#broker.unregister(member);
  }

  join(address: RoomAddress, member: Member, rules: SeatRules): Answer<JoinOutcome> {
    return withAnswer(this.#broker.join(address, member, rules), (outcome) => {
      this.#logger.debug('join', { outcome });
      if (outcome === 'back') this.#metrics.back += 1;
      else this.#metrics.joins.add(outcome);
      return outcome;
    });
  }

  leave(address: RoomAddress, member: string, reason: LeftReason): Answer<boolean> {
    return withAnswer(this.#broker.leave(address, member, reason), (hasLeft) => {
      if (!hasLeft) return false;
      this.#logger.debug('left', { reason });
      this.#metrics.left.add(reason);
      return true;
    });
  }

  setAway(address: RoomAddress, member: string, reason: AwayReason): Answer<boolean> {
    return withAnswer(this.#broker.setAway(address, member, reason), (isNews) => {
      if (!isNews) return false;
      this.#logger.debug('away', { reason });
      this.#metrics.away.add(reason);
      return true;
    });
  }

  setBack(address: RoomAddress, member: string): Answer<boolean> {
    return withAnswer(this.#broker.setBack(address, member), (isNews) => {
      if (!isNews) return false;
      this.#logger.debug('back');
      this.#metrics.back += 1;
      return true;
    });
  }

  send(address: RoomAddress, from: string, to: string, mail: Mail): Answer<SendOutcome> {
    return withAnswer(this.#broker.send(address, from, to, mail), (outcome) => {
      const { relaySeconds, refusedSignals } = this.#metrics;
      if (outcome !== 'sent') refusedSignals.add(outcome);
      else if (mail.readAt !== undefined) relaySeconds.observe((this.#clock.now() - mail.readAt) / 1000);
      return outcome;
    });
  }

  appear(namespace: string, person: Person): Answer<boolean> {
    return this.#broker.appear(namespace, person);
  }

  vanish(namespace: string, member: string): Answer<boolean> {
    return this.#broker.vanish(namespace, member);
  }

  listPeople(namespace: string, member: string): Answer<boolean> {
    return this.#broker.listPeople(namespace, member);
  }

  peopleCount(namespace: string): number {
    return this.#broker.peopleCount(namespace);
  }

  tell(
    namespace: string,
    from: string,
    to: string,
    message: RingMessage,
  ): Answer<'sent' | 'not-present' | 'peer-unavailable'> {
    return withAnswer(this.#broker.tell(namespace, from, to, message), (outcome) => {
      if (message.type === 'ring') this.#metrics.rings.add(outcome);
      return outcome;
    });
  }

  deliver(to: string, mail: Mail): Answer<boolean> {
    return this.#broker.deliver(to, mail);
  }
}
