/**
 * The bridge of the small window that shows a ring: all it may ask of the app. Main answers it, `popup.ts` exposes it
 * as `window.parleyPopup`.
 */
import * as v from 'valibot';
import type { Language, OutsideAnswer, RingOutside } from './bridge';

/** What the window shows, for as long as it is there. */
export interface PopupView {
  language: Language;
  ring: RingOutside;
}

/** `window.parleyPopup` */
export interface PopupBridge {
  /** Asked once, before the first frame; `null` where nothing rings any more. */
  view(): Promise<PopupView | null>;
  answer(answer: OutsideAnswer): Promise<void>;
}

/** The one table of channels: each method with the schema of its arguments. */
export const POPUP_METHODS: {
  [K in keyof PopupBridge]: v.GenericSchema<unknown, Parameters<PopupBridge[K]>>;
} = {
  view: v.strictTuple([]),
  answer: v.strictTuple([v.picklist(['voice', 'video', 'decline', 'silence'])]),
};

/** The IPC channel of a method. */
export const popupChannel = (method: string): string => `parley-popup:${method}`;

declare global {
  interface Window {
    readonly parleyPopup: PopupBridge;
  }
}
