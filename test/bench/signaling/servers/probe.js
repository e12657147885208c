/**
 * Loaded into every measured server (`node --expose-gc --import`), the same for all: collects garbage on request and
 * says what the process has used. The probe's own cost is the same everywhere and far below what is measured.
 */
process.on('message', (request) => {
  if (request === 'collect') {
    for (let times = 0; times < 4; times += 1) globalThis.gc?.();
  }
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() });
});
// A benchmark that was ended leaves no server behind, and a server that cannot start does not wait for one.
process.on('disconnect', () => process.exit());
process.channel?.unref();
