import { createHash, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  codeOf,
  commitmentOf,
  deriveCode,
  encodeFields,
  EXCHANGE_MS,
  fingerprintOf,
  fingerprintsOf,
  SafetyExchange,
  type Fingerprints,
  type SafetyCode,
  type SafetyCodeState,
  type SafetyMessage,
  type SafetyRole,
} from '../../../../renderer/call/safety-code';
import { FakeClock } from '../../../support/fake-clock';
import { hashed, watchHashing } from '../../../support/hashing';

watchHashing();

const fingerprintLike = (byte: string): string => Array(32).fill(byte).join(':');
const [A, B, M, N] = ['A0', 'B1', 'CC', 'DD'].map(fingerprintLike) as [string, string, string, string];
const CALL = 'call-1';

describe('fingerprintOf', () => {
  const line = `a=fingerprint:sha-256 ${A}`;

  test('finds the one that every section repeats, in upper case', () => {
    const sdp = ['v=0', line.toLowerCase(), 'm=audio 9', line, 'm=video 9', line, ''].join('\r\n');
    expect(fingerprintOf(sdp)).toBe(A);
    expect(fingerprintOf(sdp.replaceAll('\r\n', '\n'))).toBe(A);
    expect(fingerprintOf(sdp.replace('sha-256', 'SHA-256'))).toBe(A);
  });

  test.each([
    ['nothing', ''],
    ['a description without one', 'v=0\r\nm=audio 9\r\n'],
    ['two', `${line}\r\na=fingerprint:sha-256 ${B}\r\n`],
    ['one of another hash beside it', `${line}\r\na=fingerprint:sha-1 ${A.slice(0, 59)}\r\n`],
    ['one of another hash alone', `a=fingerprint:sha-512 ${A}:${A}\r\n`],
    ['one that is too short', `a=fingerprint:sha-256 ${A.slice(3)}\r\n`],
    ['one that is too long', `${line}:AA\r\n`],
    ['one with more behind it', `${line} ${B}\r\n`],
    ['one without colons', `a=fingerprint:sha-256 ${A.replaceAll(':', '')}\r\n`],
  ])('takes %s for no fingerprint', (_what, sdp) => {
    expect(fingerprintOf(sdp)).toBeNull();
  });

  test('is wanted of both descriptions', () => {
    const description = { type: 'offer', sdp: line } as RTCSessionDescription;
    expect(fingerprintsOf({ localDescription: description, remoteDescription: null })).toBeNull();
    expect(fingerprintsOf({ localDescription: description, remoteDescription: description })).toEqual({
      own: A,
      remote: A,
    });
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => void fingerprintOf(`a=fingerprint:sha-256 ${text}\r\na=${text}`)),
    );
  });
});

describe('what is hashed', () => {
  const bytes = (value: number) => new Uint8Array(32).fill(value);

  test('no two lists of fields give the same bytes', () => {
    const lists = fc.array(fc.string(), { maxLength: 4 });
    fc.assert(
      fc.property(lists, lists, (one, two) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(two));
        expect(encodeFields(...one)).not.toEqual(encodeFields(...two));
      }),
    );
    expect([...encodeFields('é', new Uint8Array([7]))]).toEqual([0, 0, 0, 2, 0xc3, 0xa9, 0, 0, 0, 1, 7]);
  });

  test('a commitment is the hash of everything it binds', async () => {
    const hash = createHash('sha256');
    for (const field of ['parley sas 1', 'offerer', CALL, A]) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(field.length);
      hash.update(length).update(field);
    }
    const expected = hash
      .update(Buffer.from([0, 0, 0, 32]))
      .update(bytes(1))
      .digest('base64url');
    expect(await commitmentOf('offerer', CALL, A, bytes(1))).toBe(expected);
    const others = await Promise.all([
      commitmentOf('answerer', CALL, A, bytes(1)),
      commitmentOf('offerer', 'call-2', A, bytes(1)),
      commitmentOf('offerer', CALL, B, bytes(1)),
      commitmentOf('offerer', CALL, A, bytes(2)),
    ]);
    expect(new Set([expected, ...others]).size).toBe(5);
  });

  test('the code is thirty bits of HKDF (RFC 5869)', async () => {
    const offerer = { fingerprint: A, random: bytes(1) };
    const answerer = { fingerprint: B, random: bytes(2) };
    const material = Buffer.concat([offerer.random, answerer.random]);
    const derived = hkdfSync('sha256', material, 'parley sas 1', encodeFields(CALL, A, B), 4);
    const bits = Buffer.from(derived).readUInt32BE() >>> 2;
    const code = await deriveCode(CALL, { offerer, answerer });
    expect(code).toEqual(codeOf(bits));
    const swapped = await deriveCode(CALL, { offerer: answerer, answerer: offerer });
    expect(swapped).not.toEqual(code);
  });

  test('pictures and digits say the same thirty bits', () => {
    expect(codeOf(0)).toEqual({ pictures: [0, 0, 0, 0, 0], digits: '000 000 0000' });
    expect(codeOf(2 ** 30 - 1)).toEqual({ pictures: [63, 63, 63, 63, 63], digits: '107 374 1823' });
    fc.assert(
      fc.property(fc.nat(2 ** 30 - 1), (bits) => {
        const { pictures, digits } = codeOf(bits);
        expect(Number(digits.replaceAll(' ', ''))).toBe(bits);
        expect(pictures.reduce((sum, picture) => sum * 64 + picture, 0)).toBe(bits);
      }),
    );
  });
});

