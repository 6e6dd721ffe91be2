import type { Output } from '../config/output.ts';
import type { ClientOptions } from './client.ts';
import { noAnswerStatus } from './command.ts';

const intervalMilliseconds = 1_000;
const clearScreen = '\u001b[H\u001b[J';

export interface WatchOptions extends ClientOptions {
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** Asks once, or with --watch until Ctrl-C or until there is no answer; a terminal shows the last answer alone. */
export async function askOrWatch(
  { json, watch }: WatchOptions,
  output: Output,
  ask: (output: Output) => Promise<number>,
): Promise<number> {
  if (!watch) return ask(output);
  const redraw = !json && process.stdout.isTTY;
  for (;;) {
    let text = '';
    const status = await ask({ say: said => (text += said), tell: line => output.tell(line) });
    output.say(redraw ? `${clearScreen}${text}` : text);
    if (status === noAnswerStatus) return status;
    await new Promise(resolve => setTimeout(resolve, intervalMilliseconds));
  }
}
