/**
 * The user's own page, opened by its address, as a person sees it in a real browser: on a desk with script, and at 320
 * pixels in the dark without. `SCREENSHOTS=<folder>` keeps a picture of each page.
 */
import { expect, test } from 'vitest';
import { demoPassword } from '../../demo/accounts.ts';
import { describeInBrowsers } from './seat.ts';

const newPassword = 'seven green bicycles';

describeInBrowsers('my security info in a browser', { pictures: 'own-' }, (seat) => {
  const { look, scheme } = seat;

  async function typePassword(name: string, password: string): Promise<void> {
    const { page } = seat;
    await page.locator('input[name=loginName]').fill(name);
    await page.locator('input[name=password]').fill(password);
    await page.keyboard.press('Enter');
  }

  /** Opens the page by its address and signs in. */
  async function open(name: string, password = demoPassword): Promise<void> {
    const { page, demo } = seat;
    await page.goto(`${demo.issuer}/security-info`);
    await typePassword(name, password);
    await page.waitForURL(/\/interaction\/[^/]+\/security-info/);
  }

  const appCard = () => seat.page.locator('li.card', { hasText: 'Authenticator app' }).first();

  test('names a method, has it come first, and takes that back', async () => {
    const { page } = seat;
    await open('every');
    await look('overview');
    await appCard().getByRole('link', { name: /^Name/ }).click();
    await page.locator('input[name=name]').waitFor();
    await look('name');
    await page.locator('input[name=name]').fill('work\u202Eenohp');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await look('name-refused');
    await page.locator('input[name=name]').fill('Pocket & work');
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=named/);
    expect(await appCard().innerText()).toContain('Pocket & work');
    const mailCard = page.locator('li.card', { hasText: 'e•••@home.example' });
    await mailCard.getByRole('button', { name: /^Use this first/ }).click();
    await page.waitForURL(/done=preferred/);
    await look('preferred');
    expect(await page.locator('li.card').first().innerText()).toContain('@home.example');
    await mailCard.getByRole('button', { name: /^No longer use this first/ }).click();
    await page.waitForURL(/done=unpreferred/);
    expect(await page.locator('li.card').first().innerText()).toContain('Pocket & work');
  });

  test('shows what happened lately, and signs out everywhere else', async () => {
    const { page, demo } = seat;
    await page.goto(`${demo.issuer}/security-info`);
    await typePassword('current', 'not this one');
    await page.getByRole('alert').waitFor();
    await typePassword('current', demoPassword);
    await page.getByRole('link', { name: 'Recent activity' }).click();
    await page.getByText('A sign-in was refused').waitFor();
    expect(await page.locator('main').innerText()).toContain('Chrome on a computer');
    await look('activity');
    await page.getByRole('link', { name: 'Back' }).click();
    await page.getByRole('link', { name: 'Sign out everywhere else' }).click();
    await page.getByRole('button').first().waitFor();
    await look('sign-out');
    await page.locator('form[action$="/sign-out-elsewhere"] button').click();
    await page.getByText('Everybody else is signed out.').waitFor();
    await look('signed-out');
    await page.locator('form[action$="/finish"] button').click();
    await page.waitForURL(/\/security-info\/done/);
    await look('done');
  });

  test('changes the password, and the new one signs in', async () => {
    const { page } = seat;
    await open('admin');
    await page.getByRole('link', { name: 'Change the password' }).click();
    await page.locator('input[name=currentPassword]').waitFor();
    await look('password');
    await page.locator('input[name=currentPassword]').fill('not this one');
    await page.locator('input[name=newPassword]').fill('short');
    await look('password-typed');
    // Where script runs it says how strong the password is.
    const words = await page.locator('[data-words]').innerText();
    expect(words === '' ? 'dark' : 'light').toBe(scheme);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await look('password-refused');
    await page.locator('input[name=currentPassword]').fill(demoPassword);
    await page.locator('input[name=newPassword]').fill(newPassword);
    await page.locator('input[name=repeatPassword]').fill(newPassword);
    await page.keyboard.press('Enter');
    await page.getByText('Your password is changed.').waitFor();
    await look('password-changed');
    await seat.context.clearCookies();
    await open('admin', newPassword);
    expect(await page.locator('h1').innerText()).toBe('Your security info');
  });

  test('the page on which a change is undone says alike whatever is wrong', async () => {
    const { page, demo } = seat;
    await page.goto(`${demo.issuer}/security-info/undo`);
    await look('undo');
    await page.locator('input[name=loginName]').fill('nobody');
    await page.locator('input[name=code]').fill('0000-0000-0000-0000-0000');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await look('undo-refused');
    expect(await page.locator('[aria-invalid=true]').count()).toBe(0);
  });
});
