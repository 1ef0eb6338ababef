/** A change is undone without signing in, by the code of its notice: a thief's work of a day, ended by its owner. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { effectivePolicy } from '../../security-info/effective-policy.ts';
import { subjectOf } from '../../security-info/operations/situation.ts';
import { begin, setUpEmail, signIn } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const mail = [{ type: 'email', verifiedDaysAgo: 10 }] as const;
const manage = { prompt: 'security_info' };

beforeEach(() => world.policy({ methodsToRegister: 1 }));

/** Someone with the password, and for a minute the mailbox, puts an address of theirs in its place. */
async function stealMail(person: Person, thiefs: string): Promise<Visitor> {
  const { visitor } = await signIn(world, person, manage);
  await visitor.follow(/\/methods\/[^/]+\/replace$/);
  await visitor.submit('/send');
  await visitor.submit('/prove', { code: world.mailedCode(person.addresses.email ?? '') });
  await visitor.submit('/replace', { address: thiefs });
  await visitor.submit('/add/email/code', { code: world.mailedCode(thiefs) });
  expect(visitor.page.text).toContain('The new method is set up.');
  return visitor;
}

/** Waits until every notice is out, whoever sends it. */
async function deliver(): Promise<void> {
  const { jobs, outbox } = world.deployment.composition;
  const job = jobs.find(({ name }) => name === 'deliver');
  await expect
    .poll(
      async () => {
        await job?.run({ onProgress: () => undefined, signal: new AbortController().signal, dryRun: false });
        return (await outbox.list({ limit: 200 })).every(({ state }) => state === 'sent');
      },
      { timeout: 10_000 },
    )
    .toBe(true);
}

/** The newest undo code that was mailed to an address; null where none was. */
async function undoCodeTo(address: string): Promise<string | null> {
  await deliver();
  const codes = world.relay.messages
    .filter(({ recipients }) => recipients.includes(address))
    .flatMap(({ source }) =>
      [...source.matchAll(/\b(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}\b/g)].map(([code]) => code),
    );
  return codes.at(-1) ?? null;
}

async function undo(visitor: Visitor, loginName: string, code: string): Promise<Visitor> {
  await visitor.open(`${world.issuer}/security-info/undo`);
  await visitor.submit('/undo', { loginName, code });
  return visitor;
}

async function addressesOf({ account }: Person): Promise<readonly (string | null)[]> {
  const { composition } = world.deployment;
  const { methods } = await composition.ports.records.read(account.id);
  return methods.filter(({ replacedById }) => replacedById === null).map(({ addressHash }) => addressHash);
}

test('the owner undoes what a thief replaced, with the code from the old mailbox, and the thief is out', async () => {
  const person = await world.person({ methods: mail });
  const before = await addressesOf(person);
  const thief = await stealMail(person, 'thief1@elsewhere.example');
  const code = (await undoCodeTo(person.addresses.email ?? '')) ?? '';
  expect(code).not.toBe('');
  expect(await undoCodeTo(person.account.mailbox ?? '')).toBe(code);
  expect(world.relay.messages.some(({ source }) => source.includes('/security-info/undo'))).toBe(true);

  const owner = await undo(
    world.visitor(),
    ` ${person.account.loginName.toUpperCase()} `,
    code.toLowerCase(),
  );
  expect(owner.page.heading).toBe('The change is undone');
  expect(await addressesOf(person)).toEqual(before);
  await thief.follow('Recent activity');
  expect(thief.page.heading).toBe('This sign-in has ended');
  const again = await begin(world, { prompt: 'none' }, { visitor: thief });
  expect(again.visitor.page.url.searchParams.get('error')).toBe('login_required');
  await undo(owner, person.account.loginName, code);
  expect(owner.page.heading).toBe('The change is undone');

  await deliver();
  for (const address of [person.account.mailbox, person.addresses.email, 'thief1@elsewhere.example']) {
    const told = world.relay.messages.filter(({ recipients }) => recipients.includes(address ?? ''));
    expect(told.some(({ source }) => /methods was undone/.test(source.replace(/=\r?\n/g, '')))).toBe(true);
  }
});

