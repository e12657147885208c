import type { RingMedia } from '../../main/signaling/protocol';
import type { Sound } from '../../preload/bridge';
import type { RingWords } from './ring-words';

/**
 * Everything the page says, as a type: a language without one of these sentences does not compile. Sentences for
 * errors and endings are in `error-sentences.ts`, the page's last ones in `crash.ts`.
 *
 * Functions take names as they are and isolate them (`isolate.ts`); show such sentences through `Phrase.svelte`.
 */
export interface Messages {
  /** Stands for a name that is empty. */
  someone: string;
  you: string;
  close: string;
  cancel: string;
  done: string;
  tryAgain: string;
  dismiss: string;
  details: string;

  /** The system's privacy page. */
  openSystemSettings: string;

  firstStart: {
    title: string;
    lead: string;
    name: string;
    nameHint: string;
    devices: string;
    devicesText: string;
    privacy: string;
    privacyText: string;
    continue: string;
  };

  side: {
    title: string;
    /** Stands over the people who are met on the saved server. */
    onServer: string;
    nothingYet: string;
    addServer: string;
    changeServer: string;
    /** Nobody but oneself is there. */
    nobody: string;
    serverGone: (server: string) => string;
    connecting: (server: string) => string;
    status: string;
    statuses: Record<'free' | 'do-not-disturb' | 'invisible', string>;
    /** Of somebody else. */
    theirs: Record<'free' | 'in-call' | 'do-not-disturb' | 'invisible', string>;
    callByVoice: (name: string) => string;
    callByVideo: (name: string) => string;
    tabs: Record<'people' | 'recent', string>;
    search: string;
    nothingFound: string;
    favourites: string;
    hereNow: string;
    recentCalls: string;
    /** Of a favourite. */
    notHere: string;
    /** Opens what is known of somebody. */
    about: (name: string) => string;
    /** Calls that nobody has looked at. */
    missed: (count: number) => string;
    settings: string;
    open: string;
  };

  /** People on the network this computer is on. */
  nearby: {
    title: string;
    /** Asked once. */
    ask: string;
    askText: string;
    yes: string;
    no: string;
    off: string;
    looking: string;
    nobody: string;
    blocked: string;
    noNetwork: string;
    invisible: string;
    lookAgain: string;
    add: string;
    addTitle: string;
    addLead: string;
    target: string;
    targetHint: string;
    addPerson: string;
    adding: string;
    own: string;
    ownLink: string;
    ownAddress: string;
    ownKey: string;
    copy: string;
    copied: string;
  };

  /** The link of a person was opened. */
  meet: {
    title: string;
    lead: string;
    /** Meeting somebody begins with being reachable oneself. */
    asksReachable: string;
    who: string;
    unknown: string;
    key: string;
    where: string;
    connect: string;
    connectReachable: string;
    connecting: string;
    met: string;
  };

  /** Calls that are over. */
  recent: {
    nothingYet: string;
    missed: string;
    directions: Record<'out' | 'in', string>;
    kinds: Record<RingMedia, Record<'out' | 'in', string>>;
    /** Said of a missed call that is seen for the first time. */
    fresh: string;
    callBack: (name: string) => string;
    notReachable: (name: string) => string;
    noWayBack: string;
    details: (name: string) => string;
    end: string;
    length: string;
    times: string;
    /** Why nothing can be remembered of who it was with. */
    noKey: string;
    about: string;
    delete: string;
    deleteAll: string;
    deleted: (count: number) => string;
    undo: string;
  };

  /** Somebody one knows. */
  person: {
    verified: string;
    notVerified: string;
    /** Where they are called otherwise here. */
    ownName: (name: string) => string;
    givenName: string;
    addFavourite: string;
    removeFavourite: string;
    autoAnswer: string;
    autoAnswerHint: string;
    /** What is missing for that. */
    autoAnswerNeeds: string;
    block: string;
    unblock: string;
    unblockName: (name: string) => string;
    blocked: string;
    takeBack: string;
    namesake: (name: string) => string;
    forget: string;
  };

  server: {
    title: string;
    lead: string;
    address: string;
    addressHint: string;
    group: string;
    groupHint: string;
    passwordKept: string;
    save: string;
    remove: string;
  };

  ring: RingWords & {
    calling: (name: string) => string;
    /** Their app shows it. */
    ringing: (name: string) => string;
    connecting: string;
    voiceCall: (name: string) => string;
    videoCall: (name: string) => string;
    missed: Record<'busy' | 'do-not-disturb', (name: string) => string>;
  };

  idle: {
    title: string;
    name: string;
    nameEmpty: string;
    previewTurnOn: string;
    previewTurnOff: string;
    previewHint: string;
    voiceOnly: string;
    host: string;
    join: string;
  };

  devices: {
    camera: string;
    microphone: string;
    systemDefault: string;
    cameraNumber: (n: number) => string;
    microphoneNumber: (n: number) => string;
    ringSpeaker: string;
    speakerNumber: (n: number) => string;
    /** Lets it ring once. */
    testSpeaker: string;
    noCamera: string;
    noMicrophone: string;
    /** The chosen device is not plugged in. */
    notConnected: string;
    level: string;
  };

