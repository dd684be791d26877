'use strict';
// Sends back each line that it is sent.
const readline = require('readline');

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  await null;
  process.stdout.write(line + '\n');
});
