import type { Language } from '../../preload/bridge';

/** What `lang` says: fonts and screen readers tell Simplified from Traditional by it. */
export const languageTags: Record<Language, string> = { en: 'en', zh: 'zh-Hans' };
