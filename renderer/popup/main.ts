/** The small window that shows a ring: asks the app once what it shows, and draws it. */
import { mount } from 'svelte';
import type { OutsideAnswer } from '../../preload/bridge';
import type { PopupBridge } from '../../preload/popup-bridge';
import { languageTags } from '../ui/language-tags';
import Popup from './Popup.svelte';

async function open(): Promise<void> {
  const bridge: PopupBridge = window.parleyPopup;
  const view = await bridge.view();
  const target = document.getElementById('app');
  // The ring was over before the window was there: the app closes it.
  if (view === null || target === null) return;
  document.documentElement.lang = languageTags[view.language];
  mount(Popup, { target, props: { view, answer: (answer: OutsideAnswer) => void bridge.answer(answer) } });
}

void open();
