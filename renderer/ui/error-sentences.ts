/**
 * One sentence and what to do for every code and every way a call ends, in every language. The records are
 * exhaustive: a code without a sentence does not compile.
 */
import type { ErrorCode, Language } from '../../preload/bridge';
import type { CallState, EndReason } from '../call/call-state';
import { isolate } from './isolate';

export interface Sentence {
  what: string;
  /** What a person can do about it; `null` where that is nothing. */
  whatToDo: string | null;
}

const say = (what: string, whatToDo: string | null = null): Sentence => ({ what, whatToDo });

export const errorSentences: Record<ErrorCode, Record<Language, Sentence>> = {
  // ------------------------------------------------------------ you
  'camera-denied': {
    en: say(
      'Parley is not allowed to use the camera.',
      'Allow it in the system’s privacy settings, then try again.',
    ),
    zh: say('Parley 没有使用摄像头的权限。', '请在系统的隐私设置里允许，然后重试。'),
  },
  'camera-in-use': {
    en: say('Another app is using the camera.', 'Close that app, or choose another camera, then try again.'),
    zh: say('摄像头正被其他应用占用。', '请关闭那个应用，或换一个摄像头，然后重试。'),
  },
  'no-camera': {
    en: say('No camera was found.', 'Plug one in and try again, or talk without it.'),
    zh: say('没有找到摄像头。', '请接上摄像头后重试，或者不开摄像头通话。'),
  },
  'microphone-denied': {
    en: say(
      'Parley is not allowed to use the microphone.',
      'Allow it in the system’s privacy settings, then try again.',
    ),
    zh: say('Parley 没有使用麦克风的权限。', '请在系统的隐私设置里允许，然后重试。'),
  },
  'microphone-in-use': {
    en: say(
      'Another app is using the microphone.',
      'Close that app, or choose another microphone, then try again.',
    ),
    zh: say('麦克风正被其他应用占用。', '请关闭那个应用，或换一个麦克风，然后重试。'),
  },
  'no-microphone': {
    en: say('No microphone was found.', 'Plug one in and try again. Until then you can only listen.'),
    zh: say('没有找到麦克风。', '请接上麦克风后重试；在此之前你只能听。'),
  },
  'bad-link': {
    en: say('This link is not complete, or not from Parley.', 'Ask for the link again and paste all of it.'),
    zh: say('这个链接不完整，或者不是 Parley 的链接。', '请让对方重新发一次，然后完整粘贴。'),
  },
  'bad-address': {
    en: say(
      'This is not an address Parley can connect to.',
      'It looks like 192.168.1.5 or example.org:9238.',
    ),
    zh: say('这不是 Parley 能连接的地址。', '地址的样子像 192.168.1.5 或 example.org:9238。'),
  },
  'bad-room-name': {
    en: say('This cannot be a room name.', 'Type 1 to 64 letters, digits or other printable characters.'),
    zh: say('这个不能用作房间名。', '请输入 1 到 64 个可显示的字符。'),
  },
  'bad-ice-server': {
    en: say('This is not the address of a STUN or TURN server.', 'It looks like turn:example.org:3478.'),
    zh: say('这不是 STUN 或 TURN 服务器的地址。', '地址的样子像 turn:example.org:3478。'),
  },
  'too-long': {
    en: say('This is too long.', 'Paste only the link or the address.'),
    zh: say('内容太长了。', '请只粘贴链接或地址。'),
  },
  'room-full': {
    en: say('Two people are in this room already.', 'Try again when one of them has left.'),
    zh: say('房间里已经有两个人了。', '等其中一位离开后再试。'),
  },
  'room-not-open': {
    en: say('This room is not open.', 'Check its name, and ask the host whether they are in it.'),
    zh: say('这个房间没有打开。', '请核对房间名，并问问房主是否在房间里。'),
  },
  'turned-away': {
    en: say('The host did not let you in.', 'Ask them, then try again.'),
    zh: say('房主暂时没有让你进来。', '先和对方说一声，再试一次。'),
  },
  cancelled: {
    en: say('You stopped connecting.'),
    zh: say('你已停止连接。'),
  },

  // ------------------------------------------------------------ network
  'server-unreachable': {
    en: say(
      'There is no answer at this address.',
      'Check the address, that the room is still open, and that you are on the same network.',
    ),
    zh: say('这个地址没有回应。', '请核对地址，确认房间还开着，并且你们在同一个网络里。'),
  },
  'not-parley': {
    en: say('Something answers at this address, but it is not Parley.', 'Check the address and the port.'),
    zh: say('这个地址有回应，但不是 Parley。', '请核对地址和端口。'),
  },
  'peer-unreachable': {
    en: say(
      'No way was found between your two networks.',
      'Join the same network, or add a TURN server under Settings.',
    ),
    zh: say('你们的两个网络之间找不到通路。', '请连到同一个网络，或在设置里添加 TURN 服务器。'),
  },
  'peer-unavailable': {
    en: say('The other side cannot be reached right now.', 'Wait a moment, then try again.'),
    zh: say('暂时联系不上对方。', '请稍等片刻再试。'),
  },
  'signaling-lost': {
    en: say('The connection to the server was lost.', 'Check your network, then try again.'),
    zh: say('和服务器的连接断了。', '请检查网络，然后重试。'),
  },

  // ------------------------------------------------------------ operator
  'bad-config': {
    en: say('This server is not set up correctly.', 'Tell whoever runs it.'),
    zh: say('这台服务器的配置有误。', '请告诉管理它的人。'),
  },
  unauthorized: {
    en: say('This server does not accept you.', 'Ask whoever runs it for access.'),
    zh: say('这台服务器不接受你的连接。', '请向管理它的人申请权限。'),
  },
  'password-required': {
    en: say('This server asks for its password.', 'Ask whoever runs it, then type it in.'),
    zh: say('这台服务器需要密码。', '请向管理它的人索取，然后填在这里。'),
  },
  'turn-refused': {
    en: say('The TURN server refused the user name or password.', 'Check both under Settings.'),
    zh: say('TURN 服务器拒绝了用户名或密码。', '请在设置里核对这两项。'),
  },
  'too-many': {
    en: say('Too many people are knocking at once.', 'Wait a minute, then try again.'),
    zh: say('同时敲门的人太多了。', '请过一分钟再试。'),
  },
  'port-taken': {
    en: say(
      'Another program holds the port Parley needs.',
      'Close that program, or start Parley with another port.',
    ),
    zh: say('Parley 需要的端口被其他程序占用。', '请关闭那个程序，或换一个端口启动 Parley。'),
  },

  // ------------------------------------------------------------ us
  'bad-message': {
    en: say('The server and this Parley did not understand each other.', 'Update Parley on both sides.'),
    zh: say('服务器和这个 Parley 没能互相理解。', '请把双方的 Parley 都更新到最新版。'),
  },
  replaced: {
    en: say(
      'You joined this room from somewhere else, so this window left it.',
      'Join again to come back here.',
    ),
    zh: say('你已在别处进入这个房间，这个窗口已退出。', '想在这里继续，请重新加入。'),
  },
  'settings-not-saved': {
    en: say(
      'Your settings could not be saved.',
      'They hold until you quit. Check that the disk is not full.',
    ),
    zh: say('设置没能保存。', '退出前仍然有效；请检查磁盘是否已满。'),
  },
  'settings-restored': {
    en: say(
      'Your settings could not be read, so the ones before them are used.',
      'Check them under Settings.',
    ),
    zh: say('设置无法读取，已恢复到上一次的设置。', '请在设置里核对一遍。'),
  },
  'settings-reset': {
    en: say('Your settings could not be read, so Parley starts afresh.', 'Set your name and devices again.'),
    zh: say('设置无法读取，已恢复为初始设置。', '请重新填写名字并选择设备。'),
  },
  unexpected: {
    en: say('Something went wrong in Parley.', 'Try again.'),
    zh: say('Parley 出了点问题。', '请再试一次。'),
  },
};

