/** What went wrong, what to do, and why a call is over, in Simplified Chinese. */
import type { Sentences } from './error-sentences';
import { isolate } from './isolate';

export const zhSentences: Sentences = {
  errors: {
    // ------------------------------------------------------------ you
    'camera-denied': {
      what: 'Parley 没有使用摄像头的权限。',
      whatToDo: '请在系统的隐私设置里允许，然后重试。',
    },
    'camera-in-use': {
      what: '摄像头正被其他应用占用。',
      whatToDo: '请关闭那个应用，或换一个摄像头，然后重试。',
    },
    'no-camera': { what: '没有找到摄像头。', whatToDo: '请接上摄像头后重试，或者不开摄像头通话。' },
    'microphone-denied': {
      what: 'Parley 没有使用麦克风的权限。',
      whatToDo: '请在系统的隐私设置里允许，然后重试。',
    },
    'microphone-in-use': {
      what: '麦克风正被其他应用占用。',
      whatToDo: '请关闭那个应用，或换一个麦克风，然后重试。',
    },
    'no-microphone': { what: '没有找到麦克风。', whatToDo: '请接上麦克风后重试；在此之前你只能听。' },
    'bad-link': {
      what: '这个链接不完整，或者不是 Parley 的链接。',
      whatToDo: '请让对方重新发一次，然后完整粘贴。',
    },
    'bad-address': {
      what: '这不是 Parley 能连接的地址。',
      whatToDo: '地址的样子像 192.168.1.5 或 example.org:9238。',
    },
    'bad-room-name': { what: '这个名字不能用作房间名。', whatToDo: '房间名为 1 到 64 个字符。' },
    'bad-group-name': { what: '这个名字不能用作群组名。', whatToDo: '群组名为 1 到 64 个字符。' },
    'own-address': { what: '这是你自己的地址。', whatToDo: '请填写对方的地址。' },
    'bad-ice-server': {
      what: '这不是 STUN 或 TURN 服务器的地址。',
      whatToDo: '地址的样子像 turn:example.org:3478。',
    },
    'turn-without-secret': { what: 'TURN 服务器需要用户名和密码。', whatToDo: '请向管理它的人索取。' },
    'too-long': { what: '内容太长了。', whatToDo: '请只粘贴链接或地址。' },
    'room-full': { what: '房间里已经有两个人了。', whatToDo: '等其中一位离开后再试。' },
    'room-not-open': { what: '这个房间还没有开。', whatToDo: '请核对房间名，并问问房主是否在房间里。' },
    'turned-away': { what: '房主暂时没有让你进来。', whatToDo: '先和对方说一声，再试一次。' },
    cancelled: { what: '你已停止连接。' },
    // ------------------------------------------------------------ network
    'server-unreachable': {
      what: '这个地址没有回应。',
      whatToDo: '请核对地址，确认房间还开着，并且你们在同一个网络里。',
    },
    'not-parley': { what: '这个地址有回应，但不是 Parley。', whatToDo: '请核对地址和端口。' },
    'peer-unreachable': {
      what: '你们的网络之间连不通。',
      whatToDo: '请连到同一个网络，或在设置里添加 TURN 服务器。',
    },
    'peer-unavailable': { what: '暂时联系不上对方。', whatToDo: '请稍等片刻再试。' },
    'nobody-there': {
      what: '这个地址上没有可以呼叫的人。',
      whatToDo: '请核对地址，并确认对方在同一网络里打开了 Parley、允许被找到。',
    },
    'signaling-lost': { what: '和服务器的连接断了。', whatToDo: '请检查网络，然后重试。' },
    // ------------------------------------------------------------ operator
    'bad-config': { what: '这台服务器的配置有误。', whatToDo: '请告诉管理它的人。' },
    unauthorized: { what: '这台服务器不接受你的连接。', whatToDo: '请向管理它的人申请权限。' },
    'wrong-address': {
      what: '服务器在，但它不认这个地址。',
      whatToDo: '请使用房主屏幕上显示的链接。在 Parley 里开的房间只能在它所在的网络里使用。',
    },
    'password-required': { what: '这台服务器需要密码。', whatToDo: '请向管理它的人索取，然后填写密码。' },
    'password-wrong': { what: '服务器密码不对。', whatToDo: '请向管理它的人核对，然后重新填写。' },
    'turn-refused': { what: 'TURN 服务器拒绝了用户名或密码。', whatToDo: '请在设置里核对这两项。' },
    'too-many': { what: '同时敲门的人太多了。', whatToDo: '请过一分钟再试。' },
    'port-taken': {
      what: 'Parley 需要的端口被其他程序占用。',
      whatToDo: '请关闭那个程序，或换一个端口启动 Parley。',
    },
    'port-refused': {
      what: '系统不允许 Parley 使用这个端口。',
      whatToDo: '请用 1023 以上的端口启动 Parley。',
    },
    // ------------------------------------------------------------ us
    'bad-message': {
      what: '服务器和这个 Parley 无法互通。',
      whatToDo: '请把双方的 Parley 都更新到最新版。',
    },
    'presence-off': {
      what: '这个服务器不能显示或呼叫联系人。',
      whatToDo: '房间和链接可以照常使用；其余由服务器管理者开启。',
    },
    'not-present': { what: '服务器还不知道你在线。', whatToDo: '请稍后再试。' },
    replaced: { what: '你已在别处进入这个房间，这个窗口已退出。', whatToDo: '想在这里继续，请重新加入。' },
    'login-item-failed': { what: '没能更改登录时启动。', whatToDo: '请在系统自己的设置里更改。' },
    'shortcut-refused': { what: '静音快捷键已被其他应用占用。', whatToDo: '请在设置里换一个。' },
    'settings-not-saved': { what: '设置没能保存。', whatToDo: '退出前仍然有效；请检查磁盘是否已满。' },
    'key-lost': {
      what: '这台设备的密钥无法读取，已换成新的。',
      whatToDo: '认识的人会收到“来自另一台设备”的提醒，请重新核对安全码。',
    },
    'settings-restored': { what: '设置无法读取，已恢复到上一次的设置。', whatToDo: '请在设置里核对一遍。' },
    'settings-reset': { what: '设置无法读取，已恢复为初始设置。', whatToDo: '请重新填写名字并选择设备。' },
    'people-restored': {
      what: '联系人名单无法读取，已恢复到上一次的名单。',
      whatToDo: '最近一次改动可能丢失。',
    },
    'people-reset': { what: '联系人名单无法读取，已清空。', whatToDo: '请重新添加收藏的联系人。' },
    'calls-restored': {
      what: '通话记录无法读取，已恢复到上一次的记录。',
      whatToDo: '最近一次通话可能丢失。',
    },
    'calls-reset': { what: '通话记录无法读取，已清空。', whatToDo: '收藏的联系人不受影响。' },
    'profile-not-saved': {
      what: 'Parley 无法写入自己的文件夹。',
      whatToDo: '可以通话，但退出后改动都会丢失，别人也会把你当成新的人。请检查磁盘是否已满。',
    },
    'book-not-saved': { what: '这次改动没能保存。', whatToDo: '退出前仍然有效；请检查磁盘是否已满。' },
    unexpected: { what: 'Parley 出了点问题。', whatToDo: '请再试一次。' },
  },

  ends: {
    'hung-up': (name, by) =>
      by === 'self'
        ? { what: '你已挂断' }
        : { what: by === 'peer' ? `${isolate(name)} 已挂断` : '通话已结束' },
    left: (name, by) =>
      by === 'self'
        ? { what: '你已离开房间' }
        : { what: `${isolate(name)} 已离开`, whatToDo: '对方关闭了 Parley，或者网络断了。' },
    lost: (name) => ({ what: `与 ${isolate(name)} 的连接断了`, whatToDo: '已经十分钟没有任何声音和画面。' }),
    'peer-unreachable': (name) => ({
      what: `你和 ${isolate(name)} 之间连不通`,
      whatToDo: '你们的网络互不相通。请连到同一个网络，或在设置里添加 TURN 服务器。',
    }),
    'no-response': (name) => ({
      what: `${isolate(name)} 没有任何回应`,
      whatToDo: '对方的 Parley 可能已关闭，或者网络断了。请再试一次。',
    }),
    declined: (name, by) =>
      by === 'self' ? { what: `你拒绝了 ${isolate(name)} 的来电` } : { what: `${isolate(name)} 拒绝了通话` },
    busy: (name) => ({ what: `${isolate(name)} 正忙`, whatToDo: '对方会看到你来过电话。' }),
    'do-not-disturb': (name) => ({
      what: `${isolate(name)} 现在不想被打扰`,
      whatToDo: '对方会看到你来过电话。',
    }),
    cancelled: (name, by) =>
      by === 'self' ? { what: '你已取消呼叫' } : { what: `${isolate(name)} 在接通前挂断了` },
    'no-answer': () => ({ what: '无人接听' }),
    unreachable: (name) => ({
      what: `联系不上 ${isolate(name)} 了`,
      whatToDo: '对方关闭了 Parley，或者你们中有一方断网了。',
    }),
    'not-verified': (name) => ({
      what: `通话已停止：对面不一定是 ${isolate(name)}`,
      whatToDo: '途中可能有人想偷听。请换一个网络或服务器再试。',
    }),
    'room-closed': (name) => ({ what: '房间已关闭', whatToDo: `请 ${isolate(name)} 再开一次。` }),
  },
};
