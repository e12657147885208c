/** The form of STUN and TURN servers: what was typed outlives the panel it was typed in. */
import type { IceServer } from '../../main/signaling/protocol';
import {
  MOST_ICE_SERVERS,
  draftIceServers,
  isEmpty,
  problemOf,
  readIceServer,
  savedAs,
  type IceServerDraft,
} from './ice-server-drafts';

export class IceServerForm {
  drafts = $state<IceServerDraft[]>([]);
  /** Rows a person has left once: only these are told what is wrong. */
  left = $state.raw<readonly number[]>([]);
  /** What each row said when it was right last, or was saved as: a slip of the pen costs no server. */
  readonly #good: Record<number, IceServer | null>;
  #nextKey: number;

  constructor(saved: readonly IceServer[]) {
    const drafts = draftIceServers(saved);
    this.drafts = drafts;
    this.#good = Object.fromEntries(drafts.map((draft) => [draft.key, savedAs(draft)]));
    this.#nextKey = saved.length * MOST_ICE_SERVERS;
  }

  /** What the rows say, each as it was right last. */
  get servers(): IceServer[] {
    for (const draft of this.drafts) {
      const read = readIceServer(draft);
      if (read !== null || isEmpty(draft)) this.#good[draft.key] = read;
    }
    return this.drafts.flatMap(({ key }) => this.#good[key] ?? []);
  }

  /** What is to be said of a row; `null`: nothing. */
  problemOf(draft: IceServerDraft): ReturnType<typeof problemOf> {
    return !isEmpty(draft) && this.left.includes(draft.key) ? problemOf(draft) : null;
  }

  add(): void {
    this.drafts.push({ key: (this.#nextKey += 1), address: '', userName: '', credential: '' });
  }

  remove(key: number): void {
    this.drafts = this.drafts.filter((draft) => draft.key !== key);
  }

  leave(key: number): void {
    if (!this.left.includes(key)) this.left = [...this.left, key];
  }
}
