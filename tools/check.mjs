// The gate before every commit: types (pure folders without Node's), lint, format, house rules, standards, generated files.
import { must, tool } from './run.mjs';

must(tool('tsc'), ['-p', 'tsconfig.pure.json']);
must(tool('tsc'), ['-p', 'tsconfig.test.json']);
must(tool('biome'), ['check', '--error-on-warnings', '.']);
must(process.execPath, ['tools/tidy.mjs']);
must(process.execPath, ['tools/rfc-table.mjs']);
must(process.execPath, ['tools/generate.mjs', '--check']);
