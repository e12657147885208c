/** Messages of the shape that a schema asks for, and then changed where nobody would expect it. */
import type { Chance } from './chance';

/** JSON as it is written, which is more than can be parsed: duplicate keys, `__proto__`, numbers of any spelling. */
type Tree =
  | { kind: 'object'; entries: [string, Tree][] }
  | { kind: 'array'; items: Tree[] }
  | { kind: 'text'; text: string };

/** What stands where something else is expected, as it is written. */
const VALUES = [
  // No number that JSON knows, or one that no double holds (RFC 8259, section 6).
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    '1e400',
    '-1e400',
    '-0',
    '0.5',
    '1e308',
    '1e-400',
    '-1',
    '+1',
    '01',
    '0x10',
  ],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '18446744073709551616', '4294967296'],
  ...[
    'null',
    'true',
    'false',
    'undefined',
    '[]',
    '{}',
    '""',
    '[[]]',
    '[null]',
    '{"":{}}',
    '"0"',
    '"1"',
    '"null"',
  ],
  ...['{"__proto__":{"type":"join"}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"toJSON":1}'],
  ...['{"length":1e9}', '{"then":1}', '{"toString":null,"valueOf":null}', '"__proto__"', '"constructor"'],
  // Lone surrogates, controls, marks that turn text around (section 8.2).
  ...[
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"a\\udc00b"',
    '"\\u0000"',
    '"\\u202e"',
    '"\\ufeff"',
    '"\\u2028"',
    '".."',
    '"/"',
  ],
  ...['"%2e%2e"', '"a/b"', '"é"', '"e\\u0301"', '"👩‍👩‍👧‍👦"', '" "', '"default"', '"\\n"'],
];

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  'type',
  'seq',
  'room',
  'from',
  'to',
  '\u0000',
  '0',
  'x',
];

const LENGTHS = [63, 64, 65, 256, 257, 4096, 4097, 20_000];
const DEPTHS = [2, 10, 1000, 10_000];

type Change = (tree: Tree, chance: Chance) => Tree;

const CHANGES: Record<string, Change> = {
  'another value': (_, chance) => textOf(chance.one(VALUES)),
  'a long string': (_, chance) =>
    textOf(JSON.stringify(chance.one(['x', 'é', '\u0301', '💥']).repeat(chance.one(LENGTHS)))),
  'a deep array': (_, chance) => deep(chance.one(DEPTHS), '[', ']'),
  'a deep object': (_, chance) => deep(chance.one(DEPTHS), '{"a":', '}'),
  'an array around it': (tree) => ({ kind: 'array', items: [tree] }),
  'an object around it': (tree, chance) => ({ kind: 'object', entries: [[chance.one(KEYS), tree]] }),
  'text of it': (tree) => textOf(JSON.stringify(write(tree))),
  'a missing key': (tree, chance) =>
    tree.kind === 'object' ? without(tree, chance.below(tree.entries.length)) : textOf('{}'),
  'an extra key': (tree, chance) => withKey(tree, chance.one(KEYS), textOf(chance.one(VALUES)), chance),
  'the same key twice': (tree, chance) =>
    tree.kind === 'object' && tree.entries.length > 0
      ? withKey(tree, chance.one(tree.entries)[0], textOf(chance.one(VALUES)), chance)
      : tree,
  'many keys': (tree) => {
    const many = Array.from({ length: 500 }, (_, n): [string, Tree] => [`key ${n}`, textOf('0')]);
    return tree.kind === 'object' ? { ...tree, entries: [...tree.entries, ...many] } : tree;
  },
  'an array of it': (tree, chance) => ({
    kind: 'array',
    items: Array.from({ length: chance.below(50) }, () => tree),
  }),
};

/** What is done to the text when all is written. */
const SPELLINGS: Record<string, (text: string, chance: Chance) => string> = {
  'cut off': (text, chance) => text.slice(0, chance.below(text.length)),
  'something after it': (text, chance) => text + chance.one(['}', ' ', '\n{}', '\u0000', ',', '//']),
  'something before it': (text, chance) => chance.one(['\ufeff', ' ', '\t\r\n', '{}', '/**/']) + text,
  'single quotes': (text) => text.replaceAll('"', "'"),
};

/** A mutation of a message: as text, for it need not be JSON any more, and with what was done to it. */
export function mutate(message: object, chance: Chance): { text: string; how: string } {
  let tree = readTree(message);
  const how: string[] = [];
  for (let changes = chance.one([0, 1, 1, 1, 2, 3]); changes > 0; changes -= 1) {
    const [name, change] = chance.one(Object.entries(CHANGES));
    how.push(name);
    tree = changeSomewhere(tree, change, chance);
  }
  const text = write(tree);
  if (chance.is(0.9)) return { text, how: how.join(', ') };
  const [spelling, respell] = chance.one(Object.entries(SPELLINGS));
  return { text: respell(text, chance), how: [...how, spelling].join(', ') };
}

/** Changes the whole or, more often, a part of a part of it. */
function changeSomewhere(tree: Tree, change: Change, chance: Chance): Tree {
  if (tree.kind === 'object' && tree.entries.length > 0 && chance.is(0.75)) {
    const at = chance.below(tree.entries.length);
    return {
      kind: 'object',
      entries: tree.entries.map(([key, value], index) => [
        key,
        index === at ? changeSomewhere(value, change, chance) : value,
      ]),
    };
  }
  return change(tree, chance);
}

function readTree(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(readTree) };
  if (typeof value === 'object' && value !== null) {
    return { kind: 'object', entries: Object.entries(value).map(([key, part]) => [key, readTree(part)]) };
  }
  return textOf(JSON.stringify(value));
}

function write(tree: Tree): string {
  switch (tree.kind) {
    case 'object':
      return `{${tree.entries.map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`).join(',')}}`;
    case 'array':
      return `[${tree.items.map(write).join(',')}]`;
    case 'text':
      return tree.text;
    default:
      return tree satisfies never;
  }
}

function textOf(text: string): Tree {
  return { kind: 'text', text };
}

function deep(depth: number, open: string, close: string): Tree {
  return textOf(`${open.repeat(depth)}0${close.repeat(depth)}`);
}

function without(tree: Extract<Tree, { kind: 'object' }>, at: number): Tree {
  return { kind: 'object', entries: tree.entries.filter((_, index) => index !== at) };
}

/** Adds a key before or after the others: of two with one name, the last one counts. */
function withKey(tree: Tree, key: string, value: Tree, chance: Chance): Tree {
  const entries = tree.kind === 'object' ? tree.entries : [];
  return {
    kind: 'object',
    entries: chance.is(0.5) ? [...entries, [key, value]] : [[key, value], ...entries],
  };
}
