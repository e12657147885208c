import { beforeEach, expect, test } from 'vitest';
import { AutoAnswer } from '../../../../renderer/people/auto-answer.svelte';
import { FakeClock } from '../../../support/fake-clock';

let clock: FakeClock;
let happened: string[];
let answer: AutoAnswer;
beforeEach(() => {
  clock = new FakeClock();
  happened = [];
  answer = new AutoAnswer({
    clock,
    chime: () => happened.push('chime'),
    answer: () => happened.push('answer'),
  });
});

test('a chime, five seconds that count down, and then the answer', async () => {
  expect(answer.secondsLeft).toBeNull();
  answer.begin();
  const seen: (number | null)[] = [];
  for (let second = 0; second < 5; second += 1) {
    seen.push(answer.secondsLeft);
    expect(happened).toEqual(['chime']);
    await clock.advance(1000);
  }
  expect(seen).toEqual([5, 4, 3, 2, 1]);
  expect([happened, answer.secondsLeft]).toEqual([['chime', 'answer'], null]);
});

test('what is stopped is not answered', async () => {
  answer.begin();
  await clock.advance(4999);
  answer.stop();
  answer.stop();
  await clock.advance(60_000);
  expect([happened, answer.secondsLeft]).toEqual([['chime'], null]);
});

test('another ring begins to count anew', async () => {
  answer.begin();
  await clock.advance(4000);
  answer.begin();
  await clock.advance(4000);
  expect([happened, answer.secondsLeft]).toEqual([['chime', 'chime'], 1]);
});
