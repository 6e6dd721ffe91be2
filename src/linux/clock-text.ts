/**
 * The wall clock's reading as a text that changes once a second: thousands of log lines may want it at once, and reading a
 * local time costs more than all the rest of a line. `clock` is in milliseconds since 1970.
 */
export function clockText(format: (date: Date) => string, clock: () => number = Date.now): () => string {
  let second = Number.NaN;
  let text = '';
  return () => {
    const milliseconds = clock();
    const current = Math.floor(milliseconds / 1_000);
    if (current !== second) {
      second = current;
      text = format(new Date(milliseconds));
    }
    return text;
  };
}
