/** The reset under attack: foreign forms, parallel flows, forged addresses, a kill in the middle; and what it never does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeCredentials } from '../../security-info/transitions/change-credentials.ts';
import { everythingStored } from './aftermath.ts';
import { sendRaw } from './raw-request.ts';
import { begin, isBack, redeem, type SignIn, signIn, typePassword } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { appCode, openWorld, type Person, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const newPassword = 'seven green bicycles';
const chosen = { newPassword, repeatPassword: newPassword };
const twoMethods = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

async function open(visitor = world.visitor()): Promise<Visitor> {
  await visitor.open(`${world.issuer}/reset/name`);
  return visitor;
}

async function beginFor(person: Person, visitor = world.visitor()): Promise<Visitor> {
  await open(visitor);
  await visitor.submit('/reset/name', { loginName: person.account.loginName });
  return visitor;
}

async function proveByApp(visitor: Visitor, person: Person): Promise<void> {
  await visitor.submit('/method/authenticator_app');
  await visitor.submit('/reset/code', { code: appCode(person.secrets[0] ?? '', world.clock.now()) });
}

/** At the page of the new password. */
async function pastTheGates(person: Person): Promise<Visitor> {
  const visitor = await beginFor(person);
  await proveByApp(visitor, person);
  expect(visitor.page.heading).toBe('Choose a new password');
  return visitor;
}

async function opensWith(person: Person, password: string): Promise<boolean> {
  return world.deployment.composition.directory.checkPassword(person.account, password);
}

describe('a form', () => {
  test('of any step does nothing when it is asked for by GET', async () => {
    const person = await world.person({ methods: twoMethods });
    const visitor = await pastTheGates(person);
    const before = await everythingStored(world);
    const fields = new URLSearchParams({ ...visitor.form('/reset/password').fields, ...chosen });
    const posts = [
      'name',
      'resend',
      'other',
      'code',
      'password',
      'unlock',
      'second/x/send',
      'second/x/prove',
    ];
    for (const path of [...posts, 'method/email', 'access-pass', 'help'])
      await sendRaw(visitor, `/reset/${path}?${fields}`, { method: 'GET' });
    for (const path of posts.slice(1)) {
      const page = await sendRaw(visitor, `/reset/${path}?${fields}`, { method: 'GET' });
      expect([404, 405], path).toContain(page.status);
    }
    expect(await everythingStored(world)).toBe(before);
    expect(await opensWith(person, person.password)).toBe(true);
  });

  test('from elsewhere, without its cookie or with the token of another browser is refused', async () => {
    const person = await world.person({ methods: twoMethods });
    const visitor = await pastTheGates(person);
    const other = await open();
    const { fields } = visitor.form('/reset/password');
    const foreign = other.form('/reset/name').fields;
    const body = (own: Readonly<Record<string, string>>): string =>
      new URLSearchParams({ ...own, ...chosen }).toString();
    const refused = [
      { headers: { Origin: 'https://elsewhere.example' }, body: body(fields) },
      { headers: { 'Sec-Fetch-Site': 'cross-site' }, body: body(fields) },
      { headers: { Cookie: '' }, body: body(fields) },
      { body: body(foreign) },
      { body: body({}) },
    ];
    for (const request of refused) {
      const page = await sendRaw(visitor, '/reset/password', request);
      expect(page.status, JSON.stringify(request)).toBe(403);
    }
    expect(await opensWith(person, person.password)).toBe(true);
    await visitor.submit('/reset/password', chosen);
    expect(visitor.page.heading).toBe('Your password is changed');
  });

  test('of a second tab goes on with what the first has begun, and the older page with the newer name', async () => {
    const [one, other] = [
      await world.person({ methods: twoMethods }),
      await world.person({ methods: twoMethods }),
    ];
    const visitor = await pastTheGates(one);
    const tab = visitor.secondTab();
    await tab.open('/reset/name');
    await tab.submit('/reset/name', { loginName: other.account.loginName });
    await visitor.submit('/reset/password', chosen);
    expect(visitor.page.heading).toBe('Show that it is you');
    expect(await opensWith(one, newPassword)).toBe(false);
    expect(await opensWith(other, newPassword)).toBe(false);
  });
});

