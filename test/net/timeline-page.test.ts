// What a person sees who opens the page of `holdfast simulate --html`: a real browser draws it, without any network.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSimulate } from '../../src/cli/simulate/main.ts';
import { BrowserPage, browserProblem, type View } from './browser.testkit.ts';

const configuration = `
global_defs {
  enable_script_security
}
vrrp_instance VI_1 {
  interface eth0
  version 3
  virtual_router_id 51
@lb1  priority 150
@lb2  priority 100
  virtual_ipaddress {
    192.0.2.100/24
    192.0.2.101/24
  }
}
virtual_server 192.0.2.100 80 {
  delay_loop 5
  lvs_sched wrr
  protocol TCP
  quorum 2
  sorry_server 10.0.0.99 80
  real_server 10.0.0.11 80 {
    TCP_CHECK {
    }
  }
  real_server 10.0.0.12 80 {
    TCP_CHECK {
    }
  }
}
virtual_server 192.0.2.101 443 {
  delay_loop 5
  lvs_sched rr
  protocol TCP
  real_server 10.0.0.21 443 {
    TCP_CHECK {
    }
  }
  real_server 10.0.0.22 443 {
    TCP_CHECK {
    }
  }
}
`;

/** A server that fails and returns, a director that loses its power, another one's table that somebody empties. */
const scenario = `
at 20s server 10.0.0.11:80 fails for 20s
at 30s server 10.0.0.21:443 hangs for 30s
at 60s power-off lb1 for 30s
at 130s crash lb2 checker
at 140s ipvsadm clear on lb1
at 145s suspend lb1 5s
at 172s stop lb2 for 5s
until 3m
`;

const views: readonly View[] = [
  { width: 1400, height: 900, scheme: 'light' },
  { width: 1400, height: 900, scheme: 'dark' },
  { width: 480, height: 900, scheme: 'light' },
  { width: 480, height: 900, scheme: 'dark' },
];

/** Functions that the page is asked with. */
const inspection = `
  (() => {
    const svg = document.getElementById('chart');
    const texts = [...svg.querySelectorAll('text')];
    const boxes = texts.map(text => text.getBoundingClientRect());
    const outer = svg.getBoundingClientRect();
    const overlapping = [], outside = [], faint = [];
    texts.forEach((text, place) => {
      const own = boxes[place];
      if (own.left < outer.left || own.right > outer.right || own.top < outer.top || own.bottom > outer.bottom)
        outside.push(text.textContent);
      for (let other = 0; other < place; other++) {
        const box = boxes[other];
        const wide = Math.min(own.right, box.right) - Math.max(own.left, box.left);
        const tall = Math.min(own.bottom, box.bottom) - Math.max(own.top, box.top);
        // Lines of text touch by the part of their boxes that has no ink.
        if (wide > 1 && tall > 4) overlapping.push(text.textContent + ' / ' + texts[other].textContent);
      }
    });
    const luminance = colour => {
      const [red, green, blue] = colour.match(/[0-9.]+/g).slice(0, 3).map(part => {
        const share = part / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (one, two) => {
      const [low, high] = [luminance(one), luminance(two)].sort((left, right) => left - right);
      return (high + 0.05) / (low + 0.05);
    };
    const rects = [...svg.querySelectorAll(':scope > rect')];
    for (const text of svg.querySelectorAll('.inside')) {
      const box = text.getBoundingClientRect();
      const under = rects.findLast(rect => {
        const { left, right, top, bottom } = rect.getBoundingClientRect();
        return left <= box.left && right >= box.right && top <= box.top + 6 && bottom >= box.bottom - 6;
      });
      const ratio = under ? contrast(getComputedStyle(text).fill, getComputedStyle(under).fill) : 0;
      if (ratio < 4) faint.push(text.textContent + ' ' + ratio.toFixed(1));
    }
    const ground = getComputedStyle(document.body).backgroundColor;
    for (const element of document.querySelectorAll('h1, h2, .hint, #legend li, #kinds label, #events td, #verdict')) {
      const ratio = contrast(getComputedStyle(element).color, ground);
      if (ratio < 4) faint.push(element.textContent + ' ' + ratio.toFixed(1));
    }
    const { scrollWidth, clientWidth } = document.documentElement;
    return { overlapping, outside, faint, wider: scrollWidth - clientWidth, ground };
  })()
`;

interface Inspection {
  readonly overlapping: readonly string[];
  readonly outside: readonly string[];
  /** Texts that hardly differ from what they stand on. */
  readonly faint: readonly string[];
  /** Pixels that the page is wider than the window. */
  readonly wider: number;
  readonly ground: string;
}

/** What bars say when the pointer rests on them. */
const titles = `[...document.querySelectorAll('#chart > rect > title')].map(title => title.textContent)`;
const shownSpan = '[from, to]';