/** One side, with everything that became of it. */
class Side {
  readonly role: SafetyRole;
  readonly fingerprints: Fingerprints;
  readonly states: SafetyCodeState['state'][] = [];
  readonly sent: SafetyMessage[] = [];
  readonly exchange: SafetyExchange;
  code: SafetyCode | null = null;

  constructor(
    role: SafetyRole,
    fingerprints: Fingerprints,
    clock: FakeClock,
    post: (message: SafetyMessage) => void = () => undefined,
    call = CALL,
  ) {
    this.role = role;
    this.fingerprints = fingerprints;
    this.exchange = new SafetyExchange({
      role,
      call,
      fingerprints,
      clock,
      send: (message) => {
        this.sent.push(message);
        post(message);
      },
      changed: (state) => {
        this.states.push(state.state);
        this.code = state.state === 'ready' ? state.code : null;
      },
    });
  }

  get state(): SafetyCodeState['state'] | undefined {
    return this.states.at(-1);
  }
}

/** Whose words arrive a moment later. */
function pair({ seenByA = B, seenByB = A } = {}): { a: Side; b: Side; clock: FakeClock } {
  const clock = new FakeClock();
  const a: Side = new Side('offerer', { own: A, remote: seenByA }, clock, (message) =>
    queueMicrotask(() => b.exchange.hear(message)),
  );
  const b: Side = new Side('answerer', { own: B, remote: seenByB }, clock, (message) =>
    queueMicrotask(() => a.exchange.hear(message)),
  );
  return { a, b, clock };
}

