import { isolate } from './isolate';
import type { Messages } from './messages';

const plural = new Intl.PluralRules('en');

export const en = {
  someone: 'Someone',
  you: 'You',
  close: 'Close',
  cancel: 'Cancel',
  done: 'Done',
  tryAgain: 'Try again',
  dismiss: 'Dismiss',
  details: 'Details',

  openSystemSettings: 'Open system settings',

  firstStart: {
    title: 'Welcome to Parley',
    lead: 'Calls between two people, straight from one computer to the other. No account needed.',
    name: 'Your name',
    nameHint: 'Shown to the person you talk with.',
    devices: 'Camera and microphone',
    devicesText:
      'Your computer may ask whether Parley can use them when you turn on the preview or start a call.',
    privacy: 'Nothing leaves before a call',
    privacyText: 'The preview stays on your screen. Sound and picture are sent only once you are in a call.',
    continue: 'Continue',
  },

  side: {
    title: 'People',
    nothingYet: 'People on your network, favourites and recent calls will appear here.',
    settings: 'Settings',
    open: 'Show people',
  },

  idle: {
    title: 'Start a call',
    name: 'Your name',
    nameEmpty: 'Without a name, the other side cannot tell who is calling.',
    previewTurnOn: 'Turn on preview',
    previewTurnOff: 'Turn off preview',
    previewHint: 'See and hear yourself before a call',
    voiceOnly: 'Voice only',
    host: 'Host a room',
    join: 'Join',
  },

  devices: {
    camera: 'Camera',
    microphone: 'Microphone',
    systemDefault: 'System default',
    cameraNumber: (n) => `Camera ${n}`,
    microphoneNumber: (n) => `Microphone ${n}`,
    noCamera: 'No camera found',
    noMicrophone: 'No microphone found',
    notConnected: 'Not plugged in',
    level: 'Microphone level',
  },

  host: {
    title: 'Host a room',
    lead: 'The room is open while you are in it. Send its link to the person you want to talk with.',
    room: 'Room name',
    suggest: 'Suggest another name',
    door: 'Let people with the link straight in',
    doorHint: 'When off, you are asked about each person.',
    open: 'Open room',
  },

  join: {
    title: 'Join a room',
    target: 'Link or address',
    targetPlaceholder: 'parley://join… or 192.168.1.5',
    targetHint: 'Paste the link, or type the address on the host’s screen.',
    room: 'Room name',
    roomHint: 'As it stands on the host’s screen.',
    summary: (room, server, others) =>
      others === 0
        ? `Room ${isolate(room)} on ${isolate(server)}`
        : `Room ${isolate(room)} on ${isolate(server)} and ${others} more ${
            plural.select(others) === 'one' ? 'address' : 'addresses'
          }`,
    advanced: 'Advanced',
    join: 'Join room',
  },

  iceServers: {
    title: 'STUN and TURN servers',
    lead: 'STUN and TURN servers connect two people on different networks. On one network you need none.',
    address: 'Address',
    addressPlaceholder: 'turn:example.org:3478',
    userName: 'User name',
    credential: 'Password',
    add: 'Add a server',
    remove: 'Remove server',
    numbered: (n) => `Server ${n}`,
    full: 'Eight servers are the most that can be kept.',
    alwaysRelay: 'Always go through a TURN server',
    alwaysRelayHint:
      'Hides your network address from the other side. Without a TURN server no call comes about.',
  },

  confirm: {
    title: 'Join this room?',
    lead: 'You opened a link. Nothing is connected, and your camera and microphone stay off, until you join.',
    returnTitle: 'Go back to your room?',
    returnLead: 'Parley closed while you were in this room. Your place is kept for a short while.',
    room: 'Room',
    servers: (count) => (plural.select(count) === 'one' ? 'Server' : 'Servers, tried at once'),
    join: 'Join',
  },

  joining: {
    opening: 'Opening your room…',
    connecting: (server) => `Connecting to ${isolate(server)}…`,
    knocking: (host) => `Waiting for ${isolate(host)} to let you in…`,
    knockingHint: 'They see your name. They cannot see or hear you yet.',
  },

  waiting: {
    title: 'Your room',
    room: 'Room',
    waiting: 'Waiting for the other person',
    share: 'Send this link to the person you want to talk with.',
    link: 'Link to this room',
    copyLink: 'Copy link',
    copied: 'Copied',
    addresses: 'Or they type an address and the room name',
    moreAddresses: (count) => (plural.select(count) === 'one' ? '1 more address' : `${count} more addresses`),
    noNetwork: 'This computer is on no network. Only someone on this computer can join.',
    remote: (server) => `On ${isolate(server)}`,
    remoteHint: 'The other person joins with the same server address and room name.',
    door: 'Let people with the link straight in',
    doorHint: 'When off, you are asked about each person.',
    leave: 'Leave room',
    connectionGone: 'The connection to the server is gone. Trying to get it back…',
  },

  knock: {
    wantsToJoin: (name) => `${isolate(name)} wants to join`,
    wantsToJoinAgain: (name) => `${isolate(name)} is calling again`,
    letIn: 'Let in',
    notNow: 'Not now',
  },

  call: {
    title: (name) => `Call with ${isolate(name)}`,
    connecting: 'Connecting…',
    controls: 'Call controls',
    mute: 'Mute',
    unmute: 'Unmute',
    cameraOn: 'Turn on camera',
    cameraOff: 'Turn off camera',
    more: 'More',
    hangUp: 'Hang up',
    peerMuted: (name) => `${isolate(name)} is muted`,
    peerCameraOff: (name) => `${isolate(name)}’s camera is off`,
    talking: 'They hear you while you hold Space',
    fill: 'Fill the window',
    fit: 'Show the whole picture',
    fullScreen: 'Full screen',
    leaveFullScreen: 'Leave full screen',
    hideSelf: 'Hide my picture',
    showSelf: 'Show my picture',
    selfCorner: 'My picture',
    corner: {
      'top-left': 'Top left',
      'top-right': 'Top right',
      'bottom-left': 'Bottom left',
      'bottom-right': 'Bottom right',
    },
    time: 'Time',
    quality: { good: 'Good connection', fair: 'Fair connection', poor: 'Poor connection' },
    path: { lan: 'direct on this network', direct: 'direct', relayed: 'relayed' },
    roundTrip: (ms) => `${new Intl.NumberFormat('en').format(Math.round(ms))} ms`,
    connection: 'Connection',
    peerGone: (name) => `${isolate(name)}’s connection is gone. Trying to reach them…`,
    notBack: (name) => `${isolate(name)} has not come back. You can wait or hang up.`,
    selfGone: 'Your connection is gone. Trying to get it back…',
    silent: (name) => `Nothing comes from ${isolate(name)}. Looking for another way…`,
    finishFirst: 'You opened a link. Leave this room first, then open it again.',
  },

  ended: {
    lasted: (time) => `You talked for ${time}.`,
    callAgain: 'Call again',
    done: 'Done',
  },

  settings: {
    title: 'Settings',
    you: 'You',
    name: 'Your name',
    language: 'Language',
    languageSystem: 'As the system',
    preview: 'Show my preview before a call',
    previewHint: 'Uses your camera and microphone while the window is shown. Nothing is sent.',
    voiceOnly: 'Start calls with voice only',
    voiceOnlyHint: 'You can turn the camera on during a call.',
    connection: 'Different networks',
    about: 'About',
    version: (version) => `Parley ${version}`,
    aboutText: 'Sound and picture go straight from you to the other side, encrypted.',
  },

  announce: {
    connected: (name) => `You are connected with ${isolate(name)}.`,
    reconnecting: 'The connection is interrupted.',
    backAgain: 'The connection is back.',
    linkCopied: 'The link was copied.',
  },
} satisfies Messages;
