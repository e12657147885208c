/** @typedef {import('./person.mjs').Person} Person */

/**
 * One picture of both windows side by side.
 * @param {Person} left
 * @param {Person} right
 * @returns {Promise<Buffer>} a PNG
 */
export async function pictureOfBoth(left, right) {
  const shots = [left, right].map(async ({ page }) => {
    // The controls hide themselves until the pointer moves.
    for (const x of [200, 210]) await page.mouse.move(x, 200);
    return page.screenshot({ animations: 'disabled' });
  });
  const [first, second] = await Promise.all(shots);
  const pictures = [first?.toString('base64') ?? '', second?.toString('base64') ?? ''];
  // Electron can draw; nothing else here can.
  const png = await left.app.evaluate(({ nativeImage }, encoded) => {
    const images = encoded.map((text) => nativeImage.createFromBuffer(Buffer.from(text, 'base64')));
    const sizes = images.map((image) => image.getSize());
    const width = sizes.reduce((sum, size) => sum + size.width, 0);
    const height = Math.max(...sizes.map((size) => size.height));
    const canvas = Buffer.alloc(width * height * 4);
    let x = 0;
    for (const [index, image] of images.entries()) {
      const size = sizes[index] ?? { width: 0, height: 0 };
      const bitmap = image.toBitmap();
      for (let y = 0; y < size.height; y++)
        bitmap.copy(canvas, (y * width + x) * 4, y * size.width * 4, (y + 1) * size.width * 4);
      x += size.width;
    }
    return nativeImage.createFromBitmap(canvas, { width, height }).toPNG().toString('base64');
  }, pictures);
  return Buffer.from(png, 'base64');
}
