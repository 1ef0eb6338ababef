/**
 * The main journey as a person sees it, in a real browser with script and without: from the demo app through the
 * interruption and back. `SCREENSHOTS=1` keeps the README's pictures in docs/screenshots.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoPassword } from '../../demo/accounts.ts';
import { appCode } from '../journeys/world.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';
import { describeWithBrowser, openBrowser } from './launch.ts';

const folder = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));

async function picture(page: Page, name: string): Promise<void> {
  if (process.env['SCREENSHOTS'] !== '1') return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

async function signIn(page: Page, demo: DemoProcess, name: string): Promise<void> {
  await page.goto(demo.appUrl);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('input[name=loginName]').fill(name);
  await page.locator('input[name=password]').fill(demoPassword);
  await page.keyboard.press('Enter');
  // The load state is still the form's until the answer is there.
  await page.waitForURL(/\/security-info$/);
}

/** Reads the newest code for an address from the mailbox page, in a tab of its own. */
async function mailedCode(context: BrowserContext, demo: DemoProcess, address: string): Promise<string> {
  const tab = await context.newPage();
  try {
    await tab.goto(demo.mailboxUrl);
    await tab.locator('.messages li', { hasText: address }).first().getByRole('link').click();
    const found = /\b(\d{3})\s?(\d{3})\b/.exec(await tab.locator('pre').innerText());
    if (!found) throw new Error(`no code in the message to ${address}`);
    return `${found[1]}${found[2]}`;
  } finally {
    await tab.close();
  }
}

/** No page may be wider than the window. */
async function expectFits(page: Page): Promise<void> {
  const [content, width] = (await page.evaluate(
    '[document.documentElement.scrollWidth, window.innerWidth]',
  )) as [number, number];
  expect(content).toBeLessThanOrEqual(width);
}

describeWithBrowser('the main journey in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  describe.each([
    { name: 'with script, on a desk', javaScriptEnabled: true, width: 1280, scheme: 'light' as const },
    {
      name: 'without script, at 320 pixels, in the dark',
      javaScriptEnabled: false,
      width: 320,
      scheme: 'dark' as const,
    },
  ])('$name', ({ javaScriptEnabled, width, scheme }) => {
    let demo: DemoProcess;
    let context: BrowserContext;
    beforeAll(async () => {
      demo = await startDemo();
      context = await browser.newContext({
        javaScriptEnabled,
        colorScheme: scheme,
        viewport: { width, height: 800 },
        locale: 'en-GB',
      });
      context.setDefaultTimeout(5_000);
    });
    afterAll(async () => {
      await context.close();
      expect(await demo.stop()).toBe(0);
    });

    test('registers two methods and comes back to the app, signed in', async () => {
      const page = await context.newPage();
      await signIn(page, demo, 'new');
      await picture(page, `interruption-${scheme}`);
      if (javaScriptEnabled) await expectFits(page);
      await page.locator('a[href$="/add/email"]').first().click();
      await page.locator('input[name=address]').fill('nora.other@home.example');
      await page.keyboard.press('Enter');
      await page.locator('input[name=code]').waitFor();
      await page.locator('input[name=code]').fill(await mailedCode(context, demo, 'nora.other@home.example'));
      await page.keyboard.press('Enter');
      await page.locator('a[href$="/add/authenticator_app"]').first().click();
      await page.locator('main form button[type=submit]').first().click();
      await page.locator('input[name=code]').waitFor();
      await picture(page, `authenticator-${scheme}`);
      if (javaScriptEnabled) await expectFits(page);
      const secret = (await page.locator('code').first().innerText()).replace(/\s/g, '');
      await page.locator('input[name=code]').fill(appCode(secret, new Date()));
      await page.keyboard.press('Enter');
      await page.locator('form[action$="/finish"] button.main').waitFor();
      await picture(page, `finish-${scheme}`);
      await page.locator('form[action$="/finish"] button').click();
      await page.waitForURL((url) => url.href.startsWith(demo.appUrl));
      expect(await page.locator('main').innerText()).toContain('Nora');
      await page.close();
    });

    test('reviews what has become old and comes back to the app', async () => {
      await context.clearCookies();
      const page = await context.newPage();
      await signIn(page, demo, 'expired');
      await picture(page, `review-${scheme}`);
      if (javaScriptEnabled) await expectFits(page);
      await page.locator('form[action$="/all-right"] button').click();
      await page.waitForURL((url) => url.href.startsWith(demo.appUrl));
      expect(await page.locator('main').innerText()).toContain('Emil');
      await page.close();
    });
  });
});
