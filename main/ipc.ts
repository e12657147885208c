import { ipcMain, type WebContents, type WebFrameMain } from 'electron';
import * as v from 'valibot';
import {
  EVENT_CHANNEL,
  methodChannel,
  METHODS,
  type BridgeEvent,
  type BridgeMethods,
} from '../preload/bridge';
import { POPUP_METHODS, popupChannel, type PopupBridge } from '../preload/popup-bridge';
import type { Logger } from './signaling/logger';

/** One handler a method; what it answers may be there at once. */
type HandlersOf<Methods extends Record<keyof Methods, (...args: never[]) => unknown>> = {
  [K in keyof Methods]: (
    ...args: Parameters<Methods[K]>
  ) => ReturnType<Methods[K]> | Awaited<ReturnType<Methods[K]>>;
};

export type BridgeHandlers = HandlersOf<BridgeMethods>;
export type PopupHandlers = HandlersOf<PopupBridge>;

/** Says whether a frame is the one that a bridge is for. */
type Trust = (frame: WebFrameMain | null) => boolean;

/**
 * The only file that touches `ipcMain`: every call of a bridge comes from the main frame of our own page that the bridge
 * is for, with arguments its schema accepts, or is refused and logged (Electron security guide, item 17).
 */
export function answerBridge(handlers: BridgeHandlers, isTrusted: Trust, log: Logger): void {
  answerAll(handlers, METHODS, methodChannel, isTrusted, log);
}

/** The same for the small window that shows a ring. */
export function answerPopup(handlers: PopupHandlers, isTrusted: Trust, log: Logger): void {
  answerAll(handlers, POPUP_METHODS, popupChannel, isTrusted, log);
}

function answerAll<Methods extends string>(
  handlers: Record<Methods, (...args: never[]) => unknown>,
  methods: Record<Methods, v.GenericSchema<unknown, unknown[]>>,
  channel: (method: Methods) => string,
  isTrusted: Trust,
  log: Logger,
): void {
  const answer = (method: Methods): void => {
    ipcMain.handle(channel(method), (event, ...args: unknown[]): unknown => {
      if (!isTrusted(event.senderFrame)) {
        log.warn('refused a bridge call from a frame that is not our page', { method });
        throw new Error('untrusted sender');
      }
      const parsed = v.safeParse(methods[method], args);
      if (!parsed.success) {
        log.warn('refused a bridge call with bad arguments', { method });
        throw new Error('bad arguments');
      }
      return Reflect.apply(handlers[method], undefined, parsed.output);
    });
  };
  for (const method of Object.keys(methods) as Methods[]) answer(method);
}

/** Tells the page what happened, if it is still there. */
export function sendEvent(contents: WebContents, event: BridgeEvent): void {
  if (!contents.isDestroyed()) contents.send(EVENT_CHANNEL, event);
}
