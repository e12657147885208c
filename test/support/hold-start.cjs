// Loaded by Electron before the app of a test (`-r`): holds its start until the test says `parleyTestStart()`. What a test
// puts into pages must be there before the first of them, whose preview may open a camera at once.
// eslint-disable-next-line @typescript-eslint/no-require-imports -- what `-r` names is CommonJS
const { app } = require('electron');

const isReady = app.whenReady();
const isWanted = new Promise((resolve) => {
  Object.assign(globalThis, { parleyTestStart: resolve });
});
app.whenReady = async () => {
  await Promise.all([isReady, isWanted]);
};
