import { open } from 'node:fs/promises';

const WIDTH = 1280;
const HEIGHT = 720;
const FRAMES_PER_SECOND = 30;
const RADIUS = 150;
// Of the circle that the disc runs along, once a second.
const ORBIT = 160;
const WHITE = 220;

/**
 * Writes a second of a made-up camera's picture, a disc going round on a plain ground, as Chromium's
 * `--use-file-for-fake-video-capture` takes it (YUV4MPEG2, repeated without end).
 * @param {string} file
 * @param {{luma: number, blue: number, red: number}} ground its colour as YCbCr bytes
 */
export async function writeMovingPicture(file, { luma, blue, red }) {
  const output = await open(file, 'w');
  try {
    await output.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`);
    for (let frame = 0; frame < FRAMES_PER_SECOND; frame++) {
      const angle = (2 * Math.PI * frame) / FRAMES_PER_SECOND;
      const x = WIDTH / 2 + ORBIT * Math.cos(angle);
      const y = HEIGHT / 2 + ORBIT * Math.sin(angle);
      const planes = [plane(1, luma, WHITE, x, y), plane(2, blue, 128, x, y), plane(2, red, 128, x, y)];
      await output.write(Buffer.concat([Buffer.from('FRAME\n'), ...planes]));
    }
  } finally {
    await output.close();
  }
}

/**
 * One plane of a frame: the ground and the disc.
 * @param {number} scale 2 for the colour planes, which have half the size
 * @param {number} ground
 * @param {number} disc
 * @param {number} x centre of the disc in the full picture
 * @param {number} y
 */
function plane(scale, ground, disc, x, y) {
  const width = WIDTH / scale;
  const pixels = Buffer.alloc(width * (HEIGHT / scale), ground);
  for (let row = Math.ceil((y - RADIUS) / scale); row * scale < y + RADIUS; row++) {
    const half = Math.sqrt(Math.max(0, RADIUS ** 2 - (row * scale - y) ** 2));
    const start = row * width;
    pixels.fill(disc, start + Math.round((x - half) / scale), start + Math.round((x + half) / scale));
  }
  return pixels;
}
