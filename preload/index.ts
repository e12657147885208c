/** Exposes the bridge to the page, and nothing else: one frozen object, no logic. */
import { contextBridge, ipcRenderer } from 'electron';
import {
  EVENT_CHANNEL,
  methodChannel,
  METHODS,
  type Bridge,
  type BridgeEvent,
  type BridgeMethods,
} from './bridge';

const methods = Object.fromEntries(
  Object.keys(METHODS).map((method) => [
    method,
    (...args: unknown[]) => ipcRenderer.invoke(methodChannel(method), ...args),
  ]),
) as unknown as BridgeMethods;

const on: Bridge['on'] = (listener) => {
  const forward = (_event: unknown, event: BridgeEvent): void => listener(event);
  ipcRenderer.on(EVENT_CHANNEL, forward);
  return () => void ipcRenderer.off(EVENT_CHANNEL, forward);
};

contextBridge.exposeInMainWorld('parley', Object.freeze({ ...methods, on } satisfies Bridge));
