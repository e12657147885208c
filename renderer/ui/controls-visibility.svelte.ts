/** Whether the controls of a call are shown: they fade when nothing stirs for a while, unless something holds them. */
const IDLE_MS = 3000;

export class ControlsVisibility {
  #stirred = $state(true);
  #held = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  get visible(): boolean {
    return this.#stirred || this.#held;
  }

  /** A pointer, a key or the focus moved. */
  stir(): void {
    this.#stirred = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#stirred = false), IDLE_MS);
  }

  /** While held (an open menu, a person tabbing) nothing fades; letting go counts as a stir. */
  hold(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    this.stir();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