test('opening the page changes nothing, and no address holds a code', async () => {
  const person = await world.person({ methods: mail });
  await stealMail(person, 'thief2@elsewhere.example');
  const code = (await undoCodeTo(person.account.mailbox ?? '')) ?? '';
  const after = await addressesOf(person);
  const visitor = world.visitor();
  await visitor.open(`${world.issuer}/security-info/undo?loginName=${person.account.loginName}&code=${code}`);
  expect(visitor.page.status).toBe(200);
  expect(visitor.page.html).not.toContain(code);
  expect(await addressesOf(person)).toEqual(after);
});

test('wrong codes end nothing, and unknown names, wrong codes and expired ones are told alike', async () => {
  const person = await world.person({ methods: mail });
  await stealMail(person, 'thief3@elsewhere.example');
  const code = (await undoCodeTo(person.account.mailbox ?? '')) ?? '';
  const wrong = code.startsWith('0') ? code.replace('0', '1') : code.replace(/^./, '0');
  const said = new Set<string>();
  const visitor = world.visitor();
  for (const [name, typed] of [
    [person.account.loginName, wrong],
    [person.account.loginName, 'nonsense'],
    ['nobody.at.all', code],
  ] as const) {
    await undo(visitor, name, typed);
    expect(visitor.page.status).toBe(422);
    said.add(visitor.page.text);
  }
  for (let time = 0; time < 10; time += 1) await undo(visitor, person.account.loginName, wrong);
  expect(said.size).toBe(1);
  await undo(visitor, person.account.loginName, code);
  expect(visitor.page.heading).toBe('The change is undone');
});

test('a form from elsewhere, or of another browser, is refused', async () => {
  const person = await world.person({ methods: mail });
  await stealMail(person, 'thief4@elsewhere.example');
  const code = (await undoCodeTo(person.account.mailbox ?? '')) ?? '';
  const after = await addressesOf(person);
  const [mine, other] = [world.visitor(), world.visitor()];
  await mine.open(`${world.issuer}/security-info/undo`);
  await other.open(`${world.issuer}/security-info/undo`);
  const form = { ...mine.form('/undo').fields, loginName: person.account.loginName, code };
  await other.open('/security-info/undo', { form });
  expect(other.page.status).toBe(403);
  const evil = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
  await mine.open('/security-info/undo', { form, headers: evil });
  expect(mine.page.status).toBe(403);
  expect(await addressesOf(person)).toEqual(after);
});

test('a new method that was added is removed, and what cools off itself is sent no code', async () => {
  await world.policy({ methodsToRegister: 1, coolingOffAtFirstRegistration: true });
  const person = await world.person();
  const { visitor } = await signIn(world, person);
  await setUpEmail(world, visitor, 'mine@elsewhere.example');
  await visitor.follow(/\/methods\/[^/]+\/replace$|\/add\/email$/);
  const code = (await undoCodeTo(person.account.mailbox ?? '')) ?? '';
  expect(await undoCodeTo('mine@elsewhere.example')).toBeNull();
  const owner = await undo(world.visitor(), person.account.loginName, code);
  expect(owner.page.heading).toBe('The change is undone');
  expect(await addressesOf(person)).toEqual([]);
});

test('after the cooling-off the code no longer works', async () => {
  const person = await world.person({ methods: mail });
  await stealMail(person, 'thief5@elsewhere.example');
  const code = (await undoCodeTo(person.account.mailbox ?? '')) ?? '';
  const { policies } = world.deployment.composition.ports;
  const { coolingOffHours } = effectivePolicy(await policies.current(), subjectOf(person.account));
  world.clock.advance(coolingOffHours * 3_600_000);
  const visitor = await undo(world.visitor(), person.account.loginName, code);
  expect(visitor.page.status).toBe(422);
  expect(visitor.page.text).toContain('no longer works');
});
