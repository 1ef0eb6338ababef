/**
 * Where a person sits in these tests: a real browser, once on a desk with script and once at 320 pixels in the dark
 * without, at a demo of its own; each test has a window that knows nothing of the others.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { type DemoProcess, startDemo } from './demo-process.ts';
import { picture } from './demo-steps.ts';
import { describeWithBrowser, openBrowser } from './launch.ts';
import { complaintsOf, expectSound } from './sound-page.ts';

const kinds = [
  { name: 'with script, on a desk', javaScriptEnabled: true, width: 1280, scheme: 'light' },
  {
    name: 'without script, at 320 pixels, in the dark',
    javaScriptEnabled: false,
    width: 320,
    scheme: 'dark',
  },
] as const;

/** What a test has before it; each is that of the test that runs. */
export interface Seat {
  readonly demo: DemoProcess;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly scheme: 'light' | 'dark';
  /** Looks whether the page is sound, and keeps its picture. */
  look(name: string, isOfReadme?: boolean): Promise<void>;
}

/** How the tests of a file are run. */
export interface SeatOptions {
  /** A demo for each test, where one test would meet what another has left. */
  readonly demoForEachTest?: boolean;
  /** What the names of the pictures begin with. */
  readonly pictures?: string;
}

/** A `describe` in each of the browsers; skipped where there is no Chromium. No page may complain in any of them. */
export function describeInBrowsers(
  name: string,
  { demoForEachTest = false, pictures = '' }: SeatOptions,
  tests: (seat: Seat) => void,
): void {
  describeWithBrowser(name, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser();
    });
    afterAll(() => browser.close());

    describe.each(kinds)('$name', ({ javaScriptEnabled, width, scheme }) => {
      let demo: DemoProcess;
      let context: BrowserContext;
      let page: Page;
      let complaints: readonly string[];
      const begin = async (): Promise<void> => {
        demo = await startDemo();
      };
      const end = async (): Promise<void> => {
        expect(await demo.stop()).toBe(0);
      };
      if (!demoForEachTest) {
        beforeAll(begin);
        afterAll(end);
      }
      beforeEach(async () => {
        if (demoForEachTest) await begin();
        context = await browser.newContext({
          javaScriptEnabled,
          colorScheme: scheme,
          viewport: { width, height: 800 },
          locale: 'en-GB',
        });
        context.setDefaultTimeout(5_000);
        page = await context.newPage();
        complaints = complaintsOf(page);
      });
      afterEach(async () => {
        await context.close();
        if (demoForEachTest) await end();
        expect(complaints).toEqual([]);
      });
      tests({
        get demo() {
          return demo;
        },
        get context() {
          return context;
        },
        get page() {
          return page;
        },
        scheme,
        async look(picturesName, isOfReadme = false) {
          await expectSound(page);
          await picture(page, `${pictures}${picturesName}-${scheme}`, isOfReadme);
        },
      });
    });
  });
}
