/**
 * Cameras and microphones whose picture and tone a test knows: files for Chromium's fake devices, which loop them.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A flat colour with a white bar that walks along the top, and a sine. */
export interface KnownMedia {
  /** Centre of the picture, 0 to 255 each. */
  rgb: readonly [number, number, number];
  toneHz: number;
}

export const RED: KnownMedia = { rgb: [254, 0, 0], toneHz: 440 };
export const BLUE: KnownMedia = { rgb: [0, 0, 254], toneHz: 1000 };

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES = 30;
const FRAMES_PER_SECOND = 15;
const SAMPLE_RATE = 48_000;

/** Makes the files, or finds them made. @returns their paths for Chromium's switches. */
export function mediaFiles({ rgb, toneHz }: KnownMedia): { video: string; audio: string } {
  const folder = join(tmpdir(), 'parley-known-media');
  mkdirSync(folder, { recursive: true });
  const make = (name: string, content: () => Buffer): string => {
    const path = join(folder, name);
    if (!existsSync(path)) {
      // Written beside and renamed: several workers may want it at once.
      writeFileSync(`${path}.${String(process.pid)}`, content());
      renameSync(`${path}.${String(process.pid)}`, path);
    }
    return path;
  };
  return {
    video: make(`${rgb.join('-')}.y4m`, () => y4m(rgb)),
    audio: make(`${String(toneHz)}.wav`, () => wav(toneHz)),
  };
}

function y4m([r, g, b]: KnownMedia['rgb']): Buffer {
  // BT.601, limited range.
  const luma = Math.round(16 + 0.257 * r + 0.504 * g + 0.098 * b);
  const blue = Math.round(128 - 0.148 * r - 0.291 * g + 0.439 * b);
  const red = Math.round(128 + 0.439 * r - 0.368 * g - 0.071 * b);
  const frames = Array.from({ length: FRAMES }, (_, index) => {
    const y = Buffer.alloc(WIDTH * HEIGHT, luma);
    const left = Math.floor((index * WIDTH) / FRAMES);
    for (let row = 20; row < 80; row += 1)
      y.fill(235, row * WIDTH + left, row * WIDTH + Math.min(left + 60, WIDTH));
    const quarter = (WIDTH * HEIGHT) / 4;
    return Buffer.concat([
      Buffer.from('FRAME\n'),
      y,
      Buffer.alloc(quarter, blue),
      Buffer.alloc(quarter, red),
    ]);
  });
  const header = `YUV4MPEG2 W${String(WIDTH)} H${String(HEIGHT)} F${String(FRAMES_PER_SECOND)}:1 Ip A1:1 C420jpeg\n`;
  return Buffer.concat([Buffer.from(header), ...frames]);
}

function wav(toneHz: number): Buffer {
  const samples = SAMPLE_RATE * 2;
  const data = Buffer.alloc(samples * 2);
  for (let i = 0; i < samples; i += 1) {
    data.writeInt16LE(Math.round(Math.sin((2 * Math.PI * toneHz * i) / SAMPLE_RATE) * 8000), i * 2);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}
