/** The sign-in page and the page of a new password, as browsers see them. */
import { expect, test } from 'vitest';
import { signInRoom } from '../../../interactions/sign-in/sign-in.ts';
import type { SignInDesk, Visit } from '../../../security-info/desk.ts';
import { InvalidInput, SignInDelayed, WrongCredentials } from '../../../security-info/errors.ts';
import type { Account } from '../../../security-info/ports.ts';
import type { Site } from '../shell/site.ts';
import { keys, openSite, signIn } from '../shell/site.ts';

const base = '/interaction/uid-1';
const now = new Date('2026-03-01T10:00:00Z');
const ada: Account = {
  id: 'ada-id',
  loginName: 'ada',
  displayName: 'Ada L',
  givenName: null,
  familyName: null,
  locale: null,
  mailbox: null,
  groups: [],
  isAdmin: false,
  isDisabled: false,
  mustChangePassword: false,
  passwordChangedAt: new Date(0),
};
const bob: Account = { ...ada, id: 'bob-id', loginName: 'bob', displayName: 'Bob', mustChangePassword: true };

interface Opened {
  readonly site: Site;
  readonly visits: Visit[];
  readonly known: boolean[];
}

async function open(): Promise<Opened> {
  const visits: Visit[] = [];
  const known: boolean[] = [];
  const accounts = [ada, bob];
  const signInDesk: SignInDesk = {
    signIn: async ({ loginName, password }, _asker, isKnownBrowser) => {
      if (loginName === 'delayed') throw new SignInDelayed({ until: now });
      const account = accounts.find((one) => one.loginName === loginName);
      if (account) known.push(isKnownBrowser(account));
      if (account === undefined || password !== 'right') throw new WrongCredentials();
      return account;
    },
    rememberOneTimePassword: async (visit) => void visits.push(visit),
    changeOneTimePassword: async (visit, { newPassword, repeatPassword }) => {
      visits.push(visit);
      if (newPassword !== repeatPassword)
        throw new InvalidInput([{ field: 'repeatPassword', code: 'passwords_differ' }]);
      return { signedInAt: now };
    },
  };
  const directory = { findById: async (id: string) => accounts.find((one) => one.id === id) };
  const room = { signInDesk, directory, clock: { now: () => now }, keys, issuer: 'http://issuer.test' };
  return { site: await openSite((routes) => signInRoom(routes, room)), visits, known };
}

const cookieOf = (response: Response, name: string): string =>
  response.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.split(';', 1)[0] ?? '';

test('a right password ends the step and makes the browser known for this account only', async () => {
  const { site, known } = await open();
  const response = await site.post(`${base}/sign-in`, { loginName: 'ada', password: 'right' });
  expect(response.status).toBe(303);
  expect(site.results).toEqual([{ kind: 'signed_in', accountId: 'ada-id', signedInAt: now }]);
  const cookie = cookieOf(response, 'known_browser');
  expect(cookie).not.toContain('ada');
  await site.post(`${base}/sign-in`, { loginName: 'ada', password: 'no' }, { cookie });
  await site.post(`${base}/sign-in`, { loginName: 'bob', password: 'no' }, { cookie });
  expect(known).toEqual([false, true, false]);
});

test('a wrong password and an unknown name look the same, keep the name and never the password', async () => {
  const { site } = await open();
  const answers = await Promise.all(
    ['ada', 'zoe'].map((loginName) => site.post(`${base}/sign-in`, { loginName, password: 'Guess-1' })),
  );
  const [known = '', unknown = ''] = await Promise.all(answers.map((answer) => answer.text()));
  expect(answers.map((answer) => answer.status)).toEqual([422, 422]);
  expect(known.replaceAll('ada', 'zoe')).toBe(unknown);
  expect(known).toContain('value="ada"');
  expect(known).not.toContain('Guess-1');
  expect(known).toContain('role="alert"');
  expect(answers.map((answer) => cookieOf(answer, 'known_browser'))).toEqual(['', '']);
});

