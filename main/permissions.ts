import { systemPreferences, type Session } from 'electron';

/** What our page may ask for: camera and microphone. Everything else, and everybody else, is refused. */
const ALLOWED = new Set(['media']);

/**
 * Electron security guide, item 5. The check handler also decides whether WebRTC may name this machine's LAN
 * addresses: refusing `media` would turn host candidates into `.local` names, which fail on many networks.
 * @param isOurs whether a URL or origin is our own page
 */
export function guardPermissions(session: Session, isOurs: (url: string) => boolean): void {
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => ALLOWED.has(permission) && isOurs(origin),
  );
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    if (!ALLOWED.has(permission) || !isOurs(details.requestingUrl)) {
      answer(false);
      return;
    }
    const kinds = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    // A capture of the screen names no kind.
    if (kinds.length === 0) {
      answer(false);
      return;
    }
    // A combined request is granted only if the OS grants both.
    void Promise.all(kinds.map((kind) => askSystem(kind === 'video' ? 'camera' : 'microphone'))).then(
      (granted) => answer(granted.every(Boolean)),
      () => answer(false),
    );
  });
  session.setDevicePermissionHandler(() => false);
}

/** macOS asks the person once and remembers; the others ask nobody here. */
async function askSystem(device: 'camera' | 'microphone'): Promise<boolean> {
  return process.platform === 'darwin' ? systemPreferences.askForMediaAccess(device) : true;
}
