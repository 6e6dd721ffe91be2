// Runs stretches of inputs on behalf of tools/fuzz.mjs. The number of the input being run is in shared memory, where the
// parent sees it even if the input never ends.
import { parentPort, workerData } from 'node:worker_threads';
import { loadTarget } from './targets.mjs';

const progress = new Int32Array(workerData.progress);
const target = await loadTarget(workerData.part, workerData.dist, workerData.seed);

parentPort.on('message', ({ from, to }) => {
  const counts = new Map();
  const count = name => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (let index = from; index < to; index++) {
    Atomics.store(progress, 0, index);
    let counted = 0;
    try {
      target.run(index, name => {
        counted++;
        count(name);
      });
      if (counted === 0) throw new Error('neither accepted nor refused: nothing was counted');
    } catch (error) {
      parentPort.postMessage({ failure: { index, text: error?.stack ?? String(error) } });
      return;
    }
  }
  Atomics.store(progress, 0, -1);
  parentPort.postMessage({ done: to - from, counts: [...counts] });
});
parentPort.postMessage({ ready: true });
