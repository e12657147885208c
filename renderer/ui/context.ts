/** What every component may need: made once in `main.ts`. */
import { createContext } from 'svelte';
import type { Bridge, StartInfo } from '../../preload/bridge';
import type { CallView } from '../call/call-view';
import type { People } from '../call/people.svelte';
import type { Book } from '../people/book.svelte';
import type { Panels } from './panels.svelte';
import type { Preferences } from './preferences.svelte';

export interface AppContext {
  bridge: Bridge;
  call: CallView;
  preferences: Preferences;
  people: People;
  book: Book;
  panels: Panels;
  start: StartInfo;
}

export const [getApp, setApp] = createContext<AppContext>();