describe('SafetyExchange', () => {
  test('two sides that negotiated with each other get the same code', async () => {
    const { a, b, clock } = pair();
    await hashed();
    expect([a.state, b.state]).toEqual(['ready', 'ready']);
    expect(a.code).not.toBeNull();
    expect(a.code).toEqual(b.code);
    expect(a.states).toEqual(['exchanging', 'ready']);
    expect(a.sent.map(({ type }) => type)).toEqual(['commit', 'reveal']);
    expect(clock.pending).toBe(0);
  });

  test('two calls have different codes', async () => {
    const [first, second] = [pair(), pair()];
    await hashed();
    expect([first.a.state, second.a.state]).toEqual(['ready', 'ready']);
    expect(first.a.code).not.toEqual(second.a.code);
  });

  test('a side whose messages pass through other connections unchanged gets no code', async () => {
    const { a, b } = pair({ seenByA: M, seenByB: N });
    await hashed();
    expect([a.state, b.state]).toEqual(['failed', 'failed']);
  });

  test('somebody in the middle who plays both parts gives the two different codes', async () => {
    const clock = new FakeClock();
    const to = (side: () => Side) => (message: SafetyMessage) =>
      queueMicrotask(() => side().exchange.hear(message));
    const a: Side = new Side(
      'offerer',
      { own: A, remote: M },
      clock,
      to(() => towardA),
    );
    const towardA: Side = new Side(
      'answerer',
      { own: M, remote: A },
      clock,
      to(() => a),
    );
    const towardB: Side = new Side(
      'offerer',
      { own: N, remote: B },
      clock,
      to(() => b),
    );
    const b: Side = new Side(
      'answerer',
      { own: B, remote: N },
      clock,
      to(() => towardB),
    );
    await hashed();
    expect([a.state, b.state]).toEqual(['ready', 'ready']);
    expect(a.code).toEqual(towardA.code);
    expect(b.code).toEqual(towardB.code);
    expect(a.code).not.toEqual(b.code);
  });

  test('nothing is revealed before the other has committed', async () => {
    const clock = new FakeClock();
    const a = new Side('offerer', { own: A, remote: B }, clock);
    await hashed();
    await clock.advance(EXCHANGE_MS - 1);
    expect(a.sent.map(({ type }) => type)).toEqual(['commit']);
    expect(a.state).toBe('exchanging');
  });

  test('an older Parley, which takes no part, leaves no code and no alarm', async () => {
    const clock = new FakeClock();
    const a = new Side('offerer', { own: A, remote: B }, clock);
    await clock.advance(EXCHANGE_MS);
    expect(a.states).toEqual(['exchanging', 'none']);
  });

  /** What an honest answerer with these fingerprints would say. */
  async function answers(random = new Uint8Array(32).fill(9)) {
    const commit: SafetyMessage = {
      type: 'commit',
      commit: await commitmentOf('answerer', CALL, B, random),
    };
    const reveal: SafetyMessage = { type: 'reveal', random: Buffer.from(random).toString('base64url') };
    return { commit, reveal };
  }

  const withCommit = async () => {
    const clock = new FakeClock();
    const a = new Side('offerer', { own: A, remote: B }, clock);
    const other = await answers();
    await hashed();
    return { a, clock, ...other };
  };

  test('an honest answerer, played by hand, leads to a code', async () => {
    const { a, commit, reveal } = await withCommit();
    a.exchange.hear(commit);
    await hashed();
    a.exchange.hear(reveal);
    await hashed();
    expect(a.state).toBe('ready');
  });

  test('a commit that comes before the own one is made counts', async () => {
    const { commit, reveal } = await answers();
    const a = new Side('offerer', { own: A, remote: B }, new FakeClock());
    a.exchange.hear(commit);
    expect(a.sent).toEqual([]);
    await hashed();
    a.exchange.hear(reveal);
    await hashed();
    expect(a.state).toBe('ready');
  });

  test('a reveal before the commits ends it', async () => {
    const { a, commit, reveal } = await withCommit();
    a.exchange.hear(reveal);
    a.exchange.hear(commit);
    a.exchange.hear(reveal);
    await hashed();
    expect(a.states).toEqual(['exchanging', 'failed']);
    expect(a.sent).toHaveLength(1);
  });

  test('a side that was disturbed before it committed does so all the same, for the other to be told too', async () => {
    const { a, b, clock } = pair();
    a.exchange.hear({ type: 'reveal', random: 'A'.repeat(43) });
    expect(a.states).toEqual(['exchanging', 'failed']);
    await hashed();
    expect(a.sent.map(({ type }) => type)).toEqual(['commit']);
    await clock.advance(EXCHANGE_MS);
    expect([a.states, b.states]).toEqual([
      ['exchanging', 'failed'],
      ['exchanging', 'failed'],
    ]);
  });

  test('a second commit ends it, also the same again', async () => {
    const { a, commit, reveal } = await withCommit();
    a.exchange.hear(commit);
    a.exchange.hear(commit);
    a.exchange.hear(reveal);
    await hashed();
    expect(a.states).toEqual(['exchanging', 'failed']);
  });

  test('a second reveal takes a code back that was shown', async () => {
    const { a, commit, reveal } = await withCommit();
    a.exchange.hear(commit);
    a.exchange.hear(reveal);
    await hashed();
    expect(a.state).toBe('ready');
    a.exchange.hear(reveal);
    expect(a.states).toEqual(['exchanging', 'ready', 'failed']);
    expect(a.code).toBeNull();
  });

  test('a second reveal while the first is looked at leaves no code', async () => {
    const { a, commit, reveal } = await withCommit();
    a.exchange.hear(commit);
    a.exchange.hear(reveal);
    a.exchange.hear(reveal);
    await hashed();
    expect(a.states).toEqual(['exchanging', 'failed']);
  });

  test('a reveal that was not committed to ends it', async () => {
    const { a, commit } = await withCommit();
    const { reveal } = await answers(new Uint8Array(32).fill(8));
    a.exchange.hear(commit);
    a.exchange.hear(reveal);
    await hashed();
    expect(a.state).toBe('failed');
  });

  test.each<[string, SafetyRole, string, string]>([
    ['the wrong role', 'offerer', CALL, B],
    ['another call', 'answerer', 'call-2', B],
    ['another fingerprint', 'answerer', CALL, M],
  ])('a commit made for %s ends it', async (_what, role, call, fingerprint) => {
    const { a, reveal } = await withCommit();
    const random = new Uint8Array(32).fill(9);
    a.exchange.hear({ type: 'commit', commit: await commitmentOf(role, call, fingerprint, random) });
    a.exchange.hear(reveal);
    await hashed();
    expect(a.state).toBe('failed');
  });

  test('its own words sent back end it before anything is revealed', async () => {
    const { a } = await withCommit();
    const [own] = a.sent;
    if (own) a.exchange.hear(own);
    expect(a.states).toEqual(['exchanging', 'failed']);
    expect(a.sent).toHaveLength(1);
  });

  test('its own fingerprint on the other side is nobody', async () => {
    const a = new Side('offerer', { own: A, remote: A }, new FakeClock());
    await hashed();
    expect(a.states).toEqual(['exchanging', 'failed']);
    expect(a.sent).toEqual([]);
  });

  test('a reveal that comes too late is none, and so is a commit', async () => {
    const first = await withCommit();
    first.a.exchange.hear(first.commit);
    await first.clock.advance(EXCHANGE_MS);
    first.a.exchange.hear(first.reveal);
    await hashed();
    expect(first.a.states).toEqual(['exchanging', 'failed']);

    const second = await withCommit();
    await second.clock.advance(EXCHANGE_MS);
    second.a.exchange.hear(second.commit);
    expect(second.a.states).toEqual(['exchanging', 'none', 'failed']);
    expect(second.a.sent).toHaveLength(1);
  });

  test.each<[string, Fingerprints | null]>([
    ['the other’s', { own: A, remote: M }],
    ['the own', { own: M, remote: B }],
    ['none any more', null],
  ])('another fingerprint on the same connection takes the code back: %s', async (_what, fingerprints) => {
    const { a } = pair();
    await hashed();
    expect(a.state).toBe('ready');
    a.exchange.check({ own: A, remote: B });
    expect(a.state).toBe('ready');
    a.exchange.check(fingerprints);
    expect(a.state).toBe('failed');
    a.exchange.check({ own: A, remote: B });
    expect(a.state).toBe('failed');
  });

  test('says nothing once closed', async () => {
    const { a, b, clock } = pair();
    a.exchange.close();
    await hashed();
    expect(a.states).toEqual(['exchanging', 'none']);
    expect(a.sent).toEqual([]);
    b.exchange.close();
    expect(clock.pending).toBe(0);
  });
});

