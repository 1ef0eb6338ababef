/** The user's own page, access passes, and removing a method. */
import { afterEach, expect, test } from 'vitest';
import type { Desk, Overview } from '../../../security-info/desk.ts';
import { MethodNeeded, ProofRequired, TooManyWrongProofs, WrongCode } from '../../../security-info/errors.ts';
import { appView, completeView, fakeDesk, methodView, overviewView } from '../register/fake-desk.ts';
import type { SecurityInfoPages } from '../register/security-info-pages.ts';
import { openPages } from '../register/security-info-pages.ts';

let pages: SecurityInfoPages | undefined;
afterEach(() => pages?.close());

const refuse = (error: Error) => async () => {
  throw error;
};

async function open(overview: Overview, answers: Partial<Desk> = {}) {
  pages = await openPages(fakeDesk(overview, answers), { reasons: ['security_info_prompt'] });
  return pages;
}

test('shows what is there, with change and remove, and ends in success', async () => {
  const { get, post, results } = await open(completeView());
  const { text, html } = await get('/security-info');
  expect(text).toContain('Your security info');
  expect(text).toContain('We will ask you to check them on 3 May 2027.');
  expect(html).toContain('/methods/mail-1/replace"');
  expect(html).toContain('/methods/mail-1/remove"');
  expect(html).toContain('/add/authenticator_app"');
  expect(html).not.toContain('/cancel"');
  await post('/security-info/finish');
  expect(results).toEqual([{ kind: 'security_info', addedAmr: ['otp'] }]);
});

test('asks nothing of who is out of scope', async () => {
  const { get } = await open(
    overviewView({ status: { kind: 'out_of_scope', reason: 'scope' }, canFinish: true }),
  );
  const { text } = await get('/security-info');
  expect(text).toContain('Nothing is required of you.');
  expect(text).not.toContain('is missing');
});

test('says that a method is new, no longer offered, or to be proved again', async () => {
  const { get } = await open(
    completeView({
      methods: [
        appView({ coolingOffUntilAt: new Date('2026-11-25T08:00:00Z') }),
        methodView({ isNoLongerOffered: true, counts: false, mustBeProvedAnew: true }),
      ],
    }),
  );
  const { text } = await get('/security-info');
  expect(text).toContain('New: until 25 November 2026 at 08:00 UTC');
  expect(text).toContain('No longer asked for');
  expect(text).toContain('asks you to prove this one again');
});

test('asks before it removes', async () => {
  const { get, post, asked } = await open(completeView());
  expect((await get('/security-info/methods/mail-1/remove')).text).toContain('Remove this method?');
  expect(asked()).toEqual([]);
  expect((await post('/security-info/methods/mail-1/remove')).to).toBe('/security-info?done=removed');
  expect(asked()).toEqual([{ what: 'removeMethod', arguments: ['mail-1'] }]);
});

test('explains that what is needed can be changed, not removed', async () => {
  const overview = completeView({ methods: [appView(), methodView({ isNeeded: true })] });
  const { get } = await open(overview);
  const { text, html } = await get('/security-info/methods/mail-1/remove');
  expect(text).toContain('It can be changed, but not removed');
  expect(html).toMatch(/class="button main" href="[^"]*\/methods\/mail-1\/replace"/);
  await pages?.close();
  const { post } = await open(completeView(), { removeMethod: refuse(new MethodNeeded()) });
  const refused = await post('/security-info/methods/mail-1/remove');
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('It can be changed, but not removed');
});

test('explains that what was filled in can be changed first', async () => {
  const prefilled = methodView({ isPrefilled: true, isVerified: false, verifiedAt: null });
  const { get } = await open(overviewView({ methods: [prefilled] }));
  const { text, html } = await get('/security-info/methods/mail-1/remove');
  expect(text).toContain('If it is wrong, change it');
  expect(html).toContain('/methods/mail-1/replace"');
});

test('asks for proof before it removes', async () => {
  const proof = '/security-info/prove?next=remove.mail-1';
  const { get } = await open(completeView({ proofNeeded: true }));
  expect((await get('/security-info/methods/mail-1/remove')).to).toBe(proof);
  await pages?.close();
  const { post } = await open(completeView(), { removeMethod: refuse(new ProofRequired()) });
  expect((await post('/security-info/methods/mail-1/remove')).to).toBe(proof);
});

test('takes an access pass and goes on with the errand', async () => {
  const { get, post, asked } = await open(overviewView({ proofNeeded: true }));
  const { html, text } = await get('/security-info/access-pass?next=add.email');
  expect(text).toContain('one-time code from your helpdesk');
  expect(html).toContain('https://help.example/');
  const { to } = await post('/security-info/access-pass', { pass: ' abcd-efgh ', next: 'add.email' });
  expect(to).toBe('/security-info/add/email');
  expect(asked()).toEqual([{ what: 'useAccessPass', arguments: ['abcd-efgh'] }]);
});

test.each([
  [new WrongCode(), 422, 'This access pass is not right'],
  [new TooManyWrongProofs({ until: new Date('2026-11-25T08:00:00Z') }), 429, 'until 25 November 2026'],
])('says that the access pass is refused (%s)', async (error, status, words) => {
  const { post } = await open(overviewView({ proofNeeded: true }), { useAccessPass: refuse(error) });
  const answer = await post('/security-info/access-pass', { pass: 'abcd-efgh' });
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
  expect(answer.html).not.toContain('abcd-efgh');
});

test.each(['', '   ', 'x'.repeat(40_000)])(
  'asks the desk nothing for what is no access pass (%#)',
  async (pass) => {
    const { post, asked } = await open(overviewView({ proofNeeded: true }));
    expect((await post('/security-info/access-pass', { pass })).status).toBe(422);
    expect(asked()).toEqual([]);
  },
);
