/** What is said of a ring, on the page and in the small window: in one place for both. */
export interface RingWords {
  /** The ring proves a key; who that is, one has to know. */
  unsigned: string;
  /** The safety code was compared with them once. */
  verified: string;
  accept: string;
  acceptVideo: string;
  acceptVoice: string;
  decline: string;
  /** Somebody this person knows has this name, and another key. */
  namesake: (name: string) => string;
  answersIn: (seconds: number) => string;
  answerNow: string;
  stopAnswering: string;
  /** The ring goes on, unheard. */
  silence: string;
  silenced: string;
}
