import fc from 'fast-check';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { plainFromSignal, signalFromPlain } from '../../../../main/signaling/plain-translation';
import { plainSignalSchema, signalSchema } from '../../../../main/signaling/protocol';

const mid = fc.option(fc.string({ maxLength: 20 }));
const index = fc.option(fc.nat(255));
const plain = fc.oneof(
  fc.record({ type: fc.constantFrom('offer' as const, 'answer' as const), sdp: fc.string() }),
  fc.record({ type: fc.constant('candidate' as const), id: mid, mlineindex: index, candidate: fc.string() }),
);

it('brings what a plain member says over and back unchanged', () => {
  fc.assert(
    fc.property(plain, fc.nat(), (message, n) => {
      const signal = signalFromPlain(message, 'x'.repeat(22), n);
      expect(v.is(signalSchema, signal)).toBe(true);
      expect(v.is(plainSignalSchema, message)).toBe(true);
      expect(plainFromSignal(signal)).toEqual(message);
    }),
  );
});

it('has no plain words for the end of candidates and for bye', () => {
  expect(plainFromSignal({ call: 'c', n: 0, candidate: null })).toBeNull();
  expect(plainFromSignal({ call: 'c', n: 1, bye: true })).toBeNull();
  expect(plainFromSignal({ call: 'c', n: 1, bye: true, reason: 'no-response' })).toBeNull();
});
