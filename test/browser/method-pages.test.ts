/**
 * Each method's pages as a person sees them, in a real browser: on a desk by keyboard, and at 320 pixels in the dark
 * without script. `SCREENSHOTS=<folder>` keeps a picture of each page.
 */
import { expect, test } from 'vitest';
import { demoAccounts } from '../../demo/accounts.ts';
import { backAtApp, newestCode, picture, signIn } from './demo-steps.ts';
import { describeInBrowsers } from './seat.ts';
import { expectSound } from './sound-page.ts';

function addressOf(loginName: string, type: string): string {
  const methods = demoAccounts.find((account) => account.loginName === loginName)?.methods ?? [];
  const [address] = methods.flatMap((one) => (one.type === type && 'address' in one ? [one.address] : []));
  if (address === undefined) throw new Error(`${loginName} has no ${type}`);
  return address;
}

describeInBrowsers('the pages of each method in a browser', {}, (seat) => {
  const { look, scheme } = seat;

  /** Types the code that is on the newest message, where the page has put the cursor. */
  async function giveCode(to: string, how: 'E-mail' | 'SMS' | 'Call'): Promise<void> {
    const { page, demo, context } = seat;
    await page.locator('input[name=code]').waitFor();
    const code = await newestCode(context, demo, to, how);
    expect(await page.locator('input[name=code]:focus').count()).toBe(1);
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
  }

  async function openOffer(type: string): Promise<void> {
    const { page } = seat;
    await page.locator(`a[href$="/add/${type}"]:not(.main)`).click();
    await page.waitForURL((url) => url.pathname.endsWith(`/add/${type}`));
  }

  /** The form of a phone number, from the field where the cursor is, with keys alone. */
  async function typeNumber(country: string, number: string, channel: 'sms' | 'voice'): Promise<void> {
    const { page } = seat;
    expect(await page.locator('input[name=number]:focus').count()).toBe(1);
    await page.keyboard.type(number);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type(country);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    if (channel === 'voice') await page.keyboard.press('ArrowDown');
  }

  test('sets up a mobile phone and security questions, and finds what went to the phone', async () => {
    const { page, demo } = seat;
    await signIn(page, demo, 'new');
    await openOffer('mobile_phone');
    await look('mobile-form');
    await typeNumber('United States', '202-555-0136', 'sms');
    await look('mobile-filled');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/code$/);
    await look('mobile-code');
    await page.getByRole('button', { name: 'Call me instead' }).click();
    await page.getByRole('status').waitFor();
    expect(await page.locator('main').innerText()).toMatch(/calling you/);
    await look('mobile-call');
    await giveCode('+12025550136', 'Call');
    await page.waitForURL(/done=registered/);
    await look('overview-one-of-two');

    await openOffer('security_questions');
    await look('questions-form');
    await page.locator('select[name=question1]').selectOption('first_landlord');
    const answers = ['Rowan', 'Alder', 'Elm tree', 'Hazel', 'Birch'];
    for (const [index, answer] of answers.entries())
      await page.getByLabel(`Answer ${index + 1}`).fill(answer);
    const order: string[] = [];
    for (const list of await page.locator('select').all()) order.push(await list.inputValue());
    expect(new Set(order).size).toBe(5);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/code$/);
    await look('questions-again');
    const asked = await page.locator('input[name=question1]').inputValue();
    await page.keyboard.type((answers[order.indexOf(asked)] ?? '').toUpperCase());
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=registered/);
    await look('overview-finish');
    await page.locator('form[action$="/finish"] button.main').click();
    expect(await backAtApp(page, demo)).toContain('Nora');

    await page.goto(demo.mailboxUrl);
    await look('mailbox');
    await page.getByLabel('To').selectOption('+12025550136');
    await page.getByRole('button', { name: 'Refresh' }).click();
    // The code by SMS and by a call, and that a method was added beside it.
    expect(await page.locator('.messages li').count()).toBe(3);
    for (const how of ['Call', 'SMS']) {
      await page.getByRole('link', { name: `${how} with a code` }).click();
      await look(`mailbox-${how.toLowerCase()}`);
      await page.goBack();
    }
  });

  test('says beside each field what is wrong with a number and with answers', async () => {
    const { page, demo } = seat;
    await signIn(page, demo, 'later');
    await openOffer('email');
    await look('email-form');
    await page.goBack();
    await openOffer('authenticator_app');
    await look('app-form');
    await page.goBack();
    await openOffer('alternate_phone');
    await look('alternate-form');
    await typeNumber('France', '01 99 00 98 76', 'sms');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await look('alternate-wrong');
    expect(await page.getByRole('alert').innerText()).toContain('landline');
    await page.getByRole('link', { name: 'Choose another method' }).click();
    await openOffer('security_questions');
    await page.locator('select[name=question2]').selectOption('first_teacher');
    await page.getByLabel('Answer 1').fill('Lars');
    await page.getByLabel('Answer 2').fill('ab');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await look('questions-wrong');
    expect(await page.locator('[aria-invalid=true]').count()).toBe(6);
  });

  test('later puts it off once more, and is not asked again at once', async () => {
    const { page, demo } = seat;
    await signIn(page, demo, 'later');
    await look('snooze');
    expect(await page.locator('main').innerText()).toContain('2 more times');
    await page.getByRole('button', { name: /^Remind me later/ }).click();
    expect(await backAtApp(page, demo)).toContain('Lars');
    await page.goto(`${demo.appUrl}/sign-in?prompt=security_info`);
    await look('snoozed');
    expect(await page.locator('main').innerText()).toContain('put off');
  });

  test('prefilled confirms the office phone by a call and the mobile phone by an SMS', async () => {
    const { page, demo } = seat;
    await signIn(page, demo, 'prefilled');
    await look('prefilled');
    await page
      .getByRole('link', { name: /^Confirm .* x•••$/ })
      .last()
      .click();
    await page.waitForURL(/\/prove$/);
    await look('office-confirm');
    await page.getByRole('button', { name: 'Call me with a code' }).click();
    await page.locator('input[name=code]').waitFor();
    await look('office-code');
    await giveCode(addressOf('prefilled', 'office_phone'), 'Call');
    await page.waitForURL(/done=confirmed/);
    await look('office-done');
    await page.locator('a.button.main').click();
    await look('mobile-confirm');
    await page.getByRole('button', { name: 'Send a code by SMS' }).click();
    await giveCode(addressOf('prefilled', 'mobile_phone'), 'SMS');
    await page.waitForURL(/done=confirmed/);
    await page.locator('form[action$="/finish"] button.main').click();
    expect(await backAtApp(page, demo)).toContain('Petra');
  });

  test('finance proves an app and finds the question of its own policy', async () => {
    const { page, demo, context } = seat;
    await signIn(page, demo, 'finance');
    await look('finance');
    await page.locator('a[href$="/add/security_questions"]:not(.main)').click();
    await page.waitForURL(/\/prove/);
    const codes = await context.newPage();
    await codes.goto(`${demo.mailboxUrl}/codes`);
    await expectSound(codes);
    await picture(codes, `mailbox-codes-${scheme}`);
    const code = await codes
      .locator('dt', { hasText: 'finance' })
      .locator('xpath=following-sibling::dd[1]/strong')
      .innerText();
    await codes.close();
    await page.locator('main ul a').first().click();
    await page.locator('input[name=code]').fill(code);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/add\/security_questions$/);
    const options = await page.locator('select[name=question1] option').allInnerTexts();
    expect(options).toContain('Which cost centre was your first one?');
    await page.locator('select[name=question1]').selectOption('cost_centre');
    await look('questions-custom');
  });

  test('every removes a method after a proof by the answers that the terminal tells', async () => {
    const { page, demo } = seat;
    await signIn(page, demo, 'every');
    await page.goto(`${demo.appUrl}/sign-in?prompt=security_info`);
    await look('manage');
    await page
      .locator('li.card', { hasText: 'Alternate phone' })
      .getByRole('link', { name: /^Remove/ })
      .click();
    await page.waitForURL(/\/prove/);
    await look('choose-proof');
    await page.getByRole('link', { name: 'Security questions' }).click();
    await page.locator('input[name=answer1]').waitFor();
    await look('questions-prove');
    for (const question of await page.locator('main label').allInnerTexts())
      await page.getByLabel(question).fill(`demo ${/(\w+)\?$/.exec(question)?.[1]}`);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/remove$/);
    await look('remove');
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.waitForURL(/done=removed/);
    expect(await page.locator('li.card', { hasText: 'Alternate phone' }).getByText('Verified').count()).toBe(
      0,
    );
  });
});