type EndedBy = Extract<CallState, { phase: 'ended' }>['by'];

const endSentences: Record<EndReason, Record<Language, (name: string, by: EndedBy) => Sentence>> = {
  'hung-up': {
    en: (name, by) =>
      by === 'self'
        ? say('You hung up.')
        : say(by === 'peer' ? `${isolate(name)} hung up.` : 'The call has ended.'),
    zh: (name, by) =>
      by === 'self' ? say('你已挂断') : say(by === 'peer' ? `${isolate(name)} 已挂断` : '通话已结束'),
  },
  left: {
    en: (name, by) =>
      by === 'self'
        ? say('You left the room.')
        : say(`${isolate(name)} is gone.`, 'Their Parley was closed or lost its network.'),
    zh: (name, by) =>
      by === 'self'
        ? say('你已离开房间')
        : say(`${isolate(name)} 已离开`, '对方关闭了 Parley，或者网络断了。'),
  },
  lost: {
    en: (name) => say(`The connection to ${isolate(name)} was lost.`, 'Nothing got through for ten minutes.'),
    zh: (name) => say(`与 ${isolate(name)} 的连接断了`, '已经十分钟没有任何声音和画面。'),
  },
  'peer-unreachable': {
    en: (name) =>
      say(
        `No way was found between you and ${isolate(name)}.`,
        'You are on different networks. Join the same one, or add a TURN server under Settings.',
      ),
    zh: (name) =>
      say(
        `你和 ${isolate(name)} 之间找不到通路`,
        '你们不在同一个网络里。请连到同一个网络，或在设置里添加 TURN 服务器。',
      ),
  },
  'room-closed': {
    en: (name) => say('The room was closed.', `Ask ${isolate(name)} to open it again.`),
    zh: (name) => say('房间已关闭', `请 ${isolate(name)} 重新打开房间。`),
  },
};

/** Why a call is over, as one sentence. `name` is shown, so never empty. */
export const endSentence = (reason: EndReason, by: EndedBy, name: string, language: Language): Sentence =>
  endSentences[reason][language](name, by);
