/** Setting up a method, from the form to the proof: each refusal is told on the page, with a way on. */
import { afterEach, expect, test } from 'vitest';
import type { Desk, Overview } from '../../../security-info/desk.ts';
import {
  InvalidInput,
  NothingPending,
  ProofRequired,
  SenderUnavailable,
  TooManySends,
  TooManyWrongProofs,
  WrongCode,
} from '../../../security-info/errors.ts';
import { appDraft, completeView, emailDraft, fakeDesk, methodView, overviewView } from './fake-desk.ts';
import type { SecurityInfoPages } from './security-info-pages.ts';
import { openPages } from './security-info-pages.ts';

let pages: SecurityInfoPages | undefined;
afterEach(() => pages?.close());

const until = new Date('2026-11-25T08:00:00Z');
const refuse = (error: Error) => async () => {
  throw error;
};

async function open(answers: Partial<Desk> = {}, overview: Overview = overviewView()) {
  pages = await openPages(fakeDesk(overview, answers));
  return pages;
}

test('shows the form of the method and begins with what was typed', async () => {
  const { get, post, asked } = await open();
  expect((await get('/security-info/add/email')).html).toMatch(/<input[^>]*name="address"[^>]*type="email"/);
  const { to } = await post('/security-info/add/email', { address: 'nina@home.example', other: 'x' });
  expect(to).toBe('/security-info/add/email/code');
  expect(asked()).toEqual([
    { what: 'beginRegistration', arguments: ['email', { address: 'nina@home.example' }, null] },
  ]);
});

test('says at the field what is wrong and keeps what was typed', async () => {
  const { post } = await open({
    beginRegistration: refuse(new InvalidInput([{ field: 'address', code: 'own_mailbox' }])),
  });
  const { status, html, text } = await post('/security-info/add/email', { address: 'a"b@work.example' });
  expect(status).toBe(422);
  expect(html).toContain('value="a&#34;b@work.example"');
  expect(html).toContain('aria-invalid="true"');
  expect(text).toContain('This is the mailbox of your account itself.');
});

test.each([
  [new SenderUnavailable(), 503, 'could not be sent just now'],
  [new TooManySends({ until }), 429, 'from 25 November 2026 at 08:00 UTC on'],
])('offers another method when no code can be sent (%s)', async (error, status, words) => {
  const { post } = await open({ beginRegistration: refuse(error) });
  const answer = await post('/security-info/add/email', { address: 'nina@home.example' });
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
  expect(answer.text).toContain('Choose another method');
  expect(answer.html).toContain('value="nina@home.example"');
});

test('asks for proof first where a change takes it', async () => {
  const overview = completeView({ proofNeeded: true });
  const { get, post } = await open({ beginRegistration: refuse(new ProofRequired()) }, overview);
  expect((await get('/security-info/add/authenticator_app')).to).toBe(
    '/security-info/prove?next=add.authenticator_app',
  );
  expect((await get('/security-info/methods/mail-1/replace')).to).toBe(
    '/security-info/prove?next=replace.mail-1',
  );
  expect((await post('/security-info/add/authenticator_app')).to).toBe(
    '/security-info/prove?next=add.authenticator_app',
  );
});

test('replaces a method and says that the old one stays until then', async () => {
  const { get, post, asked } = await open({}, completeView());
  expect((await get('/security-info/methods/mail-1/replace')).text).toContain(
    'stays until the new one is proved',
  );
  await post('/security-info/methods/mail-1/replace', { address: 'new@home.example' });
  expect(asked()).toEqual([
    { what: 'beginRegistration', arguments: ['email', { address: 'new@home.example' }, 'mail-1'] },
  ]);
});

test('takes "set up" for "change" where there may be no second one', async () => {
  const { get } = await open({}, completeView());
  expect((await get('/security-info/add/email')).to).toBe('/security-info/methods/mail-1/replace');
});

test('shows the masked address and the field for the code that was sent', async () => {
  const { get } = await open({ readDraft: async () => emailDraft });
  const { html, text } = await get('/security-info/add/email/code');
  expect(text).toContain('n•••a@home.example');
  expect(html).toMatch(/<input[^>]*name="code"[^>]*autocomplete="one-time-code"[^>]*inputmode="numeric"/);
  expect(text).toContain('Send the code again');
  expect(text).toContain('Use another address');
});