test('who goes back in the browser can choose another way', async () => {
  const visitor = await beginFor(await world.person({ methods: twoMethods }));
  const { page } = visitor;
  await visitor.submit('/method/authenticator_app');
  visitor.page = page;
  await visitor.follow('/reset/method/email');
  expect(visitor.form('/reset/method/email').fields).toHaveProperty('address');
});

test('what was proved in one browser opens neither another browser nor another account', async () => {
  const [mine, yours] = [
    await world.person({ methods: twoMethods }),
    await world.person({ methods: twoMethods }),
  ];
  await pastTheGates(mine);
  const parallel = await beginFor(mine);
  expect(parallel.page.heading).toBe('Show that it is you');
  const other = await beginFor(yours);
  await other.submit('/method/authenticator_app');
  world.clock.advance(60_000);
  await other.submit('/reset/code', { code: appCode(mine.secrets[0] ?? '', world.clock.now()) });
  expect(other.page.status).toBe(422);
  for (const { visitor, person } of [
    { visitor: parallel, person: mine },
    { visitor: other, person: yours },
  ]) {
    const token = visitor.page.forms[0]?.fields['form_token'] ?? '';
    await visitor.open('/reset/password', { form: { form_token: token, ...chosen } });
    expect(await opensWith(person, person.password)).toBe(true);
  }
});