  host: {
    title: string;
    lead: string;
    room: string;
    suggest: string;
    door: string;
    doorHint: string;
    open: string;
  };

  join: {
    title: string;
    target: string;
    targetPlaceholder: string;
    targetHint: string;
    room: string;
    roomHint: string;
    password: string;
    passwordHint: string;
    /** Above what is wrong with a link that is not the one in the field. */
    openedLink: string;
    /** What the field names, once it is right. `others`: how many more addresses. */
    summary: (room: string, server: string, others: number) => string;
    advanced: string;
    join: string;
  };

  iceServers: {
    title: string;
    lead: string;
    address: string;
    addressPlaceholder: string;
    userName: string;
    credential: string;
    add: string;
    remove: string;
    numbered: (n: number) => string;
    full: string;
    alwaysRelay: string;
    alwaysRelayHint: string;
  };

  confirm: {
    title: string;
    lead: string;
    returnTitle: string;
    returnLead: string;
    /** Into a call that a ring became. */
    callTitle: (name: string) => string;
    callLead: (name: string) => string;
    goBack: string;
    room: string;
    servers: (count: number) => string;
    join: string;
  };

  joining: {
    opening: string;
    connecting: (server: string) => string;
    knocking: (host: string) => string;
    knockingHint: string;
  };

  waiting: {
    title: string;
    room: string;
    waiting: string;
    share: string;
    link: string;
    copyLink: string;
    copied: string;
    addresses: string;
    moreAddresses: (count: number) => string;
    /** No network, only this computer. */
    noNetwork: string;
    remote: (server: string) => string;
    remoteHint: string;
    door: string;
    doorHint: string;
    leave: string;
    connectionGone: string;
  };

  knock: {
    wantsToJoin: (name: string) => string;
    wantsToJoinAgain: (name: string) => string;
    letIn: string;
    notNow: string;
  };

  call: {
    title: (name: string) => string;
    connecting: string;
    controls: string;
    mute: string;
    unmute: string;
    cameraOn: string;
    cameraOff: string;
    more: string;
    hangUp: string;
    peerMuted: (name: string) => string;
    peerCameraOff: (name: string) => string;
    /** You are muted and hold the space bar. */
    talking: string;
    fill: string;
    fit: string;
    fullScreen: string;
    leaveFullScreen: string;
    hideSelf: string;
    showSelf: string;
    selfCorner: string;
    corner: Record<'top-left' | 'top-right' | 'bottom-left' | 'bottom-right', string>;
    time: string;
    quality: Record<'good' | 'fair' | 'poor', string>;
    path: Record<'lan' | 'direct' | 'relayed', string>;
    roundTrip: (ms: number) => string;
    connection: string;
    /** Reconnecting. */
    peerGone: (name: string) => string;
    /** The other's seat is free; they may still come. */
    notBack: (name: string) => string;
    /** Of either side: the server, which may be the other's own app, cannot be asked. */
    gone: string;
    silent: (name: string) => string;
    finishFirst: string;
  };

  safetyCode: {
    title: string;
    /** What to do with it. */
    lead: string;
    /** What it proves, in one sentence, and in another what it does not. */
    proves: string;
    limits: string;
    exchanging: string;
    none: string;
    noneHint: string;
    /** Says that both read out the same. */
    matches: string;
    matchesHint: (name: string) => string;
    remembered: (name: string) => string;
    takeBack: string;
    /** Why it cannot be, in this call. */
    notRemembered: string;
    failed: string;
    /** Said of somebody with whom it was compared before. */
    failedVerified: (name: string) => string;
    /** What it may mean, and what to do. */
    failedHint: string;
  };

  ended: {
    lasted: (time: string) => string;
    callAgain: string;
    onlyByRelay: string;
    done: string;
  };

  settings: {
    title: string;
    you: string;
    name: string;
    language: string;
    languageSystem: string;
    preview: string;
    previewHint: string;
    voiceOnly: string;
    voiceOnlyHint: string;
    reachable: string;
    reachableHint: string;
    audio: string;
    audioProcessing: string;
    audioProcessingHint: string;
    /** Stands over `soundWhen`. */
    sounds: string;
    soundWhen: Record<Sound, string>;
    /** What goes on without the window. */
    background: string;
    closeToTray: string;
    closeToTrayHint: string;
    startAtLogin: string;
    startAtLoginHint: string;
    globalMute: string;
    globalMuteOff: string;
    connection: string;
    calls: string;
    connectAhead: string;
    connectAheadHint: string;
    blocked: string;
    blockedHint: string;
    about: string;
    version: (version: string) => string;
    aboutText: string;
  };

  /** The window was closed for the first time, and people can call. */
  closing: {
    title: string;
    text: string;
    hint: string;
    keep: string;
    quit: string;
  };

  /** Of the window itself; plain text. */
  windowTitle: {
    ringing: (name: string) => string;
    muted: (name: string) => string;
  };

  /** Said to screen readers when the phase changes. */
  announce: {
    connected: (name: string) => string;
    reconnecting: string;
    backAgain: string;
    linkCopied: string;
    muted: string;
    unmuted: string;
    cameraOn: string;
    cameraOff: string;
  };
}
