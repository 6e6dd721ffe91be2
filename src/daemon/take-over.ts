import { takeOverSignals } from '../linux/signals.ts';
import { crash } from './crash.ts';
import { signalMeanings } from './signals.ts';

// What a process of ours does before anything else; importing this file does it.
Error.stackTraceLimit = 50;
process.on('uncaughtException', crash);
takeOverSignals([...signalMeanings].filter(([, meaning]) => meaning !== 'ignore').map(([signal]) => signal));
