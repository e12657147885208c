import { ipcMain, type WebContents, type WebFrameMain } from 'electron';
import * as v from 'valibot';
import {
  EVENT_CHANNEL,
  methodChannel,
  METHODS,
  type BridgeEvent,
  type BridgeMethods,
} from '../preload/bridge';
import type { Logger } from './signaling/logger';

/** One handler a method; what it answers may be there at once. */
export type BridgeHandlers = {
  [K in keyof BridgeMethods]: (
    ...args: Parameters<BridgeMethods[K]>
  ) => ReturnType<BridgeMethods[K]> | Awaited<ReturnType<BridgeMethods[K]>>;
};

/**
 * The only file that touches `ipcMain`: every call of the bridge comes from our own page's main frame, with
 * arguments its schema accepts, or is refused and logged (Electron security guide, item 17).
 */
export function answerBridge(
  handlers: BridgeHandlers,
  isTrusted: (frame: WebFrameMain | null) => boolean,
  log: Logger,
): void {
  const answer = (method: keyof BridgeMethods): void => {
    ipcMain.handle(methodChannel(method), (event, ...args: unknown[]): unknown => {
      if (!isTrusted(event.senderFrame)) {
        log.warn('refused a bridge call from a frame that is not our page', { method });
        throw new Error('untrusted sender');
      }
      const parsed = v.safeParse(METHODS[method], args);
      if (!parsed.success) {
        log.warn('refused a bridge call with bad arguments', { method });
        throw new Error('bad arguments');
      }
      const handler: (...args: never[]) => unknown = handlers[method];
      return Reflect.apply(handler, undefined, parsed.output);
    });
  };
  for (const method of Object.keys(METHODS) as (keyof BridgeMethods)[]) answer(method);
}

/** Tells the page what happened, if it is still there. */
export function sendEvent(contents: WebContents, event: BridgeEvent): void {
  if (!contents.isDestroyed()) contents.send(EVENT_CHANNEL, event);
}
