/** The page broke where no component can say so: a sentence and a way on instead of a white window. */
import type { Language } from '../../preload/bridge';
import { language } from './language.svelte';

/** Not with the other messages: those are loaded, which may be what went wrong. */
const words = {
  en: {
    crashed: 'Something went wrong in this window',
    whatToDo: 'Reload it to start afresh. Your settings are safe.',
    reload: 'Reload',
  },
  zh: {
    crashed: '这个窗口出了点问题',
    whatToDo: '重新加载即可恢复，你的设置不会丢失。',
    reload: '重新加载',
  },
} satisfies Record<Language, Record<string, string>>;

export function showCrash(cause: unknown): void {
  console.error(cause);
  const { crashed, whatToDo, reload } = words[language.code];
  const box = document.createElement('main');
  box.className = 'crash';
  box.setAttribute('role', 'alert');
  const heading = document.createElement('h1');
  heading.textContent = crashed;
  const text = document.createElement('p');
  text.textContent = whatToDo;
  const button = document.createElement('button');
  button.className = 'button primary large';
  button.textContent = reload;
  button.addEventListener('click', () => location.reload());
  box.append(heading, text, button);
  document.body.replaceChildren(box);
  button.focus();
}
