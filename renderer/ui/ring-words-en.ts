import type { RingWords } from './ring-words';

export const enRingWords: RingWords = {
  unsigned: 'This call does not prove who makes it. Anybody could use this name.',
  verified: 'Verified',
  accept: 'Accept',
  acceptVideo: 'Accept with video',
  acceptVoice: 'Accept, sound only',
  decline: 'Decline',
  silence: 'Silence this call',
  silenced: 'Rings silently',
};
