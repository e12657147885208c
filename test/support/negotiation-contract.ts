/**
 * What two peers must reach whatever the post does to their signals. Plain functions without Node or vitest: the same
 * schedules run against the fake in unit tests and, inside Electron, against the real RTCPeerConnection.
 */
import type { Signal } from '../../main/signaling/protocol';
import type { Clock } from '../../renderer/call/clock';
import { Peer, type PeerConnectionConstructor } from '../../renderer/call/peer';
import { randomFrom } from './chance';

export interface NegotiationEnvironment {
  connection: PeerConnectionConstructor;
  newStream: () => MediaStream;
  clock: Clock;
}

/** Everything random about one run follows from these. */
export interface Schedule {
  seed: number;
  /** Both offer at once, or one after the other. */
  glare: boolean;
  /** Whether the side that comes second is the polite one. */
  newcomerIsPolite: boolean;
  /** The newcomer's offer is made before it is known to whom. */
  prepared: boolean;
  /** Of all signals, this share comes a second time. */
  duplicates: number;
  /** Signals take up to this long; unequal times change their order. */
  delayMs: number;
  /** ICE restarts in the running call, at random moments on random sides. */
  restarts: number;
}

export interface Verdict {
  ok: boolean;
  /** What is wrong, and everything that helps to see why. */
  report: string;
}

const LIMIT_MS = 25_000;
const QUIET_MS = 50;

/** A schedule of its own for every seed. */
export function scheduleFrom(seed: number): Schedule {
  const random = randomFrom(seed);
  return {
    seed,
    glare: random() < 0.5,
    newcomerIsPolite: random() < 0.5,
    duplicates: random() < 0.5 ? 0 : random() * 0.5,
    delayMs: Math.floor(random() * 40),
    restarts: Math.floor(random() * 3),
    prepared: random() < 0.5,
  };
}

interface Side {
  name: string;
  peer: Peer;
  alive: boolean;
  errors: string[];
}

/** Runs one schedule to its end. */
export async function negotiate(environment: NegotiationEnvironment, schedule: Schedule): Promise<Verdict> {
  const { clock } = environment;
  const random = randomFrom(schedule.seed + 1);
  const log: string[] = [];
  let underWay = 0;

  const pass = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  const carry = (to: () => Side, signal: Signal) => {
    const copies = random() < schedule.duplicates ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      underWay += 1;
      clock.after(random() * schedule.delayMs, () => {
        underWay -= 1;
        log.push(`${to().name} gets ${signal.call.slice(0, 4)}/${signal.n} ${kindOf(signal)}`);
        to().peer.receive(structuredClone(signal));
      });
    }
  };
  const sideNamed = (name: string, other: () => Side, offersSoon: boolean): Side => {
    const side: Side = {
      name,
      alive: false,
      errors: [],
      peer: new Peer({
        ...environment,
        wallClock: () => clock.now(),
        iceServers: [],
        offersSoon,
        videoCodecs: [],
        relayOnly: false,
        freshIceServers: () => Promise.resolve([]),
        events: {
          send: (signal) => carry(other, signal),
          pathChanged: (alive) => (side.alive = alive),
          badMessage: (cause) => side.errors.push(String(cause)),
          restarted: () => side.errors.push('took the other for restarted'),
          callSettled: () => {},
          exchanged: () => {},
          mediaStated: () => {},
          safetyCodeChanged: () => {},
          bye: () => side.errors.push('heard a bye'),
          relayRefused: () => undefined,
          impostor: () => side.errors.push('took the other for somebody else'),
        },
      }),
    };
    return side;
  };
  const host: Side = sideNamed('host', () => newcomer, false);
  const newcomer: Side = sideNamed('newcomer', () => host, schedule.prepared);
  const sides = [host, newcomer];

  const begin = (side: Side, polite: boolean, offers: boolean) =>
    side.peer.begin({ polite, plain: false, offers, iceServers: [], fingerprint: null });
  // An offer is ready after a moment, or not yet.
  if (schedule.prepared) await pass(random() * schedule.delayMs);
  begin(host, !schedule.newcomerIsPolite, schedule.glare);
  begin(newcomer, schedule.newcomerIsPolite, true);

  const faults = () => faultsOf(sides);
  const reached = async () => {
    let quiet = 0;
    for (let spent = 0; spent < LIMIT_MS; spent += QUIET_MS) {
      await pass(QUIET_MS);
      // Twice in a row: what is under way inside the connections shows a moment later.
      quiet = underWay === 0 && faults().length === 0 ? quiet + 1 : 0;
      if (quiet === 2) return true;
    }
    return false;
  };

  let ok = await reached();
  for (let restart = 0; ok && restart < schedule.restarts; restart += 1) {
    for (const side of sides) {
      if (random() < 0.3) continue;
      await pass(random() * schedule.delayMs);
      side.peer.connection.restartIce();
    }
    ok = await reached();
  }
  const found = faults();
  for (const { peer } of sides) peer.close();
  return { ok, report: [JSON.stringify(schedule), ...found, ...log].join('\n') };
}

function faultsOf(sides: Side[]): string[] {
  const faults: string[] = [];
  const [calls, shapes] = [new Set<string>(), new Set<string>()];
  for (const { name, peer, alive, errors } of sides) {
    const pc = peer.connection;
    const shape = pc.getTransceivers().map(({ mid, receiver }) => `${String(mid)}:${receiver.track.kind}`);
    calls.add(peer.call);
    shapes.add(shape.join());
    if (pc.signalingState !== 'stable') faults.push(`${name} is ${pc.signalingState}`);
    if (pc.connectionState !== 'connected' || !alive) faults.push(`${name} is ${pc.connectionState}`);
    if (shape.length !== 3) faults.push(`${name} has ${shape.join()}`);
    if (pc.getTransceivers().some(({ direction }) => direction !== 'sendrecv'))
      faults.push(`${name} would not send`);
    faults.push(...errors.map((error) => `${name}: ${error}`));
  }
  for (const { name, peer } of sides) {
    const other = sides.find((side) => side.peer !== peer)?.peer.connection;
    const [said, heard] = [peer.connection.localDescription, other?.remoteDescription].map(fragmentOf);
    if (said !== heard) faults.push(`${name} answers to ${said}, the other knows ${heard}`);
  }
  if (calls.size !== 1) faults.push(`two calls: ${[...calls].join()}`);
  if (shapes.size !== 1) faults.push(`unlike: ${[...shapes].join(' / ')}`);
  return faults;
}

const fragmentOf = (description: { sdp: string } | null | undefined) =>
  /^a=ice-ufrag:(\S+)/m.exec(description?.sdp ?? '')?.[1] ?? 'nothing';

function kindOf(signal: Signal): string {
  if ('description' in signal) return signal.description.type;
  return 'bye' in signal ? 'bye' : signal.candidate ? 'candidate' : 'end of candidates';
}
