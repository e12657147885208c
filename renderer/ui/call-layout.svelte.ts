/** How a person likes their calls laid out: remembered on this machine, as far as it outlives a call. */
export const corners = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;
export type Corner = (typeof corners)[number];

const KEY = 'parley.self-view-corner';

/** The corner nearest to a point of the window. */
export function nearestCorner(x: number, y: number, width: number, height: number): Corner {
  const side = x < width / 2 ? 'left' : 'right';
  return y < height / 2 ? `top-${side}` : `bottom-${side}`;
}

export class CallLayout {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;
  #corner = $state<Corner>('bottom-right');
  /** The picture fills the window and may be cropped. */
  fill = $state(false);
  selfHidden = $state(false);

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
    const kept = storage.getItem(KEY);
    this.#corner = corners.find((corner) => corner === kept) ?? this.#corner;
  }

  get corner(): Corner {
    return this.#corner;
  }

  moveTo(corner: Corner): void {
    this.#corner = corner;
    this.#storage.setItem(KEY, corner);
  }
}
