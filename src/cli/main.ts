import './sound-compiler.ts';
import { commandOf } from './commands.ts';

const command = commandOf(process.argv);
if (command) {
  const run = await command.load();
  process.exitCode = await run(process.argv.slice(3));
} else {
  // Signals first: until they are taken over, HUP and others end the process. Everything else is loaded afterwards.
  await import('../daemon/take-over.ts');
  await import('../daemon/young-objects.ts');
  const { main } = await import('./invoke.ts');
  await main(process.argv);
}
