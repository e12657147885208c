import { expect, it } from 'vitest';
import { lineLogger, sparingLogger, type LineLoggerOptions } from '../../../../main/signaling/logger';

function log(options: Partial<LineLoggerOptions>): string[] {
  const lines: string[] = [];
  const logger = lineLogger({ ...options, write: (line) => lines.push(line), now: () => new Date(0) });
  logger.debug('small');
  logger.info('refused', { status: 403, why: 'a "quoted" word', from: '198.51.100.0/24', more: null });
  logger.error('bad');
  return lines;
}

it('writes one JSON object a line, from info on', () => {
  expect(log({})).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"refused","status":403,' +
      '"why":"a \\"quoted\\" word","from":"198.51.100.0/24","more":null}\n',
    '{"time":"1970-01-01T00:00:00.000Z","level":"error","event":"bad"}\n',
  ]);
});

it('writes words where asked, one line each whatever is in them', () => {
  expect(log({ format: 'text', level: 'debug' })).toEqual([
    '1970-01-01T00:00:00.000Z debug small\n',
    '1970-01-01T00:00:00.000Z info refused status=403 why="a \\"quoted\\" word" from=198.51.100.0/24 more=null\n',
    '1970-01-01T00:00:00.000Z error bad\n',
  ]);
});

it('writes twenty lines of one event at once, then two a second, and says how many it left out', () => {
  const lines: unknown[] = [];
  const write = (event: string, fields?: unknown): void => void lines.push([event, fields]);
  let now = 0;
  const logger = sparingLogger({ debug: write, info: write, warn: write, error: write }, { now: () => now });
  for (let n = 0; n < 100; n += 1) logger.info('refused', { n });
  logger.warn('other');
  expect(lines).toHaveLength(21);
  logger.warn('refused', { isWorse: true });
  expect(lines.splice(21)).toEqual([['refused', { isWorse: true }]]);
  now = 500;
  logger.info('refused', { n: 100 });
  logger.info('refused', { n: 101 });
  expect(lines.slice(21)).toEqual([['refused', { n: 100, skipped: 80 }]]);
  for (let n = 0; n < 100; n += 1) logger.debug('small');
  expect(lines).toHaveLength(122);
});

it('leaves out what is below its level', () => {
  expect(log({ level: 'error' })).toHaveLength(1);
});
