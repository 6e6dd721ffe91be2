import { setFlagsFromString } from 'node:v8';

// V8 doubles the room for young objects, from 1 to 16 MiB for each of its halves, whenever many survive, as they do while a
// configuration is read. Those of a daemon live for a moment or as long as its configuration: a small room saves a fifth of
// the memory of a table of 5,000 services on Node 20, a third on Node 26, and keeps the pauses short in which it is cleared. It costs no time,
// but to the checker process, which begins with a larger one (child-process.ts).

setFlagsFromString('--semi-space-growth-factor=1');
