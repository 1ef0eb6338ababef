/** The overview of a first registration: what it says and proposes in each state. */
import { afterEach, expect, test } from 'vitest';
import type { Desk, Overview } from '../../../security-info/desk.ts';
import { NotFinished } from '../../../security-info/errors.ts';
import {
  appOffer,
  appView,
  completeView,
  emailOffer,
  fakeDesk,
  methodView,
  overviewView,
} from './fake-desk.ts';
import type { SecurityInfoPages } from './security-info-pages.ts';
import { openPages } from './security-info-pages.ts';

let pages: SecurityInfoPages | undefined;
afterEach(() => pages?.close());

async function open(overview: Overview, answers?: Partial<Desk>, language?: 'en' | 'fr') {
  pages = await openPages(fakeDesk(overview, answers), language === undefined ? {} : { language });
  return pages;
}

test('says what is needed and proposes the most secure method first', async () => {
  const { get } = await open(overviewView());
  const { status, text, html } = await get('/security-info');
  expect(status).toBe(200);
  expect(text).toContain('You need 2 different methods.');
  expect(text).toContain('0 of 2 set up, 2 more are missing.');
  expect(html).toMatch(/class="button main" href="[^"]*\/add\/authenticator_app"/);
  expect(html.match(/class="(button )?main"/g)).toHaveLength(1);
  expect(html).toContain('Demo &lt;App&gt;');
});

test('asks only for what is missing once a method is there', async () => {
  const { get } = await open(
    overviewView({
      status: { kind: 'registration_required', required: 2, counted: 1, missing: 1 },
      methods: [appView()],
      offers: [{ ...appOffer, hasOne: true }, emailOffer],
      counted: 1,
      missing: 1,
      proofNeeded: true,
      canProve: true,
    }),
  );
  const { text, html } = await get('/security-info');
  expect(text).toContain('1 of 2 set up, 1 more is missing.');
  expect(html).toMatch(/class="button main" href="[^"]*\/add\/email"/);
  expect(text).toContain('Set up another authenticator app');
  expect(text).toContain('show with a method that you have that you are you');
});

test('proposes to confirm what an administrator filled in, and offers to change it instead', async () => {
  const prefilled = methodView({ isPrefilled: true, isVerified: false, counts: false, verifiedAt: null });
  const { get } = await open(
    overviewView({
      methods: [prefilled],
      offers: [appOffer, { ...emailOffer, isLimitReached: true, hasOne: true }],
    }),
  );
  const { html, text } = await get('/security-info');
  expect(html).toMatch(/class="button main" href="[^"]*\/methods\/mail-1\/prove"/);
  expect(html).toContain('/methods/mail-1/replace"');
  expect(html).not.toContain('/methods/mail-1/remove"');
  expect(text).toContain('n•••a@home.example');
  expect(text).toContain('Filled in by your administrator');
});

test('leads to an access pass when nothing can prove', async () => {
  const { get } = await open(overviewView({ proofNeeded: true, canProve: false }));
  const { html, text } = await get('/security-info');
  expect(html).toMatch(/class="button main" href="[^"]*\/access-pass"/);
  expect(html).toContain('https://help.example/');
  expect(text).toContain('access pass');
});

test('says until when codes are refused and who can help', async () => {
  const { get } = await open(overviewView({ closedUntilAt: new Date('2026-11-25T08:00:00Z') }));
  const { text, html } = await get('/security-info');
  expect(text).toContain('25 November 2026 at 08:00 UTC');
  expect(html).toContain('https://help.example/');
});

test('names the helpdesk when nothing can be set up', async () => {
  const { get } = await open(overviewView({ offers: [] }));
  expect((await get('/security-info')).text).toContain('Nothing can be set up at the moment');
});

test('finishes with what was proved in this sign-in', async () => {
  const { get, post, results } = await open(completeView());
  const { html, text } = await get('/security-info');
  expect(html).toMatch(/action="[^"]*\/finish"/);
  expect(text).toContain('We will ask you to check it again on 3 May 2027.');
  expect((await post('/security-info/finish')).to).toBe('http://app.example/done');
  expect(results).toEqual([{ kind: 'security_info', addedAmr: ['otp'] }]);
});

test('says why it cannot finish yet', async () => {
  const { post, results } = await open(overviewView(), {
    finish: async () => {
      throw new NotFinished({ missing: 2 });
    },
  });
  const { status, text } = await post('/security-info/finish');
  expect(status).toBe(409);
  expect(text).toContain('Something is missing still.');
  expect(text).toContain('You can finish once 2 more methods are set up.');
  expect(results).toEqual([]);
});

test('goes back to the app when the user cancels', async () => {
  const { post, results, asked } = await open(overviewView());
  await post('/security-info/cancel');
  expect(asked().map(({ what }) => what)).toEqual(['cancel']);
  expect(results).toEqual([{ kind: 'cancelled' }]);
});

test('cancels nothing without the token of the form', async () => {
  const { post, results } = await open(overviewView());
  expect((await post('/security-info/cancel', { form_token: 'forged' })).status).toBe(403);
  expect(results).toEqual([]);
});

test('says what was just done, and only in its own words', async () => {
  const { get } = await open(overviewView());
  expect((await get('/security-info?done=registered')).text).toContain('The new method is set up.');
  for (const query of ['done=<script>', 'done=registered&done=removed', 'done=constructor', 'note=nothing']) {
    const { status, html } = await get(`/security-info?${query}`);
    expect(status).toBe(200);
    expect(html).not.toContain('role="status"');
  }
});

test('speaks French', async () => {
  const { get } = await open(overviewView(), {}, 'fr');
  const { html, text } = await get('/security-info');
  expect(html).toContain('<html lang="fr">');
  expect(text).toContain('0 sur 2 en place, il en manque 2.');
});