test('says at each field what is missing, and until when to wait', async () => {
  const { site } = await open();
  const empty = await site.post(`${base}/sign-in`, { loginName: ' ' });
  expect(empty.status).toBe(422);
  const html = await empty.text();
  expect(html.match(/aria-invalid="true"/g)).toHaveLength(2);
  expect(html).toContain('aria-describedby="field-password-problem"');
  const delayed = await site.post(`${base}/sign-in`, { loginName: 'delayed', password: 'x' });
  expect(delayed.status).toBe(429);
  expect(await delayed.text()).toContain('1 March 2026 at 10:00 UTC');
});

test('what was typed is escaped, and too long a name is not sent on', async () => {
  const { site } = await open();
  const hostile = '"><script>alert(1)</script>';
  const html = await (await site.post(`${base}/sign-in`, { loginName: hostile, password: 'x' })).text();
  expect(html).not.toContain('<script>');
  expect(html).toContain('&lt;script&gt;');
  const long = await site.post(`${base}/sign-in`, { loginName: 'x'.repeat(300), password: 'x' });
  expect(await long.text()).toContain('at most 256 characters');
});

test('a login_hint fills in the name, unless it can be none', async () => {
  const { site } = await open();
  site.interaction = { ...signIn, loginHint: 'ada' };
  expect(await (await site.get(`${base}/sign-in`)).text()).toContain('value="ada"');
  site.interaction = { ...signIn, loginHint: 'ada\u0007' };
  expect(await (await site.get(`${base}/sign-in`)).text()).not.toContain('value="ada');
});

test('who is signed in is asked for the password once more, or signs in with another account', async () => {
  const { site } = await open();
  site.interaction = { ...signIn, accountId: 'ada-id', reasons: ['login_prompt'] };
  const html = await (await site.get(`${base}/sign-in`)).text();
  expect(html).toContain('You are signed in as Ada L');
  expect(html).toContain(`href="${base}/sign-in/other"`);
  const other = await (await site.get(`${base}/sign-in/other`)).text();
  expect(other).not.toMatch(/Ada L|value="ada"/);
  site.interaction = { ...site.interaction, reasons: ['id_token_hint'] };
  expect(await (await site.get(`${base}/sign-in`)).text()).not.toContain('Ada L');
});

test('a one-time password leads to the page of a new one, for that account and this sign-in', async () => {
  const { site, visits } = await open();
  const typed = await site.post(`${base}/sign-in`, { loginName: 'bob', password: 'right' });
  expect(typed.headers.get('location')).toBe(`${base}/new-password`);
  expect(site.results).toEqual([]);
  expect(cookieOf(typed, 'known_browser')).toBe('');
  const cookie = cookieOf(typed, 'new_password');
  const shown = await site.get(`${base}/new-password`, { cookie });
  expect(await shown.text()).toContain('At least 15 characters');

  const passwords = { newPassword: 'one', repeatPassword: 'two' };
  const refused = await site.post(`${base}/new-password`, passwords, { cookie });
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain('The two are not the same.');

  const saved = await site.post(
    `${base}/new-password`,
    { newPassword: 'one', repeatPassword: 'one' },
    { cookie },
  );
  expect(saved.headers.get('location')).toBe('https://app.example/cb');
  expect(site.results).toEqual([{ kind: 'signed_in', accountId: 'bob-id', signedInAt: now }]);
  expect(cookieOf(saved, 'known_browser')).not.toBe('');
  expect(new Set(visits.map(({ flowKey }) => flowKey))).toEqual(new Set(['interaction:cid-1:bob-id']));

  site.interaction = { ...signIn, uid: 'uid-2' };
  const elsewhere = await site.get('/interaction/uid-2/new-password', { cookie });
  expect(elsewhere.headers.get('location')).toBe('/interaction/uid-2/sign-in');
});

test('nobody gets to the page of a new password without the one-time password', async () => {
  const { site, visits } = await open();
  const shown = await site.get(`${base}/new-password`, { cookie: 'new_password=bob-id' });
  expect(shown.headers.get('location')).toBe(`${base}/sign-in`);
  const posted = await site.post(`${base}/new-password`, { newPassword: 'one', repeatPassword: 'one' });
  expect(posted.status).toBe(409);
  expect(visits).toEqual([]);
});

test('leaving tells the app', async () => {
  const { site } = await open();
  await site.post(`${base}/cancel`, {});
  expect(site.results).toEqual([{ kind: 'cancelled' }]);
});