describe.skipIf(browserProblem !== undefined)(
  `the page of a simulation${browserProblem ? `: ${browserProblem}` : ''}`,
  () => {
    let folder: string;
    let page: BrowserPage;
    let url: string;

    beforeAll(async () => {
      folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-page-'));
      const files = ['lb1', 'lb2'].map(name => {
        const file = `${folder}/${name}.conf`;
        writeFileSync(file, configuration);
        return file;
      });
      writeFileSync(`${folder}/scenario.txt`, scenario);
      const said: string[] = [];
      const output = { say: () => {}, tell: (text: string) => void said.push(text) };
      const status = await runSimulate(
        [...files, '-s', `${folder}/scenario.txt`, '--html', `${folder}/page.html`],
        output,
      );
      expect({ status, said }).toEqual({ status: 0, said: [] });
      url = `file://${folder}/page.html`;
      mkdirSync(`${folder}/profile`);
      page = await BrowserPage.open(`${folder}/profile`);
    });

    afterAll(async () => {
      await page?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(views)('can be read at $width pixels in $scheme', async view => {
      await page.look(view);
      await page.load(url);
      const { overlapping, outside, faint, wider, ground } = await page.value<Inspection>(inspection);
      expect({ overlapping, outside, faint, wider }).toEqual({ overlapping: [], outside: [], faint: [], wider: 0 });
      expect(ground).toBe(view.scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(18, 22, 29)');
    });

    it('asks nobody for anything, and has nothing to complain of', async () => {
      await page.load(url);
      expect(new Set(page.requests)).toEqual(new Set([url]));
      expect(page.complaints).toEqual([]);
    });

    it('shows who serves', async () => {
      await page.look(views[0]!);
      await page.load(url);
      const told = await page.value<string[]>(titles);
      const service = (name: string): string[] => told.filter(title => title.startsWith(name));
      expect(service('lb1 tcp 192.0.2.100:80').map(title => title.replace(/, .*/, ''))).toEqual([
        'lb1 tcp 192.0.2.100:80: 10.0.0.11:80 10.0.0.12:80',
        'lb1 tcp 192.0.2.100:80: sorry server 10.0.0.99:80',
        'lb1 tcp 192.0.2.100:80: 10.0.0.11:80 10.0.0.12:80',
        'lb1 tcp 192.0.2.100:80: no process',
        'lb1 tcp 192.0.2.100:80: 10.0.0.11:80 10.0.0.12:80',
        'lb1 tcp 192.0.2.100:80: nobody',
        'lb1 tcp 192.0.2.100:80: 10.0.0.11:80 10.0.0.12:80',
      ]);
      expect(service('lb2 tcp 192.0.2.101:443').map(title => title.replace(/^.*?: |, .*/g, ''))).toEqual([
        '10.0.0.21:443 10.0.0.22:443',
        '10.0.0.22:443',
        '10.0.0.21:443 10.0.0.22:443',
        'no process',
        '10.0.0.21:443 10.0.0.22:443',
      ]);
      // Whatever is drawn is explained.
      const kinds = await page.value<string[]>(
        `[...new Set([...document.querySelectorAll('#chart > rect')].map(rect => getComputedStyle(rect).fill))]`,
      );
      const samples = await page.value<string>(
        `[...document.querySelectorAll('#legend i')].map(item => { const style = getComputedStyle(item); return style.backgroundColor + style.backgroundImage; }).join()`,
      );
      expect(kinds.filter(kind => kind.startsWith('rgb') && !samples.includes(kind))).toEqual([]);
    });

    it('zooms and moves by key, wheel, pointer and button', async () => {
      await page.look(views[0]!);
      await page.load(url);
      const span = (): Promise<[number, number]> => page.value(shownSpan);
      expect(await span()).toEqual([0, 180]);
      await page.press('+');
      expect(await span()).toEqual([45, 135]);
      await page.press('ArrowRight');
      expect(await span()).toEqual([63, 153]);
      await page.press('-');
      await page.press('0');
      expect(await span()).toEqual([0, 180]);
      await page.wheel(700, 300, -100);
      const [, end] = await span();
      expect(end).toBeLessThan(180);
      await page.mouse('mousePressed', 700, 300);
      await page.mouse('mouseMoved', 500, 300);
      await page.mouse('mouseReleased', 500, 300);
      expect((await span())[1]).toBeGreaterThan(end);
      await page.value(`document.getElementById('all').click()`);
      await page.value(`document.getElementById('in').click()`);
      expect(await span()).toEqual([45, 135]);
      await page.value(
        `[...document.querySelectorAll('#events tr')].find(row => row.textContent.includes('Lost quorum')).click()`,
      );
      const [from, to] = await span();
      expect([Math.floor(from), Math.floor(to)]).toEqual([20, 26]);
      const zoomed = await page.value<Inspection>(inspection);
      expect([zoomed.overlapping, zoomed.outside, zoomed.faint]).toEqual([[], [], []]);
    });

    it('changes from light to dark when it is told to', async () => {
      await page.look(views[0]!);
      await page.load(url);
      await page.value(`document.getElementById('theme').click()`);
      const { faint, ground } = await page.value<Inspection>(inspection);
      expect({ faint, ground }).toEqual({ faint: [], ground: 'rgb(18, 22, 29)' });
    });

    it('hides and shows kinds of events', async () => {
      await page.load(url);
      const count = (): Promise<number> => page.value(`document.querySelectorAll('#events tr.ipvs').length`);
      expect(await count()).toBeGreaterThan(10);
      await page.value(
        `[...document.querySelectorAll('#kinds label')].find(label => label.textContent.trim() === 'ipvs').click()`,
      );
      expect(await count()).toBe(0);
    });
  },
);
