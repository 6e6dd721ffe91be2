/** Colours where somebody looks, plain text where a file does. */
export class Screen {
  readonly #coloured: boolean;
  readonly #write: (text: string) => void;

  constructor(coloured: boolean, write: (text: string) => void) {
    this.#coloured = coloured;
    this.#write = write;
  }

  line(text = ''): void {
    this.#write(`${text}\n`);
  }

  bold(text: string): string {
    return this.#paint(text, '1');
  }

  dim(text: string): string {
    return this.#paint(text, '2');
  }

  green(text: string): string {
    return this.#paint(text, '32');
  }

  yellow(text: string): string {
    return this.#paint(text, '33');
  }

  #paint(text: string, code: string): string {
    return this.#coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

export function formatSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
