import type { AwayReason, LeftReason, Member, Person, RingMessage, RoomAddress } from './protocol';
import type { Broker, JoinOutcome, Mail, Mailbox, SeatRules } from './broker';
import type { Clock } from './clock';
import type { Metrics } from './metrics';

/** Counts what goes through a broker, whichever it is. */
export class MeteredBroker implements Broker {
  readonly #broker: Broker;
  readonly #metrics: Metrics;
  readonly #clock: Clock;

  constructor(broker: Broker, metrics: Metrics, clock: Clock) {
    this.#broker = broker;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  get roomCount(): number {
    return this.#broker.roomCount;
  }

  register(member: string, mailbox: Mailbox): void {
    this.#broker.register(member, (mail) => {
      if (mail.kind === 'replaced') this.#metrics.left.add('replaced');
      mailbox(mail);
    });
  }

  unregister(member: string): void {
    this.#broker.unregister(member);
  }

  async join(address: RoomAddress, member: Member, rules: SeatRules): Promise<JoinOutcome> {
    const outcome = await this.#broker.join(address, member, rules);
    if (outcome === 'back') this.#metrics.back += 1;
    else this.#metrics.joins.add(outcome);
    return outcome;
  }

  async leave(address: RoomAddress, member: string, reason: LeftReason): Promise<boolean> {
    const hasLeft = await this.#broker.leave(address, member, reason);
    if (hasLeft) this.#metrics.left.add(reason);
    return hasLeft;
  }

  async setAway(address: RoomAddress, member: string, reason: AwayReason): Promise<boolean> {
    const isNews = await this.#broker.setAway(address, member, reason);
    if (isNews) this.#metrics.away.add(reason);
    return isNews;
  }

  async setBack(address: RoomAddress, member: string): Promise<boolean> {
    const isNews = await this.#broker.setBack(address, member);
    if (isNews) this.#metrics.back += 1;
    return isNews;
  }

  send(address: RoomAddress, from: string, to: string, mail: Mail): boolean | Promise<boolean> {
    const startedAt = this.#clock.now();
    const observe = (isSent: boolean): boolean => {
      if (isSent) this.#metrics.relaySeconds.observe((this.#clock.now() - startedAt) / 1000);
      return isSent;
    };
    const sent = this.#broker.send(address, from, to, mail);
    return typeof sent === 'boolean' ? observe(sent) : sent.then(observe);
  }

  appear(namespace: string, person: Person): Promise<boolean> {
    return this.#broker.appear(namespace, person);
  }

  vanish(namespace: string, member: string): Promise<boolean> {
    return this.#broker.vanish(namespace, member);
  }

  async tell(
    namespace: string,
    from: string,
    to: string,
    message: RingMessage,
  ): Promise<'sent' | 'not-present' | 'peer-unavailable'> {
    const outcome = await this.#broker.tell(namespace, from, to, message);
    if (message.type === 'ring') this.#metrics.rings.add(outcome);
    return outcome;
  }

  deliver(to: string, mail: Mail): Promise<boolean> {
    return this.#broker.deliver(to, mail);
  }
}
