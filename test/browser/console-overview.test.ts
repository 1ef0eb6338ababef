/** The console's charts and its import as a person sees them: on a desk, and at 320 pixels in the dark without script. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noCoverage } from '../../security-info/admin/report-snapshot.ts';
import { daysFrom } from '../../security-info/reports/tallies.ts';
import { createAdmin, enterConsole } from '../journeys/console.ts';
import type { Visitor } from '../journeys/visitor.ts';
import { openWorld, type World } from '../journeys/world.ts';
import { picture } from './demo-steps.ts';
import { describeWithBrowser, openBrowser } from './launch.ts';
import { complaintsOf, expectSound } from './sound-page.ts';

const kinds = [
  { width: 1280, javaScriptEnabled: true, colorScheme: 'light' },
  { width: 320, javaScriptEnabled: false, colorScheme: 'dark' },
] as const;

describeWithBrowser('the console in a browser', () => {
  let world: World;
  let visitor: Visitor;
  let browser: Browser;
  beforeAll(async () => {
    [world, browser] = await Promise.all([openWorld(), openBrowser()]);
    await keepSnapshots();
    visitor = await enterConsole(world, await createAdmin(world));
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  /** Two months in which ever more people register. */
  async function keepSnapshots(): Promise<void> {
    const now = world.clock.now();
    const { snapshots } = world.deployment.composition;
    for (const [index, day] of daysFrom(new Date(now.getTime() - 59 * 86_400_000), 60).entries()) {
      const registered = 400 + index * 12;
      await snapshots.add({
        ...noCoverage(),
        ...{ day, takenAt: new Date(`${day}T04:27:00Z`), accounts: 1_320, inScope: 1_250 + (index % 7) },
        ...{ registered, capable: registered - 90, due: 80, overdue: 31, snoozed: 12, locked: 3 },
        byMethod: {
          ...{ authenticator_app: registered - 200, mobile_phone: registered - 50, alternate_phone: 40 },
          ...{ office_phone: 310, email: registered - 120, security_questions: 15 },
        },
        dueByDay: Array.from({ length: 90 }, (_, ahead) => (ahead * 7) % 23),
        ...{ interrupted: 40, failed: 14 },
        events: [{ type: 'proof_refused', success: 0, failure: (index % 5) + 2 }],
      });
    }
  }

  describe.each(kinds)('at $width pixels', ({ width, javaScriptEnabled, colorScheme }) => {
    let context: BrowserContext;
    let page: Page;
    let complaints: readonly string[];
    beforeEach(async () => {
      context = await browser.newContext({
        ...{ javaScriptEnabled, colorScheme, locale: 'en-GB', viewport: { width, height: 800 } },
      });
      await context.addCookies(
        visitor.cookies().map(({ name, value, path }) => ({ name, value, path, domain: 'localhost' })),
      );
      context.setDefaultTimeout(5_000);
      page = await context.newPage();
      complaints = complaintsOf(page);
    });
    afterEach(async () => {
      await context.close();
      expect(complaints).toEqual([]);
    });
    async function look(name: string): Promise<void> {
      await expectSound(page);
      await picture(page, `console-${name}-${width}`);
    }

    test('shows the charts, and each as a table to whoever opens it by the keyboard', async () => {
      await page.goto(`${world.issuer}/admin/`);
      await look('overview');
      expect(await page.locator('svg[role=img]').count()).toBe(2);
      const summary = page.locator('summary').first();
      await summary.focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('table').first().isVisible()).toBe(true);
      await look('overview-table');
    });

    test('takes a file, tells what is wrong with it, and shows campaigns, log and jobs', async () => {
      await page.goto(`${world.issuer}/admin/imports/new`);
      await look('import-new');
      await page.locator('input[type=file]').setInputFiles({
        name: 'people.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('user,displayName,mailbox,email\nada,Ada,ada@work.example,nowhere\n'),
      });
      await page.locator('main button.main').click();
      await page.waitForURL(/\/imports\/[^/]+-/);
      await page.getByText('What is wrong').waitFor({ timeout: 15_000 });
      await look('import-report');
      for (const path of ['imports', 'campaigns', 'campaigns/new', 'audit', 'jobs']) {
        await page.goto(`${world.issuer}/admin/${path}`);
        await look(path.replace('/', '-'));
      }
    });
  });
});
