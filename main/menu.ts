import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { BridgeEvent, Language } from '../preload/bridge';

const WORDS = {
  en: {
    file: 'File',
    edit: 'Edit',
    view: 'View',
    window: 'Window',
    help: 'Help',
    settings: 'Settings…',
    quit: 'Quit Parley',
    about: 'About Parley',
    fullscreen: 'Full Screen',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select All',
    zoomIn: 'Larger',
    zoomOut: 'Smaller',
    zoomReset: 'Actual Size',
    minimize: 'Minimize',
    close: 'Close',
    hide: 'Hide Parley',
    hideOthers: 'Hide Others',
    showAll: 'Show All',
  },
  zh: {
    file: '文件',
    edit: '编辑',
    view: '显示',
    window: '窗口',
    help: '帮助',
    settings: '设置…',
    quit: '退出 Parley',
    about: '关于 Parley',
    fullscreen: '全屏',
    undo: '撤销',
    redo: '重做',
    cut: '剪切',
    copy: '复制',
    paste: '粘贴',
    selectAll: '全选',
    zoomIn: '放大',
    zoomOut: '缩小',
    zoomReset: '实际大小',
    minimize: '最小化',
    close: '关闭',
    hide: '隐藏 Parley',
    hideOthers: '隐藏其他',
    showAll: '全部显示',
  },
} satisfies Record<Language, Record<string, string>>;

/** Sets the native menu, in the person's language. */
export function setMenu(
  language: Language,
  choose: (command: Extract<BridgeEvent, { type: 'menu' }>['command']) => void,
): void {
  const words = WORDS[language];
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const settings: MenuItemConstructorOptions = {
    label: words.settings,
    accelerator: 'CmdOrCtrl+,',
    click: () => choose('settings'),
  };
  const about: MenuItemConstructorOptions = { label: words.about, click: () => choose('about') };
  const quit: MenuItemConstructorOptions = { label: words.quit, role: 'quit' };
  const mac = process.platform === 'darwin';

  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      mac
        ? {
            label: 'Parley',
            submenu: [
              about,
              separator,
              settings,
              separator,
              { label: words.hide, role: 'hide' },
              { label: words.hideOthers, role: 'hideOthers' },
              { label: words.showAll, role: 'unhide' },
              separator,
              quit,
            ],
          }
        : { label: words.file, submenu: [settings, separator, quit] },
      {
        label: words.edit,
        submenu: [
          { label: words.undo, role: 'undo' },
          { label: words.redo, role: 'redo' },
          separator,
          { label: words.cut, role: 'cut' },
          { label: words.copy, role: 'copy' },
          { label: words.paste, role: 'paste' },
          { label: words.selectAll, role: 'selectAll' },
        ],
      },
      {
        label: words.view,
        submenu: [
          { label: words.zoomIn, role: 'zoomIn' },
          { label: words.zoomOut, role: 'zoomOut' },
          { label: words.zoomReset, role: 'resetZoom' },
          separator,
          {
            label: words.fullscreen,
            accelerator: mac ? 'Ctrl+Cmd+F' : 'F11',
            click: () => choose('fullscreen'),
          },
        ],
      },
      {
        label: words.window,
        submenu: [
          { label: words.minimize, role: 'minimize' },
          { label: words.close, role: 'close' },
        ],
      },
      ...(mac ? [] : [{ label: words.help, submenu: [about] }]),
    ]),
  );
}
