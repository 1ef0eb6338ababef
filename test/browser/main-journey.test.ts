/**
 * The main journey as a person sees it, in a real browser with script and without: from the demo app through the
 * interruption and back. `SCREENSHOTS=1` keeps the README's pictures in docs/screenshots.
 */
import { expect, test } from 'vitest';
import { appCode } from '../journeys/world.ts';
import { backAtApp, newestCode, signIn } from './demo-steps.ts';
import { describeInBrowsers } from './seat.ts';

const address = 'nora.other@home.example';

describeInBrowsers('the main journey in a browser', {}, (seat) => {
  const { look } = seat;

  test('registers two of the methods on offer and comes back to the app, signed in', async () => {
    const { page, demo, context } = seat;
    await signIn(page, demo, 'new');
    // Of six methods an administrator alone sets one.
    expect(await page.locator('a[href*="/add/"]:not(.main)').count()).toBe(5);
    expect(await page.locator('a[href$="/add/office_phone"]').count()).toBe(0);
    await look('interruption', true);
    await page.locator('a[href$="/add/email"]').first().click();
    await page.locator('input[name=address]').fill(address);
    await page.keyboard.press('Enter');
    await page.locator('input[name=code]').waitFor();
    await page.locator('input[name=code]').fill(await newestCode(context, demo, address, 'E-mail'));
    await page.keyboard.press('Enter');
    await page.locator('a[href$="/add/authenticator_app"]').first().click();
    await page.locator('main form button[type=submit]').first().click();
    await page.locator('input[name=code]').waitFor();
    await look('authenticator', true);
    const secret = (await page.locator('code').first().innerText()).replace(/\s/g, '');
    await page.locator('input[name=code]').fill(appCode(secret, new Date()));
    await page.keyboard.press('Enter');
    await page.locator('form[action$="/finish"] button.main').waitFor();
    await look('finish', true);
    await page.locator('form[action$="/finish"] button').click();
    expect(await backAtApp(page, demo)).toContain('Nora');
  });

  test('reviews what has become old and comes back to the app', async () => {
    const { page, demo } = seat;
    await signIn(page, demo, 'expired');
    await look('review', true);
    await page.locator('form[action$="/all-right"] button').click();
    expect(await backAtApp(page, demo)).toContain('Emil');
  });
});
