/** What went wrong, what to do, and why a call is over, in English. */
import type { Sentences } from './error-sentences';
import { isolate } from './isolate';

export const enSentences: Sentences = {
  errors: {
    // ------------------------------------------------------------ you
    'camera-denied': {
      what: 'Parley is not allowed to use the camera.',
      whatToDo: 'Allow it in the system’s privacy settings, then try again.',
    },
    'camera-in-use': {
      what: 'Another app is using the camera.',
      whatToDo: 'Close that app, or choose another camera, then try again.',
    },
    'no-camera': { what: 'No camera was found.', whatToDo: 'Plug one in and try again, or talk without it.' },
    'microphone-denied': {
      what: 'Parley is not allowed to use the microphone.',
      whatToDo: 'Allow it in the system’s privacy settings, then try again.',
    },
    'microphone-in-use': {
      what: 'Another app is using the microphone.',
      whatToDo: 'Close that app, or choose another microphone, then try again.',
    },
    'no-microphone': {
      what: 'No microphone was found.',
      whatToDo: 'Plug one in and try again. Until then you can only listen.',
    },
    'bad-link': {
      what: 'This link is not complete, or not from Parley.',
      whatToDo: 'Ask for the link again and paste all of it.',
    },
    'bad-address': {
      what: 'This is not an address Parley can connect to.',
      whatToDo: 'It looks like 192.168.1.5 or example.org:9238.',
    },
    'bad-room-name': {
      what: 'This cannot be a room name.',
      whatToDo: 'It has 1 to 64 letters, digits or symbols.',
    },
    'bad-group-name': {
      what: 'This cannot be the name of a group.',
      whatToDo: 'It has 1 to 64 letters, digits or symbols.',
    },
    'own-address': { what: 'This is your own address.', whatToDo: 'Type the address of the other person.' },
    'bad-ice-server': {
      what: 'This is not the address of a STUN or TURN server.',
      whatToDo: 'It looks like turn:example.org:3478.',
    },
    'turn-without-secret': {
      what: 'A TURN server needs a user name and a password.',
      whatToDo: 'Ask whoever runs it for both.',
    },
    'too-long': { what: 'This is too long.', whatToDo: 'Paste only the link or the address.' },
    'room-full': {
      what: 'Two people are in this room already.',
      whatToDo: 'Try again when one of them has left.',
    },
    'room-not-open': {
      what: 'This room is not open.',
      whatToDo: 'Check its name, and ask the host whether they are in it.',
    },
    'turned-away': { what: 'The host did not let you in.', whatToDo: 'Ask them, then try again.' },
    cancelled: { what: 'You stopped connecting.' },
    // ------------------------------------------------------------ network
    'server-unreachable': {
      what: 'There is no answer at this address.',
      whatToDo: 'Check the address, that the room is still open, and that you are on the same network.',
    },
    'not-parley': {
      what: 'Something answers at this address, but it is not Parley.',
      whatToDo: 'Check the address and the port.',
    },
    'peer-unreachable': {
      what: 'No way was found between your two networks.',
      whatToDo: 'Join the same network, or add a TURN server under Settings.',
    },
    'peer-unavailable': {
      what: 'The other side cannot be reached right now.',
      whatToDo: 'Wait a moment, then try again.',
    },
    'nobody-there': {
      what: 'Nobody can be called at this address.',
      whatToDo: 'Check it, and that Parley is open there and reachable on the network you are both on.',
    },
    'signaling-lost': {
      what: 'The connection to the server was lost.',
      whatToDo: 'Check your network, then try again.',
    },
    // ------------------------------------------------------------ operator
    'bad-config': { what: 'This server is not set up correctly.', whatToDo: 'Tell whoever runs it.' },
    unauthorized: { what: 'This server does not accept you.', whatToDo: 'Ask whoever runs it for access.' },
    'wrong-address': {
      what: 'There is a server, but it does not go by this address.',
      whatToDo:
        'Use the link that the host shows. A room hosted in Parley works only on the network it is on.',
    },
    'password-required': {
      what: 'This server asks for its password.',
      whatToDo: 'Ask whoever runs it, then type it in.',
    },
    'password-wrong': {
      what: 'This is not the password of this server.',
      whatToDo: 'Check it with whoever runs the server, then type it in again.',
    },
    'turn-refused': {
      what: 'The TURN server refused the user name or password.',
      whatToDo: 'Check both under Settings.',
    },
    'too-many': { what: 'Too many people are knocking at once.', whatToDo: 'Wait a minute, then try again.' },
    'presence-off': {
      what: 'On this server people cannot be seen or called by name.',
      whatToDo: 'Rooms and links work. Whoever runs it can allow the rest.',
    },
    'port-taken': {
      what: 'Another program uses the port Parley needs.',
      whatToDo: 'Close that program, or start Parley with another port.',
    },
    'port-refused': {
      what: 'This system does not let Parley use that port.',
      whatToDo: 'Start Parley with a port above 1023.',
    },
    // ------------------------------------------------------------ us
    'bad-message': {
      what: 'The server and this Parley did not understand each other.',
      whatToDo: 'Update Parley on both sides.',
    },
    'not-present': { what: 'The server does not know you are here.', whatToDo: 'Try again in a moment.' },
    replaced: {
      what: 'You joined this room from somewhere else, so this window left it.',
      whatToDo: 'Join again to come back here.',
    },
    'login-item-failed': {
      what: 'Starting at login could not be changed.',
      whatToDo: 'Change it in the system’s own settings.',
    },
    'shortcut-refused': {
      what: 'Another app uses the shortcut that mutes.',
      whatToDo: 'Choose another one in the settings.',
    },
    'settings-not-saved': {
      what: 'Your settings could not be saved.',
      whatToDo: 'They hold until you quit. Check that the disk is not full.',
    },
    'profile-not-saved': {
      what: 'Parley cannot write to its folder.',
      whatToDo:
        'You can call, but what you change is gone when you quit, and others will see somebody new. Check that the disk is not full.',
    },
    'key-lost': {
      what: 'The key of this device could not be read, so it has a new one.',
      whatToDo:
        'People you know are warned that you call from another device. Compare safety codes with them again.',
    },
    'settings-restored': {
      what: 'Your settings could not be read, so the ones before them are used.',
      whatToDo: 'Check them under Settings.',
    },
    'settings-reset': {
      what: 'Your settings could not be read, so Parley starts afresh.',
      whatToDo: 'Set your name and devices again.',
    },
    'people-restored': {
      what: 'The list of people you know could not be read, so the one before it is used.',
      whatToDo: 'Your last change to it may be missing.',
    },
    'people-reset': {
      what: 'The list of people you know could not be read, so it starts afresh.',
      whatToDo: 'Add your favourites again.',
    },
    'calls-restored': {
      what: 'The list of recent calls could not be read, so the one before it is used.',
      whatToDo: 'Your last call may be missing.',
    },
    'calls-reset': {
      what: 'The list of recent calls could not be read, so it starts afresh.',
      whatToDo: 'Your favourites are still there.',
    },
    'book-not-saved': {
      what: 'This could not be saved.',
      whatToDo: 'It holds until you quit. Check that the disk is not full.',
    },
    unexpected: { what: 'Something went wrong in Parley.', whatToDo: 'Try again.' },
  },

  ends: {
    'hung-up': (name, by) =>
      by === 'self'
        ? { what: 'You hung up.' }
        : { what: by === 'peer' ? `${isolate(name)} hung up.` : 'The call has ended.' },
    left: (name, by) =>
      by === 'self'
        ? { what: 'You left the room.' }
        : { what: `${isolate(name)} is gone.`, whatToDo: 'They closed Parley, or lost their connection.' },
    lost: (name) => ({
      what: `The connection to ${isolate(name)} was lost.`,
      whatToDo: 'Nothing got through for ten minutes.',
    }),
    'peer-unreachable': (name) => ({
      what: `No way was found between you and ${isolate(name)}.`,
      whatToDo:
        'Your networks do not let you through to each other. Join the same one, or add a TURN server under Settings.',
    }),
    'no-response': (name) => ({
      what: `Nothing was heard from ${isolate(name)}.`,
      whatToDo: 'Their Parley may have closed, or lost its connection. Try again.',
    }),
    declined: (name, by) =>
      by === 'self'
        ? { what: `You declined ${isolate(name)}’s call.` }
        : { what: `${isolate(name)} declined the call.` },
    busy: (name) => ({
      what: `${isolate(name)} is busy.`,
      whatToDo: 'They will see that you called.',
    }),
    'do-not-disturb': (name) => ({
      what: `${isolate(name)} does not want to be disturbed now.`,
      whatToDo: 'They will see that you called.',
    }),
    cancelled: (name, by) =>
      by === 'self'
        ? { what: 'You ended the call.' }
        : { what: `${isolate(name)} hung up before you talked.` },
    'no-answer': () => ({ what: 'Nobody answered.' }),
    unreachable: (name) => ({
      what: `${isolate(name)} cannot be reached any more.`,
      whatToDo: 'They closed Parley, or one of you lost the connection.',
    }),
    'not-verified': (name) => ({
      what: `The call was stopped: it would not have reached ${isolate(name)} alone.`,
      whatToDo: 'Somebody on the way may have tried to listen in. Try another network or server.',
    }),
    'room-closed': (name) => ({
      what: 'The room was closed.',
      whatToDo: `Ask ${isolate(name)} to open it again.`,
    }),
  },
};
