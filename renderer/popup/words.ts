import type { Language } from '../../preload/bridge';
import type { RingWords } from '../ui/ring-words';
import { enRingWords } from '../ui/ring-words-en';
import { zhRingWords } from '../ui/ring-words-zh';

/** What the small window says: few enough words that both languages come with it. */
export interface PopupWords extends RingWords {
  voiceCall: string;
  videoCall: string;
}

export const popupWords: Record<Language, PopupWords> = {
  en: { ...enRingWords, voiceCall: 'Voice call', videoCall: 'Video call' },
  zh: { ...zhRingWords, voiceCall: '语音来电', videoCall: '视频来电' },
};
