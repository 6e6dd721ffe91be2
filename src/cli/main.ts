// Signals first: until they are taken over, HUP and others end the process. Everything else is loaded afterwards.
import '../daemon/take-over.ts';

const { main } = await import('./invoke.ts');
await main(process.argv);
