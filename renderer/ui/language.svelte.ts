/** The language the page speaks. */
import type { Language } from '../../preload/bridge';
import type { Messages } from './messages';
import { en } from './messages-en';
import { zh } from './messages-zh';

const catalogues: Record<Language, Messages> = { en, zh };

/** What `lang` says: fonts and screen readers tell Simplified from Traditional by it. */
const tags: Record<Language, string> = { en: 'en', zh: 'zh-Hans' };

class CurrentLanguage {
  #code = $state<Language>('en');

  get code(): Language {
    return this.#code;
  }

  get messages(): Messages {
    return catalogues[this.#code];
  }

  set(code: Language): void {
    this.#code = code;
    document.documentElement.lang = tags[code];
  }
}

export const language = new CurrentLanguage();

/** What the OS asks for, as far as we speak it. */
export function systemLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}
