import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, Menu, nativeImage, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron';
import type { CallCommand, Language, Outside, Settings } from '../preload/bridge';

type OwnStatus = Settings['status'];

const WORDS = {
  en: {
    open: 'Open Parley',
    free: 'Available',
    'do-not-disturb': 'Do Not Disturb',
    invisible: 'Invisible',
    answer: 'Answer',
    decline: 'Decline',
    mute: 'Mute',
    hangUp: 'Hang Up',
    quit: 'Quit Parley',
    ringing: (name: string) => `${name} is calling`,
    calling: 'Calling…',
    talking: (name: string) => `In a call with ${name}`,
    muted: 'Muted',
  },
  zh: {
    open: '打开 Parley',
    free: '在线',
    'do-not-disturb': '请勿打扰',
    invisible: '隐身',
    answer: '接听',
    decline: '拒绝',
    mute: '静音',
    hangUp: '挂断',
    quit: '退出 Parley',
    ringing: (name: string) => `${name} 来电`,
    calling: '正在呼叫…',
    talking: (name: string) => `正在与 ${name} 通话`,
    muted: '已静音',
  },
} satisfies Record<Language, Record<string, string | ((name: string) => string)>>;

const STATUSES: readonly OwnStatus[] = ['free', 'do-not-disturb', 'invisible'];

interface TrayIconParts {
  open: () => void;
  choose: (command: CallCommand) => void;
  setStatus: (status: OwnStatus) => void;
}

/** What the icon shows. */
export interface TrayView {
  language: Language;
  status: OwnStatus;
  outside: Outside;
}

/** The icon in the tray (the menu bar on macOS): there while people can reach this app without its window. */
export class TrayIcon {
  readonly #parts: TrayIconParts;
  #tray: Tray | null = null;

  constructor(parts: TrayIconParts) {
    this.#parts = parts;
  }

  /** `null`: no icon. */
  show(view: TrayView | null): void {
    if (!view) {
      this.#tray?.destroy();
      this.#tray = null;
      return;
    }
    const image = imageOf(view);
    if (this.#tray) this.#tray.setImage(image);
    else {
      this.#tray = new Tray(image);
      // On macOS a click opens the menu.
      if (process.platform !== 'darwin') this.#tray.on('click', () => this.#parts.open());
    }
    this.#tray.setToolTip(`Parley · ${describe(view)}`);
    this.#tray.setContextMenu(Menu.buildFromTemplate(this.#menu(view)));
  }

  #menu({ language, status, outside }: TrayView): MenuItemConstructorOptions[] {
    const words = WORDS[language];
    const { open, choose, setStatus } = this.#parts;
    const separator: MenuItemConstructorOptions = { type: 'separator' };
    const call: MenuItemConstructorOptions[] = [];
    if (outside.state === 'ringing') {
      call.push({ label: words.answer, click: () => choose('answer') });
      call.push({ label: words.decline, click: () => choose('decline') });
    }
    if (outside.state === 'talking') {
      call.push({ label: words.mute, type: 'checkbox', checked: outside.muted, click: () => choose('mute') });
    }
    if (outside.state === 'talking' || outside.state === 'calling') {
      call.push({ label: words.hangUp, click: () => choose('hang-up') });
    }
    return [
      { label: words.open, click: open },
      separator,
      ...call,
      ...(call.length > 0 ? [separator] : []),
      ...STATUSES.map((each): MenuItemConstructorOptions => ({
        label: words[each],
        type: 'radio',
        checked: each === status,
        click: () => setStatus(each),
      })),
      separator,
      { label: words.quit, click: () => app.quit() },
    ];
  }
}

/** What one is to know of the app at a glance. */
function describe({ language, status, outside }: TrayView): string {
  const words = WORDS[language];
  switch (outside.state) {
    case 'none':
      return words[status];
    case 'ringing':
      return words.ringing(outside.ring.name);
    case 'calling':
      return words.calling;
    case 'talking':
      return outside.muted ? `${words.talking(outside.name)} · ${words.muted}` : words.talking(outside.name);
    default:
      outside satisfies never;
      return '';
  }
}

/** Rendered by `node scripts/icons.mjs`. */
function imageOf({ status, outside }: TrayView): NativeImage {
  const isMuted = outside.state === 'talking' && outside.muted;
  const look = isMuted ? 'muted' : status === 'do-not-disturb' ? 'quiet' : 'free';
  const file = (name: string): string => join(app.getAppPath(), 'scripts/packaging/tray', name);
  // Docks and panels of Linux take the image as it is, and make it as small as they need.
  if (process.platform === 'linux') return nativeImage.createFromPath(file(`${look}-48.png`));
  const image = nativeImage.createEmpty();
  const name = process.platform === 'darwin' ? `${look}-template` : look;
  for (const scaleFactor of [1, 2, 3])
    image.addRepresentation({ scaleFactor, buffer: readFileSync(file(`${name}-${16 * scaleFactor}.png`)) });
  // Black on nothing: the menu bar colours it.
  if (process.platform === 'darwin') image.setTemplateImage(true);
  return image;
}
