// The floor: the smallest window that Electron can show, with one button in it.
import { app, BrowserWindow } from 'electron';

void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 960, height: 640, show: false });
  window.once('ready-to-show', () => window.show());
  void window.loadURL('data:text/html,<title>Empty</title><button>Host a room</button>');
});
app.on('window-all-closed', () => app.quit());
