/** What the app was opened for: a room, a link, a person. */
import type { Launch } from '../../preload/bridge';
import type { AppContext } from './context';
import { startAsSet } from './start-as-set';

/** Begins what a launch asks for, unless something else is under way or is asked first. */
export class Launches {
  readonly #app: AppContext;
  /** A link that waits for the first-start page to be answered. */
  #waiting: Launch | null = null;

  constructor(app: AppContext) {
    this.#app = app;
  }

  take(asked: Launch): void {
    const { call, panels, preferences } = this.#app;
    const confirmed = asked.type === 'host' || (asked.type === 'join' && asked.confirmed);
    if (!preferences.current.welcomed && !confirmed) {
      this.#waiting = asked;
      return;
    }
    const { state } = call;
    if (state.phase !== 'idle' && state.phase !== 'confirming' && state.phase !== 'ended') {
      panels.notice = 'finish-first';
      return;
    }
    // Nobody has agreed to leave the room that is kept for another call.
    const keepsRoom = state.phase === 'ended' && state.seat !== null;
    if (keepsRoom && (asked.type === 'person' || asked.type === 'bad-link')) {
      panels.notice = asked.type === 'person' ? 'finish-first' : asked.code;
      return;
    }
    panels.open = null;
    if (confirmed) startAsSet(this.#app);
    this.#begin(asked, confirmed);
  }

  /** The first-start page was answered. */
  takeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) this.take(waiting);
  }

  #begin(asked: Launch, confirmed: boolean): void {
    const { call, panels } = this.#app;
    switch (asked.type) {
      case 'host':
        void call.host({ room: asked.room, door: asked.door });
        return;
      case 'join':
      case 'return':
        if (asked.type === 'return' && asked.rung) {
          void call.goBack(asked.target, asked.rung);
          return;
        }
        panels.returning = asked.type === 'return';
        panels.askedLink = asked.link;
        if (confirmed) panels.agree();
        void call.join(asked.target, confirmed);
        return;
      case 'person':
      case 'bad-link':
        // These are asked about over the first screen.
        if (call.state.phase === 'ended') void call.done();
        if (call.state.phase === 'confirming') void call.cancel();
        if (asked.type === 'person') panels.askAbout(asked);
        else panels.mend(asked);
        return;
      default:
        asked satisfies never;
    }
  }
}
