/**
 * The main journey as a person sees it, in a real browser with script and without: from the demo app through the
 * interruption and back. `SCREENSHOTS=1` keeps the README's pictures in docs/screenshots.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appCode } from '../journeys/world.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';
import { backAtApp, newestCode, picture, signIn } from './demo-steps.ts';
import { describeWithBrowser, openBrowser } from './launch.ts';
import { expectSound } from './sound-page.ts';

const address = 'nora.other@home.example';

/** Looks at the page and keeps its picture. */
async function look(page: Page, name: string): Promise<void> {
  await expectSound(page);
  await picture(page, name, true);
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

    test('registers two of the methods on offer and comes back to the app, signed in', async () => {
      const page = await context.newPage();
      await signIn(page, demo, 'new');
      // Of six methods an administrator alone sets one.
      expect(await page.locator('a[href*="/add/"]:not(.main)').count()).toBe(5);
      expect(await page.locator('a[href$="/add/office_phone"]').count()).toBe(0);
      await look(page, `interruption-${scheme}`);
      await page.locator('a[href$="/add/email"]').first().click();
      await page.locator('input[name=address]').fill(address);
      await page.keyboard.press('Enter');
      await page.locator('input[name=code]').waitFor();
      await page.locator('input[name=code]').fill(await newestCode(context, demo, address, 'E-mail'));
      await page.keyboard.press('Enter');
      await page.locator('a[href$="/add/authenticator_app"]').first().click();
      await page.locator('main form button[type=submit]').first().click();
      await page.locator('input[name=code]').waitFor();
      await look(page, `authenticator-${scheme}`);
      const secret = (await page.locator('code').first().innerText()).replace(/\s/g, '');
      await page.locator('input[name=code]').fill(appCode(secret, new Date()));
      await page.keyboard.press('Enter');
      await page.locator('form[action$="/finish"] button.main').waitFor();
      await look(page, `finish-${scheme}`);
      await page.locator('form[action$="/finish"] button').click();
      expect(await backAtApp(page, demo)).toContain('Nora');
      await page.close();
    });

    test('reviews what has become old and comes back to the app', async () => {
      await context.clearCookies();
      const page = await context.newPage();
      await signIn(page, demo, 'expired');
      await look(page, `review-${scheme}`);
      await page.locator('form[action$="/all-right"] button').click();
      expect(await backAtApp(page, demo)).toContain('Emil');
      await page.close();
    });
  });
});