test('ids that are forged, of the first method or of somebody else lead back to where the reset stands', async () => {
  const person = await world.person({ methods: twoMethods, isAdmin: true });
  const other = await world.person({ methods: twoMethods });
  const visitor = await beginFor(person);
  await proveByApp(visitor, person);
  expect(visitor.page.heading).toBe('Show once more that it is you');
  await visitor.follow(/\/reset\/second\//);
  const { fields } = visitor.form('/send');
  const records = world.deployment.composition.ports.records;
  const of = async ({ account }: Person) => (await records.read(account.id)).methods.map(({ id }) => id);
  const [app = ''] = await of(person);
  for (const id of [...(await of(other)), app, '%2e%2e%2f', '%00', "'", 'a'.repeat(5_000), '%F0%9F']) {
    for (const end of ['', '/send', '/prove']) {
      const body = new URLSearchParams({ ...fields, code: '123456' }).toString();
      const page = await sendRaw(
        visitor,
        `/reset/second/${id}${end}`,
        end === '' ? { method: 'GET' } : { body },
      );
      expect([303, 400, 404, 405, 414], `${id}${end} ${page.text.slice(0, 200)}`).toContain(page.status);
    }
  }
  await visitor.open('/reset');
  expect(visitor.page.heading).toBe('Show once more that it is you');
});

test('the name is in no address, no log line and no entry, whoever has it', async () => {
  const name = 'typed-by-mistake-my-secret';
  const visitor = await open();
  await visitor.submit('/reset/name', { loginName: name });
  await visitor.submit('/method/authenticator_app');
  await visitor.submit('/reset/code', { code: '123456' });
  const token = visitor.page.forms[0]?.fields['form_token'] ?? '';
  await visitor.open('/reset/help', { form: { form_token: token, loginName: name } });
  const started = await begin(world);
  const form = started.visitor.form('/sign-in');
  await started.visitor.open(form.action.replace(/\/sign-in$/, '/forgot'), {
    form: { ...form.fields, loginName: name, password: 'my other secret' },
  });
  for (const address of [...visitor.trail.addresses, ...started.visitor.trail.addresses])
    expect(address).not.toContain('secret');
  expect(world.logLines.join('\n')).not.toContain('secret');
  expect(await everythingStored(world)).not.toContain('my-secret');
  expect(await everythingStored(world)).not.toContain('my other secret');
});

describe('a reset', () => {
  test('signs nobody in, and a sign-in after it is stopped for what is missing', async () => {
    const person = await world.person({ methods: [{ type: 'authenticator_app', verifiedDaysAgo: 10 }] });
    const visitor = await pastTheGates(person);
    await visitor.submit('/reset/password', chosen);
    const silent = await begin(world, { prompt: 'none' }, { visitor });
    expect(silent.visitor.page.url.searchParams.get('error')).toBe('login_required');
    const started = await begin(world, {}, { visitor });
    expect(visitor.page.url.pathname).toMatch(/\/sign-in$/);
    await typePassword(started, person, newPassword);
    expect(visitor.page.url.pathname).toMatch(/\/security-info$/);
    expect(isBack(started)).toBe(false);
  });

  test('raises neither acr nor amr of the sign-in after it', async () => {
    const person = await world.person({ methods: twoMethods });
    const before = await redeem(await signIn(world, person));
    const visitor = await pastTheGates(person);
    await visitor.submit('/reset/password', chosen);
    const started = await begin(world, {}, { visitor });
    await typePassword(started, person, newPassword);
    const { claims } = await redeem(started);
    expect(claims['amr']).toEqual(['pwd']);
    expect(claims.acr).toBe(before.claims.acr);
  });

  test('that is killed once the password is set leaves no old session that works', async () => {
    const person = await world.person({ methods: twoMethods });
    const old: SignIn = await signIn(world, person);
    const { tokens } = await redeem(old);
    const { ports, directory } = world.deployment.composition;
    // As far as a reset comes that ends there: before the password it raises `credentialsChangedAt`, and writes it.
    await ports.records.change(person.account.id, changeCredentials(world.clock.now(), []));
    await directory.setPassword(person.account.id, newPassword, { mustChange: false });
    await world.restart();
    const userinfo = await fetch(`${world.issuer}/me`, {
      headers: { Authorization: `Bearer ${tokens.access_token}` },
    });
    expect(userinfo.status).toBe(401);
    const silent = await begin(world, { prompt: 'none' }, { visitor: old.visitor });
    expect(silent.visitor.page.url.searchParams.get('error')).toBe('login_required');
    expect((await signIn(world, person)).visitor.page.status).toBe(422);
  });

  test('raises `credentialsChangedAt` before it writes the password, and again afterwards', async () => {
    const person = await world.person({ methods: twoMethods });
    const visitor = await pastTheGates(person);
    const { ports, directory } = world.deployment.composition;
    const seen: (Date | null)[] = [];
    const { setPassword } = directory;
    Object.assign(directory, {
      setPassword: async (...input: Parameters<typeof setPassword>) => {
        seen.push((await ports.records.read(person.account.id)).credentialsChangedAt);
        world.clock.advance(2_000);
        await setPassword(...input);
      },
    });
    try {
      await visitor.submit('/reset/password', chosen);
    } finally {
      Object.assign(directory, { setPassword });
    }
    const { credentialsChangedAt } = await ports.records.read(person.account.id);
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toBeNull();
    expect(Number(credentialsChangedAt)).toBeGreaterThan(Number(seen[0]));
  });

  test('cannot be told to lead elsewhere', async () => {
    const person = await world.person({ methods: twoMethods });
    const started = await begin(world);
    const { visitor } = started;
    const form = visitor.form('/sign-in');
    const elsewhere = {
      returnTo: 'https://evil.example/',
      return_to: '//evil.example',
      base: '//evil.example',
    };
    await visitor.open(form.action.replace(/\/sign-in$/, '/forgot?returnTo=//evil.example'), {
      form: { ...form.fields, loginName: person.account.loginName, ...elsewhere },
    });
    await visitor.submit('/method/authenticator_app', elsewhere);
    const code = appCode(person.secrets[0] ?? '', world.clock.now());
    await visitor.submit('/reset/code', { code, ...elsewhere });
    await visitor.submit('/reset/password', { ...chosen, ...elsewhere });
    await visitor.open('/reset?returnTo=https://evil.example/');
    expect(visitor.page.html).not.toContain('evil.example');
    expect(visitor.page.links.map(({ href }) => href).join()).toMatch(/\/interaction\/[\w-]+/);
  });

  test('that is limited says until when', async () => {
    const person = await world.person({ methods: twoMethods });
    const visitor = await beginFor(person);
    await visitor.submit('/method/authenticator_app');
    for (let tries = 0; tries < 11; tries += 1)
      await visitor.submit('/reset/code', { code: `12345${tries % 10}` });
    expect(visitor.page.status).toBe(429);
    expect(visitor.page.text).toMatch(/\d\d:\d\d UTC/);
    for (let tries = 0; tries < 11; tries += 1) {
      await open(visitor);
      await visitor.submit('/reset/name', { loginName: person.account.loginName });
    }
    expect(visitor.page.status).toBe(429);
    expect(visitor.page.text).toMatch(/\d\d:\d\d UTC/);
  });
});
