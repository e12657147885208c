/** All that the page says in English: one chunk of the bundle, loaded for who reads it. */
export { enSentences as sentences } from './error-sentences-en';
export { en as messages } from './messages-en';
