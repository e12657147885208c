import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { NAME_LENGTH } from '../../../../main/signaling/names';
import { serverMessageSchema } from '../../../../main/signaling/protocol';
import { callRecordSchema, knownPersonSchema, METHODS } from '../../../../preload/bridge';
import type { CallState } from '../../../../renderer/call/call-state';
import { nameOf } from '../../../../renderer/people/names';
import { enSentences } from '../../../../renderer/ui/error-sentences-en';
import { zhSentences } from '../../../../renderer/ui/error-sentences-zh';
import { initials } from '../../../../renderer/ui/format';
import { splitIsolates } from '../../../../renderer/ui/isolate';
import { en } from '../../../../renderer/ui/messages-en';
import { zh } from '../../../../renderer/ui/messages-zh';
import { outsideOf, titleOf } from '../../../../renderer/ui/outside';
import { fakeTarget } from '../../../support/fake-bridge';

/** What reorders, breaks or hides the text around it, and what is half a character. */
const TRICKS =
  '\u0000 \u0007 \u001b[31m \u0085 \u009f \u2028 \u2029 \n \r\n \t \u200e \u200f \u202a \u202b \u202c \u202d \u202e \u2066 \u2067 \u2068 \u2069 \ufeff \ud800 \udfff \u0301'.split(
    ' ',
  );
