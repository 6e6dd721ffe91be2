import { setFlagsFromString } from 'node:v8';

// V8 14.6, that of Node 26, now and then gives the counter of a loop a number from nowhere once it has compiled it: which
// loop, and when, nobody can tell from the source. Without the step that chooses how such counters are kept it does not
// happen, and nothing is slower for it. Imported before all else, because it concerns what is compiled from then on.

const [major, minor] = process.versions.v8.split('.').map(Number) as [number, number];
if (major === 14 && minor >= 6) setFlagsFromString('--no-maglev-untagged-phis');
