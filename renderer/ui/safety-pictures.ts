/**
 * The 64 pictures of safety codes, in the order of their numbers, which both sides of a call must agree on: never change
 * one or its place. Each is told from all others at a glance, on light and on dark, and by its spoken name; is a single
 * code point that needs no variation selector; and has been in every system's emoji font since 2018.
 */
const PICTURES =
  '🐶 🐱 🦁 🐴 🐷 🐘 🐰 🐼 🐔 🐧 🐢 🐙 🦋 🐵 🐳 🐍 🦀 🦉 🐫 🦒 🌹 🌵 🍄 🌴 🌙 🌈 🔥 🌍 🍎 🍌 🍇 🍉 🍍 🌽 🥕 🍕 🍩 🍔 🧀 🍭 🚗 🚂 🚲 🚀 🚁 🎸 🎺 🥁 🔔 🔑 🔨 💡 📖 🎈 🎁 🏆 👑 💎 🎒 🏀 🤖 🎲 📦 🏠';

/** Its words; the accumulator makes the recursion one that TypeScript follows 64 times. */
type Split<Text extends string, Found = never> = Text extends `${infer First} ${infer Rest}`
  ? Split<Rest, Found | First>
  : Found | Text;

/** One of the pictures. Each language names every one, or it does not compile. */
export type SafetyPicture = Split<typeof PICTURES>;

/** In the order of their numbers, 0 to 63. */
export const safetyPictures = PICTURES.split(' ') as readonly SafetyPicture[];
