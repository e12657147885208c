import { isolate } from './isolate';
import type { RingWords } from './ring-words';

export const zhRingWords: RingWords = {
  unsigned: '这个来电无法证明来自谁，任何人都可能用这个名字。',
  verified: '已验证',
  accept: '接听',
  acceptVideo: '视频接听',
  acceptVoice: '语音接听',
  decline: '拒绝',
  namesake: (name) => `这不是你认识的 ${isolate(name)}：来电出自另一台设备。`,
  answersIn: (seconds) => `${String(seconds)} 秒后自动接听`,
  answerNow: '立即接听',
  stopAnswering: '停止',
  silence: '本次来电静音',
  silenced: '已静音',
};
