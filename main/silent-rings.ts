import type { Clock, Timer } from './signaling/clock';
import type { DeclineReason, Person, RingMessage } from './signaling/protocol';

/** Why whoever rings now is refused at once. */
export type Refusal = Extract<DeclineReason, 'busy' | 'do-not-disturb'>;

export interface SilentRingsParts {
  tell: (to: string, message: RingMessage) => void;
  clock: Clock;
}

/** When a person's own app stops ringing, should who rings not have said so before; see `ring-state.ts`. */
const RUNG_MS = 50_000;

/**
 * Rings of people who are blocked. Nothing of them reaches the page, and whoever rings cannot tell: they are answered
 * as they would be if nobody were at the other end, or refused where everybody is.
 */
export class SilentRings {
  readonly #parts: SilentRingsParts;
  /** By member: one rings at a time. */
  readonly #rings = new Map<string, { call: string; timer: Timer }>();

  constructor(parts: SilentRingsParts) {
    this.#parts = parts;
  }

  ring({ id }: Person, call: string, refusal: Refusal | null): void {
    const { tell, clock } = this.#parts;
    if (refusal) {
      tell(id, { type: 'decline', call, reason: refusal });
      return;
    }
    // Who rings anew no longer waits behind the ring of before.
    this.#end(id);
    this.#rings.set(id, { call, timer: clock.setTimeout(() => this.#end(id), RUNG_MS) });
    tell(id, { type: 'ringing', call });
  }

  /** @returns whether it was one of these. */
  cancel(member: string, call: string): boolean {
    if (this.#rings.get(member)?.call !== call) return false;
    this.forget(member);
    return true;
  }

  /** They have gone. */
  forget(member: string): void {
    const ring = this.#rings.get(member);
    if (ring) this.#parts.clock.clearTimeout(ring.timer);
    this.#rings.delete(member);
  }

  close(): void {
    for (const member of [...this.#rings.keys()]) this.forget(member);
  }

  #end(member: string): void {
    const ring = this.#rings.get(member);
    if (!ring) return;
    this.forget(member);
    this.#parts.tell(member, { type: 'decline', call: ring.call, reason: 'no-answer' });
  }
}
