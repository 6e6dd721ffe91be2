// Compiles src/ to dist/. `npm ci` runs this through the prepare script, so that bin/holdfast works in a checkout.
import { rmSync } from 'node:fs';
import { must, root, tool } from './run.mjs';

rmSync(`${root}dist`, { recursive: true, force: true });
must(tool('tsc'), ['-p', 'tsconfig.json']);
