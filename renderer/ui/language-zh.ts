/** All that the page says in Simplified Chinese: one chunk of the bundle, loaded for who reads it. */
export { zhSentences as sentences } from './error-sentences-zh';
export { zh as messages } from './messages-zh';
