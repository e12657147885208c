import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Language, MenuCommand, Outside } from '../preload/bridge';

const WORDS = {
  en: {
    file: 'File',
    edit: 'Edit',
    call: 'Call',
    answer: 'Answer',
    decline: 'Decline',
    mute: 'Mute',
    unmute: 'Unmute',
    cameraOn: 'Turn On Camera',
    cameraOff: 'Turn Off Camera',
    hangUp: 'Hang Up',
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
    call: '通话',
    answer: '接听',
    decline: '拒绝',
    mute: '静音',
    unmute: '取消静音',
    cameraOn: '打开摄像头',
    cameraOff: '关闭摄像头',
    hangUp: '挂断',
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

/**
 * What a call can be told, each only where it makes sense. The page hears the keys itself, where they are not typed into
 * something; here they are only shown (macOS asks the page first too).
 */
function callItems(
  language: Language,
  outside: Outside,
  choose: (command: MenuCommand) => void,
): MenuItemConstructorOptions[] {
  const words = WORDS[language];
  const talking = outside.state === 'talking' ? outside : null;
  const item = (
    label: string,
    command: MenuCommand,
    key: string,
    enabled: boolean,
  ): MenuItemConstructorOptions => ({
    label,
    accelerator: `CmdOrCtrl+${key}`,
    registerAccelerator: false,
    enabled,
    click: () => choose(command),
  });
  const rings = outside.state === 'ringing';
  return [
    item(words.answer, 'answer', 'Shift+A', rings),
    item(words.decline, 'decline', 'Shift+D', rings),
    { type: 'separator' },
    item(talking?.muted ? words.unmute : words.mute, 'mute', 'D', talking !== null),
    item(talking?.cameraOn ? words.cameraOff : words.cameraOn, 'camera', 'E', talking !== null),
    { type: 'separator' },
    item(words.hangUp, 'hang-up', 'Shift+H', talking !== null || outside.state === 'calling'),
  ];
}

/** Sets the native menu, in the person's language. */
export function setMenu(language: Language, outside: Outside, choose: (command: MenuCommand) => void): void {
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
      { label: words.call, submenu: callItems(language, outside, choose) },
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