describe('whatever the post does', () => {
  type Wire = 'toA' | 'toB';

  /** One thing done to the messages on their way. */
  const tampering = fc.record({
    what: fc.constantFrom(
      ...Array<'pass'>(6).fill('pass'),
      'drop',
      'swap',
      'flip',
      'wait',
      // Something that was said before comes to whom it was, or was not, meant for.
      'replay',
      // What somebody in the middle says for the certificate that this side sees.
      'commit',
      'reveal',
    ),
    wire: fc.constantFrom<Wire>('toA', 'toB'),
    bit: fc.nat(255),
    which: fc.nat(7),
    ms: fc.integer({ min: 1, max: EXCHANGE_MS }),
  });
  type Step = typeof tampering extends fc.Arbitrary<infer T> ? T : never;

  /** Whose fingerprints the two see. */
  const people = fc.constantFrom(
    ...Array<{ honest: boolean; seen: string[] }>(4).fill({ honest: true, seen: [B, A] }),
    { honest: false, seen: [M, M] },
    { honest: false, seen: [M, N] },
    { honest: false, seen: [B, M] },
    { honest: false, seen: [A, B] },
  );
  const roles = fc.constantFrom<[SafetyRole, SafetyRole]>(
    ['offerer', 'answerer'],
    ['offerer', 'answerer'],
    ['answerer', 'offerer'],
    ['offerer', 'offerer'],
  );

  function flipped(message: SafetyMessage, bit: number): SafetyMessage {
    const bytes = Buffer.from(message.type === 'commit' ? message.commit : message.random, 'base64url');
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const text = bytes.toString('base64url');
    return message.type === 'commit' ? { type: 'commit', commit: text } : { type: 'reveal', random: text };
  }

  test('different fingerprints never lead to equal codes, and nothing leads to an exception', async () => {
    const seen = { equal: 0, unequal: 0, one: 0, none: 0 };
    const run = async (
      { honest, seen: [seenByA = '', seenByB = ''] }: { honest: boolean; seen: string[] },
      [roleA, roleB]: [SafetyRole, SafetyRole],
      playsBoth: boolean,
      steps: Step[],
    ) => {
      const clock = new FakeClock();
      const wires: Record<Wire, SafetyMessage[]> = { toA: [], toB: [] };
      const said: SafetyMessage[] = [];
      const put = (to: Wire) => (message: SafetyMessage) => {
        wires[to].push(message);
        said.push(message);
      };
      const a = new Side(roleA, { own: A, remote: seenByA }, clock, put('toB'));
      const b = new Side(roleB, { own: B, remote: seenByB }, clock, put('toA'));
      const sides = { toA: a, toB: b };
      const random = new Uint8Array(32).fill(5);
      const hear = (to: Wire, message: SafetyMessage | undefined) => {
        if (message) sides[to].exchange.hear(message);
      };

      await hashed();
      // Somebody in the middle answers for both, before the post begins to play.
      const opening: Step[] = playsBoth
        ? (['commit', 'reveal'] as const).flatMap((what) =>
            (['toA', 'toB'] as const).map((wire) => ({ what, wire, bit: 0, which: 0, ms: 1 })),
          )
        : [];
      for (const step of [...opening, ...steps]) {
        switch (step.what) {
          case 'wait':
            await clock.advance(step.ms);
            break;
          case 'pass':
            hear(step.wire, wires[step.wire].shift());
            break;
          case 'drop':
            wires[step.wire].shift();
            break;
          case 'swap':
            wires[step.wire].reverse();
            break;
          case 'flip': {
            const message = wires[step.wire].shift();
            if (message) hear(step.wire, flipped(message, step.bit));
            break;
          }
          case 'replay':
            hear(step.wire, said[step.which]);
            break;
          case 'commit': {
            const { role, fingerprints } = sides[step.wire];
            const other = role === 'offerer' ? 'answerer' : 'offerer';
            const commit = await commitmentOf(other, CALL, fingerprints.remote, random);
            hear(step.wire, { type: 'commit', commit });
            break;
          }
          case 'reveal':
            hear(step.wire, { type: 'reveal', random: Buffer.from(random).toString('base64url') });
            break;
          default:
            step.what satisfies never;
        }
        await hashed();
      }
      // What is left arrives, unless somebody spoke for them.
      for (let round = 0; round < 2 && !playsBoth; round += 1) {
        for (const to of ['toA', 'toB'] as const)
          for (const message of wires[to].splice(0)) hear(to, message);
        await hashed();
      }

      const codes = [a.code, b.code].filter((code) => code !== null);
      const isEqual = codes.length === 2 && codes[0]?.digits === codes[1]?.digits;
      seen[isEqual ? 'equal' : codes.length === 2 ? 'unequal' : codes.length === 1 ? 'one' : 'none'] += 1;
      if (isEqual)
        expect({ honest, roles: new Set([roleA, roleB]).size }).toEqual({ honest: true, roles: 2 });
      for (const side of [a, b]) {
        if (side.state !== 'ready') expect(side.code).toBeNull();
        side.exchange.close();
      }
    };
    await fc.assert(
      fc.asyncProperty(people, roles, fc.boolean(), fc.array(tampering, { maxLength: 12 }), run),
      {
        numRuns: process.env['PARLEY_LONG'] ? 10_000 : 300,
      },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  });
});
