/**
 * Password reset and unlock as a person sees them, in a real browser: on a desk with script, and at 320 pixels in the
 * dark without. `SCREENSHOTS=<folder>` keeps a picture of each page.
 */
import { expect, test } from 'vitest';
import { demoPassword } from '../../demo/accounts.ts';
import { appCode } from '../journeys/world.ts';
import { backAtApp, newestCode, signIn } from './demo-steps.ts';
import { describeInBrowsers } from './seat.ts';

const newPassword = 'seven green bicycles';
const address = 'nora.reset@home.example';

describeInBrowsers(
  'password reset and unlock in a browser',
  { demoForEachTest: true, pictures: 'reset-' },
  (seat) => {
    const { look } = seat;

    /** Registers an address and an app, as somebody who is new. @returns the app's secret */
    async function register(): Promise<string> {
      const { page, demo, context } = seat;
      await signIn(page, demo, 'new');
      await page.locator('a[href$="/add/email"]').first().click();
      await page.locator('input[name=address]').fill(address);
      await page.keyboard.press('Enter');
      await page.locator('input[name=code]').waitFor();
      await giveCode(await newestCode(context, demo, address, 'E-mail'));
      await page.locator('a[href$="/add/authenticator_app"]').first().click();
      await page.locator('main form button[type=submit]').first().click();
      await page.locator('input[name=code]').waitFor();
      const secret = (await page.locator('code').first().innerText()).replace(/\s/g, '');
      await giveCode(appCode(secret, new Date()));
      await page.locator('form[action$="/finish"] button').click();
      await backAtApp(page, demo);
      await context.clearCookies();
      return secret;
    }

    async function giveCode(code: string): Promise<void> {
      const { page } = seat;
      await page.locator('input[name=code]').fill(code);
      await page.keyboard.press('Enter');
    }

    async function openSignIn(): Promise<void> {
      const { page, demo } = seat;
      await page.goto(demo.appUrl);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.locator('input[name=loginName]').waitFor();
    }

    async function forget(): Promise<void> {
      const { page } = seat;
      await page.locator('input[name=loginName]').fill('new');
      await page.locator('[formaction$="/forgot"]').click();
      await page.waitForURL(/\/reset$/);
    }

    test('a forgotten password is chosen anew by an app, and signs in', async () => {
      const { page, demo } = seat;
      const secret = await register();
      await openSignIn();
      await look('sign-in');
      await forget();
      await look('choose');
      await page.locator('form[action$="/authenticator_app"] button').click();
      await page.locator('input[name=code]').waitFor();
      await look('app-code');
      await giveCode('12');
      await page.getByRole('alert').waitFor();
      await look('app-wrong');
      // The step in which the app was registered is used up; the next one is accepted already.
      await giveCode(appCode(secret, new Date(Date.now() + 30_000)));
      await page.locator('input[name=newPassword]').waitFor();
      await look('end');
      await page.locator('input[name=newPassword]').fill('short');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      await look('end-refused');
      await page.locator('input[name=newPassword]').fill(newPassword);
      await page.locator('input[name=repeatPassword]').fill(newPassword);
      await page.keyboard.press('Enter');
      await page.locator('a.button.main').waitFor();
      await look('done');
      await page.locator('a.button.main').click();
      await page.locator('input[name=loginName]').fill('new');
      await page.locator('input[name=password]').fill(newPassword);
      await page.keyboard.press('Enter');
      expect(await backAtApp(page, demo)).toContain('Nora');
    });

    test('a locked account is unlocked by an address and, where two are asked for, an app', async () => {
      const { page, demo, context } = seat;
      const secret = await register();
      await openSignIn();
      for (let tries = 0; tries < 11; tries += 1) {
        await page.locator('input[name=loginName]').fill('new');
        await page.locator('input[name=password]').fill(`wrong ${tries}`);
        await page.locator('input[name=password]').press('Enter');
        await page.getByRole('alert').waitFor();
        await page.waitForLoadState();
      }
      await look('locked');
      await forget();
      await page.locator('a[href$="/method/email"]').click();
      await page.locator('input[name=address]').waitFor();
      await look('address');
      await page.locator('input[name=address]').fill(address);
      await page.keyboard.press('Enter');
      await page.locator('input[name=code]').waitFor();
      await look('mail-code');
      await expect
        .poll(() => newestCode(context, demo, address, 'E-mail').catch(() => null), { timeout: 5_000 })
        .not.toBeNull();
      await giveCode(await newestCode(context, demo, address, 'E-mail'));
      await page.waitForURL(/\/reset$/);
      await page.locator('input[name=password], a[href*="/second/"]').first().waitFor();
      if ((await page.locator('a[href*="/second/"]').count()) > 0) {
        await look('second');
        await page.locator('a[href*="/second/"]').first().click();
        await page.locator('input[name=code]').waitFor();
        await look('second-code');
        await giveCode(appCode(secret, new Date(Date.now() + 30_000)));
      }
      await page.locator('form[action$="/unlock"] input[name=password]').waitFor();
      await look('unlock');
      await page.locator('form[action$="/unlock"] input[name=password]').fill(demoPassword);
      await page.keyboard.press('Enter');
      await page.locator('a.button.main').waitFor();
      await look('unlocked');
      await page.locator('a.button.main').click();
      await page.locator('input[name=loginName]').fill('new');
      await page.locator('input[name=password]').fill(demoPassword);
      await page.keyboard.press('Enter');
      expect(await backAtApp(page, demo)).toContain('Nora');
      await page.goto(`${demo.issuer}/reset/help`);
      await look('help');
      await page.goto(`${demo.issuer}/reset/access-pass`);
      await look('pass');
    });
  },
);
