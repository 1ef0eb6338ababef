/** What a person does at the demo again and again: signs in, looks for a code, comes back to the app. And pictures of it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { demoPassword } from '../../demo/accounts.ts';
import type { DemoProcess } from './demo-process.ts';

const readmeFolder = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));

/** Opens the demo app and signs in; ends where the provider's answer leads. */
export async function signIn(page: Page, demo: DemoProcess, name: string): Promise<void> {
  await page.goto(demo.appUrl);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('input[name=loginName]').fill(name);
  await page.locator('input[name=password]').fill(demoPassword);
  await page.keyboard.press('Enter');
  // The load state is still the form's until the answer is there.
  await page.waitForURL((url) => url.href.startsWith(demo.appUrl) || /\/security-info$/.test(url.pathname));
}

/** Waits until the person is back at the app. @returns what the app says */
export async function backAtApp(page: Page, demo: DemoProcess): Promise<string> {
  await page.waitForURL((url) => url.href.startsWith(demo.appUrl));
  return page.locator('main').innerText();
}

/**
 * Reads the newest code for an address or a number on the mailbox page, in a tab of its own.
 * @param how the word for its channel on that page
 */
export async function newestCode(
  context: BrowserContext,
  demo: DemoProcess,
  to: string,
  how: 'E-mail' | 'SMS' | 'Call',
): Promise<string> {
  const tab = await context.newPage();
  try {
    await tab.goto(demo.mailboxUrl);
    const messages = tab.locator('.messages li', { hasText: to });
    await messages
      .filter({ hasText: `${how} ·` })
      .first()
      .getByRole('link')
      .click();
    const [found] = /\b\d(?:[,\s]{0,2}\d){5}\b/.exec(await tab.locator('pre').innerText()) ?? [];
    if (found === undefined) throw new Error(`no code in the message to ${to}`);
    return found.replace(/\D/g, '');
  } finally {
    await tab.close();
  }
}

/**
 * Keeps a picture of the page where `SCREENSHOTS` names a folder; with `SCREENSHOTS=1` those of the README are kept
 * in docs/screenshots.
 */
export async function picture(page: Page, name: string, isOfReadme = false): Promise<void> {
  const wanted = process.env['SCREENSHOTS'];
  if (wanted === undefined || wanted === '' || (wanted === '1' && !isOfReadme)) return;
  const folder = wanted === '1' ? readmeFolder : wanted;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
