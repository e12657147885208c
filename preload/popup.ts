/** Exposes its bridge to the small window that shows a ring, and nothing else. */
import { contextBridge, ipcRenderer } from 'electron';
import { popupChannel, type PopupBridge } from './popup-bridge';

const bridge: PopupBridge = {
  view: () => ipcRenderer.invoke(popupChannel('view')) as ReturnType<PopupBridge['view']>,
  answer: (answer) => ipcRenderer.invoke(popupChannel('answer'), answer) as Promise<void>,
};

contextBridge.exposeInMainWorld('parleyPopup', Object.freeze(bridge));