const piece = fc.oneof(
  fc.constantFrom(...TRICKS),
  fc.constantFrom('Ann', 'عبد الرحمن', 'שלום', '李雷', '👩‍🚀', ' ', '<b>', '&amp;', '⁦'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const hostile = fc.oneof(
  fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
  // As long as somebody likes.
  fc
    .tuple(piece, fc.integer({ min: 1000, max: 10_000 }))
    .map(([text, times]) => text.repeat(times).slice(0, 10_000)),
);
const RUNS = { numRuns: 500 };

/** No control characters, no line breaks, no half characters, no marks that reorder what stands around them. */
const UNFIT =
  /[\p{Control}\p{Surrogate}\p{Line_Separator}\p{Paragraph_Separator}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

function expectFit(text: string, units = NAME_LENGTH): void {
  expect(text).not.toMatch(UNFIT);
  expect(text.length).toBeLessThanOrEqual(units);
}

const id = 'p'.repeat(22);
const key = `MFkw${'A'.repeat(118)}`;

/** As a name comes from a server, by the schema that stands there. */
function fromServer(name: string): string {
  const person = { id, name, device: 'desktop', key, status: 'free' };
  const message = v.parse(serverMessageSchema, { type: 'person', seq: 1, person });
  if (message.type !== 'person') throw new Error('not a person');
  return message.person.name;
}

function hostFromServer(hostName: string): string {
  const message = v.parse(serverMessageSchema, { type: 'knocking', seq: 1, room: 'tea', hostName });
  if (message.type !== 'knocking') throw new Error('nobody knocks');
  return message.hostName;
}

const ringing = (name: string): CallState => ({
  phase: 'ringing',
  ring: {
    call: 'c'.repeat(22),
    link: 'saved',
    peer: { id, name, device: 'desktop', key, status: 'free' },
    media: 'video',
    fingerprint: null,
    direction: 'in',
    room: null,
    ahead: false,
  },
  target: fakeTarget,
  silenced: false,
  ahead: null,
});

describe('whatever somebody calls themselves', () => {
  test('every way in lets only what is short, on one line and in order pass, and all the same', () => {
    const record = {
      id: 'c'.repeat(22),
      key: null,
      direction: 'in',
      media: 'voice',
      reason: 'cancelled',
      by: 'peer',
      startedAtMs: 0,
      lastedMs: null,
      times: 1,
      seen: false,
    };
    const known = {
      key,
      givenName: null,
      favourite: false,
      verified: false,
      blocked: false,
      autoAnswer: false,
      addresses: [],
      seenAtMs: 0,
    };
    const ways: ((name: string) => string)[] = [
      fromServer,
      hostFromServer,
      (name) => v.parse(callRecordSchema, { ...record, name }).name,
      (name) => v.parse(knownPersonSchema, { ...known, name }).name,
      (name) => v.parse(knownPersonSchema, { ...known, name: '', givenName: name }).givenName ?? '',
      (name) => v.parse(METHODS.changeKnown, [key, { name }])[1].name ?? '',
    ];
    fc.assert(
      fc.property(hostile, (name) => {
        const shown = ways.map((way) => way(name));
        expectFit(shown[0] ?? '');
        expect(new Set(shown).size).toBe(1);
      }),
      RUNS,
    );
  });

  test('who has no name that can be seen is someone', () => {
    for (const name of [
      '',
      ' ',
      '\u200b',
      '\u2060\u00ad',
      '\u061c',
      '\u3164',
      '\u2800 \u2800',
      '\u{e0041}',
      '\u200d',
    ])
      expect(nameOf(null, fromServer(name)), JSON.stringify(name)).toBe('');
    for (const name of ['A', '👩‍🚀', '.', '李', 'ا'])
      expect(nameOf(null, fromServer(name)), JSON.stringify(name)).toBe(name);
    expect(nameOf({ givenName: '\u200b' }, 'Ann')).toBe('Ann');
  });

  test('it stands apart from every sentence it is in, which is otherwise as it was', () => {
    const said = [en, zh, enSentences.ends, zhSentences.ends].flatMap((words) => sentences(words));
    // Found again wherever it went.
    const MARK = '⁂';
    const without = said.map((make) => make(MARK).filter(({ name }) => !name));
    fc.assert(
      fc.property(hostile, (given) => {
        const name = `${MARK}${fromServer(given)}${MARK}`;
        said.forEach((make, index) => {
          const parts = make(name);
          expect(parts.filter((part) => !part.name)).toEqual(without[index]);
          for (const part of parts) if (part.name && part.text.includes(MARK)) expect(part.text).toBe(name);
        });
      }),
      { numRuns: 100 },
    );
    expect(without.flat().some(({ text }) => text.includes(MARK))).toBe(false);
  });

  test('the small window, the title and the picture show it, or someone', () => {
    fc.assert(
      fc.property(hostile, (given) => {
        const outside = outsideOf(ringing(fromServer(given)), {
          muted: false,
          cameraOn: false,
          answersItself: false,
          someone: en.someone,
          known: () => null,
          namesake: () => null,
        });
        const [told] = v.parse(METHODS.showOutside, [outside]);
        expect(told).toEqual(outside);
        if (told.state !== 'ringing') throw new Error('it does not ring');
        expectFit(told.ring.name);
        expect(told.ring.name).toMatch(/\S/u);
        expectFit(titleOf(told, en.windowTitle), NAME_LENGTH + 40);
        expectFit(initials(told.ring.name), NAME_LENGTH);
      }),
      RUNS,
    );
  });
});

/** The window's title is the system's to show; the others take what is the app's own: numbers, lengths, its version. */
const WITHOUT = new Set([
  'windowTitle',
  'side.missed',
  'recent.deleted',
  'ring.answersIn',
  'devices.cameraNumber',
  'devices.microphoneNumber',
  'devices.speakerNumber',
  'iceServers.numbered',
  'waiting.moreAddresses',
  'ended.lasted',
  'settings.version',
]);

/** Every sentence that takes a name, in parts. */
function sentences(said: unknown, path = ''): ((name: string) => ReturnType<typeof splitIsolates>)[] {
  if (WITHOUT.has(path)) return [];
  if (typeof said === 'function')
    return [
      (name) => {
        const sentence: unknown = Reflect.apply(said, undefined, [name, name, 7]);
        if (typeof sentence === 'string') return splitIsolates(sentence);
        return sentence !== null && typeof sentence === 'object'
          ? Object.values(sentence).flatMap((text) => (typeof text === 'string' ? splitIsolates(text) : []))
          : [];
      },
    ];
  if (typeof said !== 'object' || said === null) return [];
  return Object.entries(said).flatMap(([key, value]) =>
    sentences(value, path === '' ? key : `${path}.${key}`),
  );
}
