/** The page broke where no component can say so: a sentence and a way on instead of a white window. */
import { language } from './language.svelte';

export function showCrash(cause: unknown): void {
  console.error(cause);
  const words = language.messages;
  const box = document.createElement('main');
  box.className = 'crash';
  box.setAttribute('role', 'alert');
  const heading = document.createElement('h1');
  heading.textContent = words.crashed;
  const text = document.createElement('p');
  text.textContent = words.crashedWhatToDo;
  const button = document.createElement('button');
  button.className = 'button primary large';
  button.textContent = words.reload;
  button.addEventListener('click', () => location.reload());
  box.append(heading, text, button);
  document.body.replaceChildren(box);
  button.focus();
}
