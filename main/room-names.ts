import { randomInt } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';

/** A room name that is easy to say and hard to guess: three words out of 2,048 (33 bits), `apple-river-moon`. */
export function randomRoomName(): string {
  return Array.from({ length: 3 }, () => wordlist[randomInt(wordlist.length)] ?? '').join('-');
}
