import { isolate } from './isolate';
import type { RingWords } from './ring-words';

export const enRingWords: RingWords = {
  unsigned: 'This call does not prove who makes it. Anybody could use this name.',
  verified: 'Verified',
  accept: 'Accept',
  acceptVideo: 'Accept with video',
  acceptVoice: 'Accept, sound only',
  decline: 'Decline',
  namesake: (name) => `This is not the ${isolate(name)} you know: the call comes from another device.`,
  answersIn: (seconds) =>
    seconds === 1 ? 'Parley answers in 1 second' : `Parley answers in ${String(seconds)} seconds`,
  answerNow: 'Answer now',
  stopAnswering: 'Stop',
  silence: 'Silence this call',
  silenced: 'Rings silently',
};
