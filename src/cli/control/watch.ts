import type { Output } from '../config/output.ts';

const intervalMilliseconds = 1_000;
const clearScreen = '\u001b[H\u001b[J';

/** Repeats until Ctrl-C, or until `show` has no answer; a terminal shows the last answer alone. */
export async function watch(
  output: Output,
  redraw: boolean,
  show: (output: Output) => Promise<{ readonly status: number; readonly goOn: boolean }>,
): Promise<number> {
  for (;;) {
    let text = '';
    const { status, goOn } = await show({ say: said => (text += said), tell: line => output.tell(line) });
    output.say(redraw ? `${clearScreen}${text}` : text);
    if (!goOn) return status;
    await new Promise(resolve => setTimeout(resolve, intervalMilliseconds));
  }
}
