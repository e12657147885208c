/** Which panel lies over the screen, and what was typed into its form: kept until a call came of it. */
export type Panel = 'host' | 'join' | 'server' | 'nearby' | 'settings' | 'safety-code' | 'closing';

export class Panels {
  open = $state<Panel | null>(null);
  /** The host form. */
  hostRoom = $state('');
  /** The join form. */
  joinTarget = $state('');
  joinRoom = $state('');
  /** A link that was opened and could not be read. */
  badLink = $state(false);
  /** The room to be confirmed is the one the app was in when it crashed. */
  returning = $state(false);

  /** A dialog tells that it has closed only after the key that closed it: another panel may be open by then. */
  close(panel: Panel): void {
    if (this.open === panel) this.open = null;
  }

  forget(): void {
    this.hostRoom = '';
    this.joinTarget = '';
    this.joinRoom = '';
    this.badLink = false;
  }
}
