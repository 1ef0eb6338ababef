/** Proving a method that is there: confirming, renewing, and permission to change. */
import { afterEach, expect, test } from 'vitest';
import type { Desk, Overview } from '../../../security-info/desk.ts';
import {
  SenderUnavailable,
  TooManySends,
  TooManyWrongProofs,
  WrongCode,
} from '../../../security-info/errors.ts';
import {
  appView,
  completeView,
  fakeDesk,
  methodView,
  overviewView,
  proofView,
} from '../register/fake-desk.ts';
import type { SecurityInfoPages } from '../register/security-info-pages.ts';
import { openPages } from '../register/security-info-pages.ts';

let pages: SecurityInfoPages | undefined;
afterEach(() => pages?.close());

const until = new Date('2026-11-25T08:00:00Z');
const refuse = (error: Error) => async () => {
  throw error;
};
const prefilled = methodView({ isPrefilled: true, isVerified: false, counts: false, verifiedAt: null });
const mustProve = completeView({ proofNeeded: true });

async function open(overview: Overview, answers: Partial<Desk> = {}) {
  pages = await openPages(fakeDesk(overview, answers), { reasons: ['security_info_prompt'] });
  return pages;
}

test('sends a code when asked by a form, and never by opening a page', async () => {
  const { get, post, asked } = await open(overviewView({ methods: [prefilled] }));
  const { text } = await get('/security-info/methods/mail-1/prove');
  expect(text).toContain('Is this yours?');
  expect(text).toContain('n•••a@home.example');
  expect(asked()).toEqual([]);
  const { to } = await post('/security-info/methods/mail-1/send');
  expect(to).toBe('/security-info/methods/mail-1/prove?next=overview');
  expect(asked()).toEqual([{ what: 'sendProofCode', arguments: ['mail-1', null] }]);
});

test('confirms what was filled in, or lets it be changed', async () => {
  const { get, post, asked } = await open(overviewView({ methods: [prefilled] }), {
    readProof: async () => proofView(prefilled, true),
  });
  expect((await get('/security-info/methods/mail-1/prove')).html).toContain('/methods/mail-1/replace"');
  const { to } = await post('/security-info/methods/mail-1/prove', { code: '123-456' });
  expect(to).toBe('/security-info?done=confirmed');
  expect(asked()).toEqual([{ what: 'prove', arguments: ['mail-1', '123456'] }]);
});

test('asks for the code of an app at once', async () => {
  const { get, post } = await open(completeView());
  const { html, text } = await get('/security-info/methods/app_1/prove');
  expect(html).toContain('name="code"');
  expect(text).toContain('work phone');
  expect((await post('/security-info/methods/app_1/prove', { code: '123456' })).to).toBe(
    '/security-info?done=proved',
  );
});

test('lets the user choose what proves, and goes on with the errand', async () => {
  const { get, post } = await open(mustProve);
  const { html } = await get('/security-info/prove?next=remove.mail-1');
  expect(html).toContain('/methods/app_1/prove?next=remove.mail-1"');
  expect(html).toContain('/methods/mail-1/prove?next=remove.mail-1"');
  expect(html).toContain('/access-pass?next=remove.mail-1"');
  const page = await get('/security-info/methods/app_1/prove?next=remove.mail-1');
  expect(page.text).toContain('Use another method');
  expect(page.html).toContain('name="next" value="remove.mail-1"');
  const form = { code: '123456', next: 'remove.mail-1' };
  expect((await post('/security-info/methods/app_1/prove', form)).to).toBe(
    '/security-info/methods/mail-1/remove',
  );
});

test('goes straight to the only method that can prove', async () => {
  const { get } = await open(completeView({ methods: [appView()], proofNeeded: true }));
  expect((await get('/security-info/prove?next=add.email')).to).toBe(
    '/security-info/methods/app_1/prove?next=add.email',
  );
});

test('goes on at once when no proof is needed', async () => {
  const { get } = await open(completeView());
  expect((await get('/security-info/prove?next=add.email')).to).toBe('/security-info/add/email');
});

test('asks for a proof of what was refused, though an addition would take none', async () => {
  const { get } = await open(completeView());
  const { status, html } = await get('/security-info/prove?next=replace.mail-1');
  expect(status).toBe(200);
  expect(html).toContain('/methods/app_1/prove?next=replace.mail-1"');
});

test('says of a method that is cooling off from when on it proves', async () => {
  const cooling = methodView({ coolingOffUntilAt: until });
  const { get } = await open(completeView({ methods: [cooling], proofNeeded: true }));
  const { text, html } = await get('/security-info/prove?next=remove.mail-1');
  expect(text).toContain('From 25 November 2026 at 08:00 UTC on');
  expect(html).not.toContain('/methods/mail-1/prove');
  expect(html).toContain('/access-pass?next=remove.mail-1"');
});

test('takes a method that is cooling off to add what is missing', async () => {
  const cooling = methodView({ coolingOffUntilAt: until });
  const { get } = await open(
    overviewView({ methods: [cooling], counted: 1, missing: 1, proofNeeded: true, canProve: true }),
  );
  expect((await get('/security-info/prove?next=add.authenticator_app')).to).toBe(
    '/security-info/methods/mail-1/prove?next=add.authenticator_app',
  );
});

test('leads to an access pass when nothing can prove', async () => {
  const { get } = await open(overviewView({ proofNeeded: true, canProve: false }));
  expect((await get('/security-info/prove?next=add.email')).to).toBe(
    '/security-info/access-pass?next=add.email',
  );
});

test.each(['https://evil.example', '//evil.example', 'add.fax', 'constructor'])(
  'goes nowhere but to the overview for next=%s',
  async (next) => {
    const { get, post } = await open(completeView());
    expect((await get(`/security-info/prove?next=${encodeURIComponent(next)}`)).to).toBe('/security-info');
    const form = { code: '123456', next };
    expect((await post('/security-info/methods/app_1/prove', form)).to).toBe('/security-info?done=proved');
  },
);

test.each([
  [new SenderUnavailable(), 503, 'could not be sent'],
  [new TooManySends({ until }), 429, 'A code that has arrived already can still be used'],
  [new TooManyWrongProofs({ until }), 429, 'Your helpdesk can open this again sooner'],
])('says that no code can be sent, with another way on (%s)', async (error, status, words) => {
  const { post } = await open(mustProve, { sendProofCode: refuse(error) });
  const answer = await post('/security-info/methods/mail-1/send', { next: 'add.email' });
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
  expect(answer.text).toContain('Use another method');
});

test.each([
  [new WrongCode(), 422, 'This code was not accepted.'],
  [new TooManyWrongProofs({ until }), 429, 'until 25 November 2026 at 08:00 UTC'],
])('stays on the page when the code is refused (%s)', async (error, status, words) => {
  const { post } = await open(mustProve, { prove: refuse(error) });
  const answer = await post('/security-info/methods/app_1/prove', { code: '123456', next: 'add.email' });
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
  expect(answer.html).toContain('name="next" value="add.email"');
});

test.each(['no-such', '..%2F..', '%3Cb%3E', 'constructor', 'a'.repeat(3000)])(
  'knows no such method (%#)',
  async (id) => {
    const { get, post, failures } = await open(completeView());
    expect((await get(`/security-info/methods/${id}/prove`)).status).toBe(404);
    expect((await get(`/security-info/methods/${id}/remove`)).status).toBe(404);
    expect((await get(`/security-info/methods/${id}/replace`)).status).toBe(404);
    expect((await post(`/security-info/methods/${id}/prove`, { code: '123456' })).status).toBe(404);
    expect(failures).toEqual([]);
  },
);