test('draws the QR code, with its key in groups of four', async () => {
  const { get } = await open({ readDraft: async () => appDraft });
  const { html, text } = await get('/security-info/add/authenticator_app/code');
  expect(html).toMatch(/role="img"[^>]*><svg/);
  expect(text).toContain('JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP');
  expect(html).not.toMatch(/<input[^>]*JBSW/);
});

test('registers with the code as people type it', async () => {
  const { post, asked } = await open({ readDraft: async () => emailDraft });
  const { to } = await post('/security-info/add/email/code', { draft: 'draft-1', code: ' 123 456' });
  expect(to).toBe('/security-info?done=registered');
  expect(asked()).toEqual([{ what: 'finishRegistration', arguments: ['email', 'draft-1', '123456'] }]);
});

test.each([undefined, '', '12345', 'abcdef', '9'.repeat(30_000)])(
  'counts no try for what is no code (%#)',
  async (code) => {
    const { post, asked } = await open({ readDraft: async () => emailDraft });
    const { status, html } = await post('/security-info/add/email/code', {
      draft: 'draft-1',
      ...(code === undefined ? {} : { code }),
    });
    expect(status).toBe(422);
    expect(html).toContain('aria-invalid="true"');
    expect(html.length).toBeLessThan(20_000);
    expect(asked().map(({ what }) => what)).not.toContain('finishRegistration');
  },
);

test.each([
  [new WrongCode(), 422, 'This code was not accepted.'],
  [new TooManyWrongProofs({ until }), 429, 'No code is accepted until 25 November 2026 at 08:00 UTC'],
])('stays on the page when the code is refused (%s)', async (error, status, words) => {
  const { post } = await open({ readDraft: async () => emailDraft, finishRegistration: refuse(error) });
  const answer = await post('/security-info/add/email/code', { draft: 'draft-1', code: '123456' });
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
  expect(answer.text).toContain('Choose another method');
  expect(answer.html).not.toContain('123456');
});

test('leads back to the overview when nothing is pending', async () => {
  const { get, post } = await open({
    finishRegistration: refuse(new NothingPending()),
    resendDraftCode: refuse(new NothingPending()),
  });
  const back = '/security-info?note=nothing_pending';
  expect((await get('/security-info/add/email/code')).to).toBe(back);
  expect((await post('/security-info/add/email/code', { code: '123456' })).to).toBe(back);
  expect((await post('/security-info/add/email/resend')).to).toBe(back);
  expect((await get(back)).text).toContain('has ended or expired');
});

test('goes on with the same draft after a proof', async () => {
  const { post } = await open({ finishRegistration: refuse(new ProofRequired()) });
  expect((await post('/security-info/add/email/code', { draft: 'd', code: '123456' })).to).toBe(
    '/security-info/prove?next=code.email',
  );
});

test('sends the code again and says so', async () => {
  const { get, post, asked } = await open({ readDraft: async () => emailDraft });
  const { to } = await post('/security-info/add/email/resend', { draft: 'draft-1' });
  expect(asked().at(0)).toEqual({ what: 'resendDraftCode', arguments: ['email', 'draft-1', null] });
  expect((await get(to ?? '')).text).toContain('We sent the code again.');
});

test('forgets the draft to use another address, of the method that is replaced too', async () => {
  const replaces = methodView();
  const { post, asked } = await open(
    { readDraft: async () => ({ ...emailDraft, replaces }) },
    completeView(),
  );
  expect((await post('/security-info/add/email/abandon')).to).toBe('/security-info/methods/mail-1/replace');
  expect(asked().map(({ what }) => what)).toContain('abandonRegistration');
});

test.each(['fax', 'constructor', '__proto__', '%3Cscript%3E', 'a'.repeat(2000)])(
  'knows no such type (%#)',
  async (type) => {
    const { get, post, asked, failures } = await open();
    expect((await get(`/security-info/add/${type}`)).status).toBe(404);
    expect((await get(`/security-info/add/${type}/code`)).status).toBe(404);
    expect((await post(`/security-info/add/${type}`, { address: 'x' })).status).toBe(404);
    expect((await post(`/security-info/add/${type}/code`, { code: '123456' })).status).toBe(404);
    expect(asked()).toEqual([]);
    expect(failures).toEqual([]);
  },
);

test('refuses a type that is not on offer', async () => {
  const { get } = await open({}, overviewView({ offers: [] }));
  expect((await get('/security-info/add/email')).status).toBe(403);
});
