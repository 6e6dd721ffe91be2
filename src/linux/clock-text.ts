/**
 * The wall clock's reading as a text that changes once a second: thousands of log lines may want it at once, and reading a
 * local time costs more than all the rest of a line. `clock` is in milliseconds since 1970. Lines of one turn of the event
 * loop have one time: where a clock costs a system call, asking it would be most of a line. `afterThisTurn` calls back when
 * the turn is over.
 */
export function clockText(
  format: (date: Date) => string,
  clock: () => number = Date.now,
  afterThisTurn: (then: () => void) => void = setImmediate,
): () => string {
  let second = Number.NaN;
  let text = '';
  let isOfThisTurn = false;
  const turnIsOver = (): void => {
    isOfThisTurn = false;
  };
  return () => {
    if (isOfThisTurn) return text;
    isOfThisTurn = true;
    afterThisTurn(turnIsOver);
    const milliseconds = clock();
    const current = Math.floor(milliseconds / 1_000);
    if (current !== second) {
      second = current;
      text = format(new Date(milliseconds));
    }
    return text;
  };
}
