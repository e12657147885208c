/** What the safety code is read out as. */
import type { Language } from '../../preload/bridge';

interface SafetyPicture {
  picture: string;
  /** What one says when reading it out. */
  names: Readonly<Record<Language, string>>;
}

/**
 * The 64 pictures of safety codes, in the order of their numbers, 0 to 63, which both sides of a call must agree on:
 * never change one or its place. Each is told from all others at a glance, on light and on dark, and by its spoken name;
 * is a single code point that needs no variation selector; and has been in every system's emoji font since 2018.
 *
 * Kept apart from the other words of a language: the first frame does not wait for these.
 */
export const safetyPictures: readonly SafetyPicture[] = [
  { picture: '🐶', names: { en: 'Dog', zh: '狗' } },
  { picture: '🐱', names: { en: 'Cat', zh: '猫' } },
  { picture: '🦁', names: { en: 'Lion', zh: '狮子' } },
  { picture: '🐴', names: { en: 'Horse', zh: '马' } },
  { picture: '🐷', names: { en: 'Pig', zh: '猪' } },
  { picture: '🐘', names: { en: 'Elephant', zh: '大象' } },
  { picture: '🐰', names: { en: 'Rabbit', zh: '兔子' } },
  { picture: '🐼', names: { en: 'Panda', zh: '熊猫' } },
  { picture: '🐔', names: { en: 'Chicken', zh: '鸡' } },
  { picture: '🐧', names: { en: 'Penguin', zh: '企鹅' } },
  { picture: '🐢', names: { en: 'Turtle', zh: '乌龟' } },
  { picture: '🐙', names: { en: 'Octopus', zh: '章鱼' } },
  { picture: '🦋', names: { en: 'Butterfly', zh: '蝴蝶' } },
  { picture: '🐵', names: { en: 'Monkey', zh: '猴子' } },
  { picture: '🐳', names: { en: 'Whale', zh: '鲸鱼' } },
  { picture: '🐍', names: { en: 'Snake', zh: '蛇' } },
  { picture: '🦀', names: { en: 'Crab', zh: '螃蟹' } },
  { picture: '🦉', names: { en: 'Owl', zh: '猫头鹰' } },
  { picture: '🐫', names: { en: 'Camel', zh: '骆驼' } },
  { picture: '🦒', names: { en: 'Giraffe', zh: '长颈鹿' } },
  { picture: '🌹', names: { en: 'Rose', zh: '玫瑰' } },
  { picture: '🌵', names: { en: 'Cactus', zh: '仙人掌' } },
  { picture: '🍄', names: { en: 'Mushroom', zh: '蘑菇' } },
  { picture: '🌴', names: { en: 'Palm tree', zh: '椰子树' } },
  { picture: '🌙', names: { en: 'Moon', zh: '月亮' } },
  { picture: '🌈', names: { en: 'Rainbow', zh: '彩虹' } },
  { picture: '🔥', names: { en: 'Fire', zh: '火焰' } },
  { picture: '🌍', names: { en: 'Globe', zh: '地球' } },
  { picture: '🍎', names: { en: 'Apple', zh: '苹果' } },
  { picture: '🍌', names: { en: 'Banana', zh: '香蕉' } },
  { picture: '🍇', names: { en: 'Grapes', zh: '葡萄' } },
  { picture: '🍉', names: { en: 'Watermelon', zh: '西瓜' } },
  { picture: '🍍', names: { en: 'Pineapple', zh: '菠萝' } },
  { picture: '🌽', names: { en: 'Corn', zh: '玉米' } },
  { picture: '🥕', names: { en: 'Carrot', zh: '胡萝卜' } },
  { picture: '🍕', names: { en: 'Pizza', zh: '披萨' } },
  { picture: '🍩', names: { en: 'Doughnut', zh: '甜甜圈' } },
  { picture: '🍔', names: { en: 'Hamburger', zh: '汉堡' } },
  { picture: '🧀', names: { en: 'Cheese', zh: '奶酪' } },
  { picture: '🍭', names: { en: 'Lollipop', zh: '棒棒糖' } },
  { picture: '🚗', names: { en: 'Car', zh: '汽车' } },
  { picture: '🚂', names: { en: 'Train', zh: '火车' } },
  { picture: '🚲', names: { en: 'Bicycle', zh: '自行车' } },
  { picture: '🚀', names: { en: 'Rocket', zh: '火箭' } },
  { picture: '🚁', names: { en: 'Helicopter', zh: '直升机' } },
  { picture: '🎸', names: { en: 'Guitar', zh: '吉他' } },
  { picture: '🎺', names: { en: 'Trumpet', zh: '小号' } },
  { picture: '🥁', names: { en: 'Drum', zh: '鼓' } },
  { picture: '🔔', names: { en: 'Bell', zh: '铃铛' } },
  { picture: '🔑', names: { en: 'Key', zh: '钥匙' } },
  { picture: '🔨', names: { en: 'Hammer', zh: '锤子' } },
  { picture: '💡', names: { en: 'Light bulb', zh: '灯泡' } },
  { picture: '📖', names: { en: 'Book', zh: '书' } },
  { picture: '🎈', names: { en: 'Balloon', zh: '气球' } },
  { picture: '🎁', names: { en: 'Gift', zh: '礼物' } },
  { picture: '🏆', names: { en: 'Trophy', zh: '奖杯' } },
  { picture: '👑', names: { en: 'Crown', zh: '皇冠' } },
  { picture: '💎', names: { en: 'Diamond', zh: '钻石' } },
  { picture: '🎒', names: { en: 'Backpack', zh: '书包' } },
  { picture: '🏀', names: { en: 'Basketball', zh: '篮球' } },
  { picture: '🤖', names: { en: 'Robot', zh: '机器人' } },
  { picture: '🎲', names: { en: 'Dice', zh: '骰子' } },
  { picture: '📦', names: { en: 'Box', zh: '箱子' } },
  { picture: '🏠', names: { en: 'House', zh: '房子' } },
];
