/** Each form, sent as nobody should: what comes is a clear 4xx in the person's language, and the honest form still works. */
import { initiateDeviceAuthorization } from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessPassHash, generateAccessPass } from '../../security-info/access-pass.ts';
import { attacksOn } from './attacks.ts';
import { sendRaw } from './raw-request.ts';
import { begin, proveApp, redeem, type SignIn, secretOnPage, signIn } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { appCode, openWorld, type Person, testPassword, type World } from './world.ts';

const ownScript = /<script src="[^"<>]*\/password-strength[^"<>]*"[^<>]*>\s*<\/script>/;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** A page with a form that somebody has reached, and what shows that the honest form works afterwards. */
interface Station {
  readonly visitor: Visitor;
  readonly action: string;
  /** What an honest person types; the first is what is attacked. */
  readonly typed?: Readonly<Record<string, string>>;
  readonly arrives: (visitor: Visitor) => void;
  /** For node-oidc-provider's own forms, whose token changes with each failure: opens the page anew. */
  readonly reach?: () => Promise<unknown>;
  /** What is attacked where it is not what is typed. */
  readonly attacked?: string;
}

async function survive(station: Station): Promise<void> {
  const { visitor, action, typed = {}, arrives, reach, attacked } = station;
  const before = world.logLines.length;
  const count = attacksOn(visitor.form(action), typed, attacked).length;
  for (let at = 0; at < count; at += 1) {
    await reach?.();
    const form = visitor.form(action);
    const attack = attacksOn(form, typed, attacked)[at];
    if (attack === undefined) throw new Error('the form has changed');
    const { name, request, statuses } = attack;
    const address = form.action === '' ? visitor.page.url : form.action;
    const language = at % 2 === 0 ? 'fr' : 'en';
    const page = await sendRaw(visitor, address, {
      ...request,
      headers: { 'Accept-Language': language, ...request.headers },
    });
    const told = `${name} at ${action}: ${page.status} ${page.text.slice(0, 300)}`;
    expect(page.status, told).toBeGreaterThanOrEqual(400);
    expect(page.status, told).toBeLessThan(500);
    if (statuses !== undefined) expect(statuses, told).toContain(page.status);
    expect(page.html, told).toContain(`<html lang="${language}">`);
    expect(page.heading, told).not.toBe('');
    // The one script that pages of a new password have is a file of the service's own.
    expect(page.html.replace(ownScript, ''), told).not.toContain('<script');
    expect(page.html, told).not.toContain('<img src=x');
    expect(page.headers.getSetCookie().join(), told).not.toContain('a=b');
  }
  const failures = world.logLines.slice(before).filter((line) => JSON.parse(line).level >= 50);
  expect(failures).toEqual([]);
  await reach?.();
  await visitor.submit(action, typed);
  arrives(visitor);
}

const heads = (pattern: RegExp) => (visitor: Visitor) =>
  expect(visitor.page.url.pathname + visitor.page.url.search, visitor.page.text.slice(0, 400)).toMatch(
    pattern,
  );
const back = (visitor: Visitor) => expect(visitor.page.url.port).toBe('1');

const two = (days: number) =>
  [
    { type: 'authenticator_app', verifiedDaysAgo: days },
    { type: 'email', verifiedDaysAgo: days },
  ] as const;

async function atSecurityInfo(
  options: Parameters<World['person']>[0] = {},
  parameters: Readonly<Record<string, string>> = {},
): Promise<{ person: Person; journey: SignIn; visitor: Visitor }> {
  const person = await world.person(options);
  const journey = await signIn(world, person, parameters);
  return { person, journey, visitor: journey.visitor };
}

test('sign-in', async () => {
  const person = await world.person({ methods: two(10) });
  const { visitor } = await begin(world);
  const typed = { loginName: person.account.loginName, password: testPassword };
  await survive({ visitor, action: '/sign-in', typed, arrives: back });
  const again = await begin(world);
  await survive({
    visitor: again.visitor,
    action: '/sign-in',
    typed: {
      password: testPassword,
      loginName: (await world.person({ methods: two(10) })).account.loginName,
    },
    arrives: back,
  });
});

test('leaving the sign-in', async () => {
  const { visitor } = await begin(world);
  await survive({ visitor, action: '/cancel', arrives: back });
});

test('the new password', async () => {
  const person = await world.person({ methods: two(10), mustChangePassword: true });
  const { visitor } = await signIn(world, person);
  const chosen = 'seven herons over the lake';
  await survive({
    visitor,
    action: '/new-password',
    typed: { newPassword: chosen, repeatPassword: chosen },
    arrives: back,
  });
});

test('a new e-mail address, its code, and the way back', async () => {
  const { visitor } = await atSecurityInfo();
  await visitor.follow('/add/email');
  await survive({
    visitor,
    action: '/add/email',
    typed: { address: 'hostile@home.example' },
    arrives: heads(/code$/),
  });
  await survive({ visitor, action: '/resend', arrives: heads(/sent=again$/) });
  await survive({ visitor, action: '/abandon', arrives: heads(/add\/email$/) });
  await visitor.submit('/add/email', { address: 'hostile@home.example' });
  const code = world.mailedCode('hostile@home.example');
  await survive({ visitor, action: '/add/email/code', typed: { code }, arrives: heads(/done=registered$/) });
});

test('a new authenticator app and its code', async () => {
  const { visitor } = await atSecurityInfo();
  await visitor.follow('/add/authenticator_app');
  await survive({
    visitor,
    action: '/add/authenticator_app',
    typed: { name: 'My phone' },
    arrives: heads(/code$/),
  });
  const code = appCode(secretOnPage(visitor), world.clock.now());
  await survive({
    visitor,
    action: '/add/authenticator_app/code',
    typed: { code },
    arrives: heads(/done=registered$/),
  });
});

test('Finish', async () => {
  const { visitor, journey } = await atSecurityInfo({ methods: two(10) }, { prompt: 'security_info' });
  await survive({ visitor, action: '/finish', arrives: back });
  await redeem(journey);
});

test('leaving the security info', async () => {
  const { visitor } = await atSecurityInfo();
  await survive({ visitor, action: '/security-info/cancel', arrives: back });
});

test('proof of a method: sending its code, and the code', async () => {
  const { visitor } = await atSecurityInfo({
    methods: [{ type: 'email', address: 'prove@home.example', verifiedDaysAgo: 10 }],
  });
  await visitor.follow('/add/authenticator_app');
  await survive({ visitor, action: '/send', arrives: heads(/\/prove/) });
  const code = world.mailedCode('prove@home.example');
  await survive({ visitor, action: '/prove', typed: { code }, arrives: heads(/add\/authenticator_app$/) });
});

test('an access pass', async () => {
  const { visitor, person } = await atSecurityInfo({ methods: [{ type: 'email', verifiedDaysAgo: 10 }] });
  const pass = generateAccessPass();
  const issuedAt = world.clock.now();
  const { keys, records } = world.deployment.composition.ports;
  await records.change(person.account.id, (record) => ({
    next: {
      ...record,
      accessPass: {
        passHash: accessPassHash(keys, pass) ?? '',
        issuedAt,
        expiresAt: new Date(issuedAt.getTime() + 3_600_000),
        usedByFlowId: null,
      },
    },
    events: [],
    result: undefined,
  }));
  await visitor.open(`${visitor.page.url.pathname}/access-pass?next=overview`);
  await survive({ visitor, action: '/access-pass', typed: { pass }, arrives: heads(/done=access_pass$/) });
});

test('removing a method', async () => {
  const { visitor, person } = await atSecurityInfo(
    {
      methods: [
        { type: 'authenticator_app', verifiedDaysAgo: 10 },
        { type: 'authenticator_app', verifiedDaysAgo: 10 },
        { type: 'email', verifiedDaysAgo: 10 },
      ],
    },
    { prompt: 'security_info' },
  );
  const { methods } = await world.deployment.composition.ports.records.read(person.account.id);
  const base = visitor.page.url.pathname;
  await visitor.open(`${base}/methods/${methods[0]?.id}/prove`);
  await proveApp(world, visitor, person.secrets[0] ?? '');
  await visitor.open(`${base}/methods/${methods[1]?.id}/remove`);
  await survive({ visitor, action: '/remove', arrives: heads(/done=removed$/) });
});

test('changing a method', async () => {
  const { visitor, person } = await atSecurityInfo({ methods: two(10) }, { prompt: 'security_info' });
  const { methods } = await world.deployment.composition.ports.records.read(person.account.id);
  const base = visitor.page.url.pathname;
  await visitor.open(`${base}/methods/${methods[0]?.id}/prove`);
  await proveApp(world, visitor, person.secrets[0] ?? '');
  await visitor.open(`${base}/methods/${methods[1]?.id}/replace`);
  const typed = { address: 'changed@home.example' };
  await survive({ visitor, action: '/replace', typed, arrives: heads(/add\/email\/code$/) });
});

test('the review: one that looks good, and all at once', async () => {
  const { visitor, journey } = await atSecurityInfo({ methods: two(200) });
  await survive({ visitor, action: '/looks-good', arrives: heads(/done=looks_good$/) });
  await survive({ visitor, action: '/all-right', arrives: back });
  await redeem(journey);
});

test('consent', async () => {
  const person = await world.person({ methods: two(10) });
  const journey = await signIn(world, person, {}, { party: await world.client({ first_party: false }) });
  await survive({
    visitor: journey.visitor,
    action: '/consent',
    typed: { decision: 'allow' },
    arrives: back,
  });
  await redeem(journey);
});

test('the code of a device, and its confirmation', async () => {
  const party = await world.client({
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    redirect_uris: [],
    response_types: [],
  });
  const device = await initiateDeviceAuthorization(party.configuration, { scope: 'openid' });
  const visitor = world.visitor();
  await visitor.open(device.verification_uri);
  const reach = () => visitor.open(device.verification_uri);
  const typed = { user_code: device.user_code };
  await reach();
  await survive({ visitor, action: '/device', typed, reach, arrives: heads(/^\/device/) });
  await survive({
    visitor,
    action: '/device',
    attacked: 'xsrf',
    reach: async () => {
      await reach();
      await visitor.submit('/device', typed);
    },
    typed: { confirm: 'yes', abort: '' },
    arrives: heads(/sign-in$/),
  });
});

test('sign-out', async () => {
  const person = await world.person({ methods: two(10) });
  const { visitor } = await signIn(world, person);
  const reach = () => visitor.open(`${world.issuer}/session/end`);
  await reach();
  await survive({
    visitor,
    action: '/confirm',
    attacked: 'xsrf',
    typed: { logout: 'yes' },
    reach,
    arrives: heads(/success/),
  });
});
