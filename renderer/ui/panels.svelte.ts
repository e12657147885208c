/** Which panel lies over the screen, and what was typed into its form: kept until a call came of it. */
import type { CallRecord, ErrorCode, Launch } from '../../preload/bridge';
import type { IceServerForm } from './ice-server-form.svelte';

export type Panel =
  'host' | 'join' | 'server' | 'nearby' | 'meet' | 'settings' | 'safety-code' | 'closing' | 'person' | 'call';

/** The link of a person that was opened. */
export type PersonLink = Extract<Launch, { type: 'person' }>;

type BadLink = Extract<Launch, { type: 'bad-link' }>;

export class Panels {
  open = $state<Panel | null>(null);
  /** The list of people lies over a small window. */
  isSheetOpen = $state(false);
  /** Something said in passing. */
  notice: ErrorCode | 'finish-first' | null;
  /** Whom the panel about a person is about, and what they call themselves. */
  person = $state.raw<{ key: string; name: string } | null>(null);
  /** The link that the panel asks about. */
  link = $state.raw<PersonLink | null>(null);
  /** Which one the panel about a call is about. */
  call = $state.raw<CallRecord | null>(null);
  /** The host form. */
  hostRoom = $state('');
  /** The join form. */
  joinTarget = $state('');
  joinRoom = $state('');
  /** The form for somebody's address. */
  nearbyTarget = $state('');
  /** The form of the server, while it was neither sent nor closed. */
  server: { address: string; group: string; password: string } | null = null;
  /** A link that was opened and could not be read. */
  badLink = $state.raw<BadLink | null>(null);
  /** The link to the room that a person is asked about. */
  askedLink = '';
  /** The form of STUN and TURN servers, once it was opened. */
  iceServers: IceServerForm | null = null;
  /** The room to be confirmed is the one the app was in when it crashed. */
  returning = $state(false);

  /** @param notice what there is to say at the start */
  constructor(notice: ErrorCode | null = null) {
    this.notice = $state(notice);
  }

  showPerson(person: { key: string; name: string }): void {
    this.person = person;
    this.open = 'person';
  }

  askAbout(link: PersonLink): void {
    this.link = link;
    this.open = 'meet';
  }

  /** Joining the room of a link was agreed to: should it fail, the form has the link. */
  agree(): void {
    this.joinTarget = this.askedLink;
    this.joinRoom = '';
  }

  /** Shows a link that could not be read in the form, unless something is typed there already. */
  mend(badLink: BadLink): void {
    this.badLink = badLink;
    if (this.joinTarget === '' && this.joinRoom === '') this.joinTarget = badLink.text;
    this.open = 'join';
  }

  showCall(record: CallRecord): void {
    this.call = record;
    this.open = 'call';
  }

  /** A dialog tells that it has closed only after the key that closed it: another panel may be open by then. */
  close(panel: Panel): void {
    if (this.open === panel) this.open = null;
  }

  forget(): void {
    this.hostRoom = '';
    this.joinTarget = '';
    this.joinRoom = '';
    this.badLink = null;
  }
}
