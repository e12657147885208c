import { describe, expect, test } from 'vitest';
import { BadFlagError, readCommandLine } from '../../../main/command-line';

const KEY = `MFkw${'A'.repeat(118)}`;

describe('the command line', () => {
  test('without flags asks for nothing', () => {
    expect(readCommandLine(['.'])).toEqual({
      show: null,
      launch: null,
      name: null,
      port: null,
      letIn: false,
      allowOrigins: [],
      hidden: false,
      language: null,
      profile: null,
    });
  });

  test('hosts a named room with an open door', () => {
    expect(readCommandLine(['.', '--host', '--room', 'tea', '--let-in', '--port=9300'])).toMatchObject({
      launch: { type: 'host', room: 'tea', door: 'open' },
      port: 9300,
      letIn: true,
    });
  });

  test('joins by --join without asking, and by an opened link with asking', () => {
    const link = 'parley://join?server=host&room=tea';
    const target = { servers: ['ws://host:9238'], namespace: 'default', room: 'tea' };
    expect(readCommandLine(['--join', link]).launch).toEqual({ type: 'join', target, link, confirmed: true });
    expect(readCommandLine(['--some-switch', link]).launch).toEqual({
      type: 'join',
      target,
      link,
      confirmed: false,
    });
  });

  test('turns a link that leads nowhere into a launch that says so', () => {
    expect(readCommandLine(['parley://nonsense']).launch).toEqual({
      type: 'bad-link',
      code: 'bad-link',
      text: 'parley://nonsense',
    });
  });

  test('asks about the person a link leads to, also one given with --join', () => {
    const link = `parley://person?server=host&key=${KEY}`;
    const launch = { type: 'person', servers: ['ws://host:9238'], key: KEY, link };
    for (const given of [link, `PARLEY://person/?key=${KEY}&server=ws://host:9238`]) {
      expect(readCommandLine(['--some-switch', given]).launch).toEqual(launch);
      expect(readCommandLine(['--join', given]).launch).toEqual(launch);
    }
  });

  test.each([
    ['no key', 'parley://person?server=host'],
    ['a key that is none', 'parley://person?server=host&key=short'],
    ['no server', `parley://person?key=${KEY}`],
    ['a path', `parley://person?server=host/room&key=${KEY}`],
    ['another destination', `parley://personal?server=host&key=${KEY}`],
  ])('says of a link to a person with %s that it cannot be used', (_what, link) => {
    expect(readCommandLine([link]).launch).toEqual({ type: 'bad-link', code: 'bad-link', text: link });
  });

  test("lets Chromium's own switches pass, also its --lang", () => {
    const argv = ['--no-sandbox', '--user-data-dir=/tmp/x', '--lang=de', '--inspect=0', '.', '--host'];
    expect(readCommandLine(argv)).toMatchObject({ launch: { type: 'host' }, language: null });
  });

  test('collects origins', () => {
    const argv = ['--allow-origin', 'https://a.example', '--allow-origin=*'];
    expect(readCommandLine(argv).allowOrigins).toEqual(['https://a.example', '*']);
  });

  test.each([
    [['--port', '0'], '--port must be a number from 1 to 65535, not "0".'],
    [['--port=99999'], '--port must be a number'],
    [['--port', '--host'], '--port needs a value.'],
    [['--room', '\u202e'], '--room must be a name'],
    [['--profile', '../up'], '--profile must be'],
    [['--profile=..'], '--profile must be'],
    [['--allow-origin', 'a.example/path'], '--allow-origin must be an origin'],
    [['--join'], '--join needs a value.'],
  ])('%j is refused with a sentence that names the flag', (argv, sentence) => {
    expect(() => readCommandLine(argv)).toThrow(BadFlagError);
    expect(() => readCommandLine(argv)).toThrow(sentence);
  });
});
