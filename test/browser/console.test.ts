/**
 * The console as an admin sees it in a real browser: on a desk with script, and at 320 pixels in the dark without.
 * `SCREENSHOTS=<folder>` keeps a picture of each page.
 */
import { expect, test } from 'vitest';
import { demoPassword } from '../../demo/accounts.ts';
import { newestCode } from './demo-steps.ts';
import { describeInBrowsers } from './seat.ts';

describeInBrowsers('the console in a browser', { pictures: 'console-', demoForEachTest: true }, (seat) => {
  const { look } = seat;

  /** Signs in as the demo's admin and proves the mailbox. */
  async function enter(path: string): Promise<void> {
    const { page, demo, context } = seat;
    await page.goto(`${demo.issuer}/admin${path}`);
    await page.locator('input[name=loginName]').fill('admin');
    await page.locator('input[name=password]').fill(demoPassword);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Show that you are you' }).waitFor();
    await page
      .getByRole('link', { name: /E.mail/ })
      .first()
      .click();
    await page.getByRole('button', { name: /Send a code/ }).click();
    await page.locator('input[name=code]').waitFor();
    await page.locator('input[name=code]').fill(await newestCode(context, demo, '@home.example', 'E-mail'));
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === `/admin${path}`);
  }

  test('finds a person, shows the address on demand, fills one in and gives a pass', async () => {
    const { page } = seat;
    await enter('/people');
    await look('people');
    await page.locator('input[name=name]').fill('current');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Clara Current' }).click();
    await page.getByRole('heading', { level: 1, name: 'Clara Current' }).waitFor();
    await look('person');
    expect(await page.locator('main').innerText()).not.toContain('clara@home.example');
    await page.getByRole('button', { name: 'Show numbers and addresses' }).click();
    await page.getByText('clara@home.example').waitFor();
    await page.locator('input[name=address]').fill('not an address');
    await page.locator('select[name=type]').selectOption('email');
    await page.getByRole('button', { name: 'Fill it in' }).click();
    await page.getByRole('alert').waitFor();
    await look('person-refused');
    await page.getByRole('button', { name: 'Issue an access pass' }).click();
    await page.locator('#access-pass').waitFor();
    await look('person-pass');
    await page
      .getByRole('link', { name: /^Remove/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Remove it' }).waitFor();
    await look('person-remove');
  });

  test('changes a policy by keyboard, with a look at what it would do', async () => {
    const { page } = seat;
    await enter('/policies');
    await look('policies');
    await page.getByRole('link', { name: 'default', exact: true }).click();
    await page.locator('input[name=reconfirmAfterDays]').waitFor();
    await look('policy');
    await page.locator('input[name=reconfirmAfterDays]').fill('900');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await look('policy-refused');
    await page.locator('input[name=reconfirmAfterDays]').fill('5');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'How many people' }).waitFor();
    await look('policy-preview');
    await page.getByRole('button', { name: 'Who is affected?' }).click();
    await page.getByRole('heading', { level: 1, name: 'Who is affected?' }).waitFor();
    await look('policy-affected');
    await page.getByRole('button', { name: 'Back to what it would do' }).click();
    await page.getByLabel('Ask them at once').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The policy is saved.').waitFor();
  });
});
