/** The language the page speaks. */
import type { ErrorCode, Language } from '../../preload/bridge';
import type { Sentences } from './error-sentences';
import { languageTags } from './language-tags';
import type { Messages } from './messages';

interface Catalogue {
  messages: Messages;
  sentences: Sentences;
}

/** A person reads one of them, so only that one is loaded. */
const catalogues: Record<Language, () => Promise<Catalogue>> = {
  en: () => import('./language-en'),
  zh: () => import('./language-zh'),
};

class CurrentLanguage {
  #wanted: Language = 'en';
  #code = $state<Language>('en');
  #catalogue = $state.raw<Catalogue | null>(null);

  get code(): Language {
    return this.#code;
  }

  get messages(): Messages {
    return this.#said.messages;
  }

  get errors(): Sentences['errors'] {
    return this.#said.sentences.errors;
  }

  get ends(): Sentences['ends'] {
    return this.#said.sentences.ends;
  }

  /** What stands between two sentences: nothing in Chinese. */
  get joint(): string {
    return this.#code === 'zh' ? '' : ' ';
  }

  /** What went wrong and what to do about it, in one line. */
  explain(code: ErrorCode): string {
    const { what, whatToDo } = this.errors[code];
    return whatToDo === undefined ? what : what + this.joint + whatToDo;
  }

  get #said(): Catalogue {
    if (this.#catalogue === null) throw new Error('nothing is said before a language is loaded');
    return this.#catalogue;
  }

  /** Loads a language and speaks it. Until then the page keeps to the one before; of two wishes the later holds. */
  async set(code: Language): Promise<void> {
    this.#wanted = code;
    const catalogue = await catalogues[code]();
    if (this.#wanted !== code) return;
    this.#catalogue = catalogue;
    this.#code = code;
    document.documentElement.lang = languageTags[code];
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
