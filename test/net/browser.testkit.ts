// Chromium without a window, driven by its DevTools protocol over two pipes: commands and answers are JSON that ends with NUL.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Where tools/browser.mjs leaves it. */
const program = path.join(import.meta.dirname, '../../.cache/browser/chromium');

/** Undefined if there is a browser, else why not. */
export const browserProblem = existsSync(program) ? undefined : 'no browser could be fetched';

const answerMs = 30_000;

type Json = Readonly<Record<string, unknown>>;

/** What the browser says: answers bear the number of their question, everything else a name. */
interface Message {
  readonly id?: number;
  readonly error?: Json;
  readonly result?: Json;
  readonly method?: string;
  readonly params?: { readonly request?: { readonly url: string }; readonly entry?: { readonly text: string } };
}

interface Waiting {
  readonly resolve: (result: Json) => void;
  readonly reject: (error: Error) => void;
}

export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

/** A page in a browser of its own. */
export class BrowserPage {
  /** What a person would see in the console: errors, and violations of the page's own policy. */
  readonly complaints: string[] = [];
  /** Everything that the page asked for. */
  readonly requests: string[] = [];
  readonly #child: ChildProcess;
  readonly #commands: Writable;
  readonly #waiting = new Map<number, Waiting>();
  #session: string | undefined;
  #number = 0;
  #loaded: () => void = () => {};

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#commands = child.stdio[3] as Writable;
    // A browser that has died is noticed by whoever waits.
    this.#commands.on('error', () => {});
    const answers = child.stdio[4] as Readable;
    let rest = '';
    answers.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\0');
      rest = parts.pop()!;
      for (const part of parts) this.#receive(JSON.parse(part) as Message);
    });
    child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser has ended'));
      this.#waiting.clear();
    });
  }

  /** Starts a browser that keeps what it writes in a folder of its own. */
  static async open(folder: string): Promise<BrowserPage> {
    const flags = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--hide-scrollbars'];
    const child = spawn(program, [...flags, '--remote-debugging-pipe', `--user-data-dir=${folder}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const page = new BrowserPage(child);
    const { targetId } = await page.#command('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await page.#command('Target.attachToTarget', { targetId, flatten: true });
    page.#session = sessionId as string;
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await page.#command(`${domain}.enable`);
    return page;
  }

  async look({ width, height, scheme }: View): Promise<void> {
    await this.#command('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.#command('Emulation.setEmulatedMedia', { features });
  }

  async load(url: string): Promise<void> {
    const loaded = new Promise<void>(resolve => {
      this.#loaded = resolve;
    });
    await this.#command('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page. */
  async value<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.#command('Runtime.evaluate', { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: Value }).value;
  }

  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : {};
    await this.#command('Input.dispatchKeyEvent', { type: 'keyDown', key, ...text });
    await this.#command('Input.dispatchKeyEvent', { type: 'keyUp', key });
  }

  async mouse(type: 'mousePressed' | 'mouseReleased' | 'mouseMoved', x: number, y: number): Promise<void> {
    await this.#command('Input.dispatchMouseEvent', { type, x, y, button: 'left', buttons: 1, clickCount: 1 });
  }

  async wheel(x: number, y: number, deltaY: number): Promise<void> {
    await this.#command('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY });
  }

  /** PNG. */
  async picture(): Promise<Uint8Array> {
    const { data } = await this.#command('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(data as string, 'base64');
  }

  async close(): Promise<void> {
    const ended = new Promise(resolve => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await ended;
    }
  }

  #command(method: string, params: Json = {}): Promise<Json> {
    const id = ++this.#number;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer in ${answerMs} ms`)), answerMs);
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
      };
      this.#waiting.set(id, {
        resolve: result => {
          done();
          resolve(result);
        },
        reject: error => {
          done();
          reject(error);
        },
      });
      this.#commands.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    });
  }

  #receive({ id, error, result, method, params }: Message): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (waiting) {
      if (error) waiting.reject(new Error(JSON.stringify(error)));
      else waiting.resolve(result ?? {});
    } else if (method === 'Page.loadEventFired') this.#loaded();
    else if (method === 'Network.requestWillBeSent' && params?.request) this.requests.push(params.request.url);
    else if (method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(params));
    else if (method === 'Log.entryAdded' && params?.entry) this.complaints.push(params.entry.text);
  }
}
