import type { RingWords } from './ring-words';

export const zhRingWords: RingWords = {
  unsigned: '这个来电无法证明来自谁，任何人都可能用这个名字。',
  verified: '已验证',
  accept: '接听',
  acceptVideo: '视频接听',
  acceptVoice: '语音接听',
  decline: '拒绝',
  silence: '本次来电静音',
  silenced: '已静音',
};
