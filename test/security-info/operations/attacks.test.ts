/** What a thief tries who knows a password, or has held a method for a moment: each attack on real stores. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SecurityInfoRecord } from '../../../security-info/record.ts';
import { openNoticeAddress } from '../../../security-info/sealing.ts';
import { openDesk, outcomeOf, secretOf, type TestDesk, tally } from './open-desk.ts';

const evil = 'thief@evil.example';
let t: TestDesk;
beforeEach(async () => {
  t = await openDesk();
});
afterEach(() => t.models.close());

/** Ada's methods are there for a day: an address and an app. Answers with the app's secret. */
async function settled(): Promise<string> {
  await t.registerEmail(t.visit('first'));
  const secret = await t.registerApp(t.visit('first'));
  t.models.clock.advance(86_400);
  return secret;
}

function edit(change: (record: SecurityInfoRecord) => SecurityInfoRecord): Promise<void> {
  return t.models.records.change('ada', (record) => ({
    next: change(record),
    events: [],
    result: undefined,
  }));
}

/** All that can be tried to get hold of an account, by somebody who is signed in to it. */
async function tryEverything(signIn: string): Promise<string[]> {
  const visit = t.visit(signIn);
  const { methods } = await t.read();
  const each = methods.filter(({ replacedById }) => replacedById === null);
  return Promise.all([
    outcomeOf(t.registerEmail(visit, evil)),
    outcomeOf(t.registerApp(visit)),
    ...each.map(({ id }) => outcomeOf(t.desk.removeMethod(visit, id))),
    ...each.map(({ id, type }) =>
      outcomeOf(
        type === 'email' ? t.registerEmail(visit, evil, id) : t.desk.beginRegistration(visit, type, {}, id),
      ),
    ),
  ]);
}

const isRefused = (outcome: string): boolean => ['proof_required', 'method_needed'].includes(outcome);

async function told(): Promise<string[]> {
  const messages = await t.models.outbox.list({ limit: 100 });
  return messages.map(({ event, recipient }) =>
    openNoticeAddress(t.models.keys, event.id, recipient.addressCiphertext),
  );
}

describe('with a password only', () => {
  test('nothing of an account with methods can be changed, and no mail goes where the thief wants it', async () => {
    await settled();
    const before = await t.read();
    expect((await tryEverything('thief')).every(isRefused)).toBe(true);
    expect((await t.read()).methods).toEqual(before.methods);
    expect(t.sent.some(({ to }) => to === evil)).toBe(false);
  });

  test('whether an address is registered cannot be found out', async () => {
    await settled();
    const begin = (address: string) =>
      outcomeOf(t.desk.beginRegistration(t.visit('thief'), 'email', { address }, null));
    expect(await begin('ada@home.example')).toBe(await begin('not-ada@home.example'));
  });

  test('a proof that the owner gives in another sign-in is of no use', async () => {
    const secret = await settled();
    await t.desk.prove(t.visit('owner'), await t.methodId('authenticator_app'), t.appCode(secret));
    expect((await tryEverything('thief')).every(isRefused)).toBe(true);
  });

  test('a draft begun before the owner’s first registration registers nothing after it', async () => {
    const draft = await t.desk.beginRegistration(t.visit('thief'), 'authenticator_app', {}, null);
    await t.registerEmail(t.visit('owner'));
    const code = t.appCode(secretOf(draft));
    const finish = t.desk.finishRegistration(t.visit('thief'), 'authenticator_app', draft.id, code);
    expect(await outcomeOf(finish)).toBe('proof_required');
  });

  test('of two first registrations at once in two sign-ins one is the first', async () => {
    const signIns = ['owner', 'thief'];
    const drafts = await Promise.all(
      signIns.map((signIn) => t.desk.beginRegistration(t.visit(signIn), 'authenticator_app', {}, null)),
    );
    const outcomes = await tally(2, (index) => {
      const draft = drafts[index];
      if (!draft) throw new Error('two drafts were begun');
      const code = t.appCode(secretOf(draft));
      return t.desk.finishRegistration(t.visit(signIns[index]), 'authenticator_app', draft.id, code);
    });
    expect(outcomes).toEqual({ done: 1, proof_required: 1 });
  });

  test('an account that has lost its last method is not open again', async () => {
    await settled();
    await edit((record) => ({ ...record, methods: [] }));
    expect(await tryEverything('thief')).toEqual(['proof_required', 'proof_required']);
  });

  test('another account’s flow gives nothing, though its key were known', async () => {
    const secret = await settled();
    const owner = t.visit('owner');
    await t.desk.prove(owner, await t.methodId('authenticator_app'), t.appCode(secret));
    await t.registerApp(t.visit('bob', 'bob'));
    const fixed = { ...t.visit('bob', 'bob'), flowKey: owner.flowKey };
    expect(await outcomeOf(t.desk.beginRegistration(fixed, 'email', { address: evil }, null))).toBe(
      'proof_required',
    );
    expect(
      (await t.desk.finish({ ...fixed, client: { clientId: 'app', isExempt: true } })).provedAmr,
    ).toEqual([]);
  });
});

describe('with a password and an address that an admin filled in', () => {
  beforeEach(async () => {
    await t.registerEmail(t.visit('admin'));
    await edit((record) => ({
      ...record,
      methods: record.methods.map((method) => ({
        ...method,
        prefilledAt: t.models.clock.now(),
        verifiedAt: null,
        confirmedAt: null,
      })),
    }));
    await t.eventTypes();
    await t.models.connection.collection('outbox').deleteMany({});
  });

  test('a new method cools off, and the address and the own mailbox are told', async () => {
    const secret = await t.registerApp(t.visit('thief'));
    await t.eventTypes();
    expect((await told()).sort()).toEqual(['ada@home.example', 'ada@work.example']);
    expect(await outcomeOf(t.desk.removeMethod(t.visit('thief'), await t.methodId('email')))).not.toBe(
      'done',
    );
    t.models.clock.advance(86_399);
    await t.desk.prove(t.visit('later'), await t.methodId('authenticator_app'), t.appCode(secret));
    const id = await t.methodId('email');
    expect(await outcomeOf(t.registerEmail(t.visit('later'), evil, id))).toBe('proof_required');
    expect(await outcomeOf(t.desk.removeMethod(t.visit('later'), id))).toBe('proof_required');
  });

  test('a new method says nothing to an app while it cools off', async () => {
    await t.setPolicy({ methodsToRegister: 1 });
    await t.registerApp(t.visit('thief'));
    expect((await t.desk.finish(t.visit('thief'))).provedAmr).toEqual([]);
  });

  test('the address stays beside one that takes its place, however often that is replaced', async () => {
    const id = await t.methodId('email');
    await t.registerEmail(t.visit('thief'), evil, id);
    const next = await t.methodId('email');
    expect(await outcomeOf(t.registerEmail(t.visit('thief'), 'second@evil.example', next))).toBe(
      'proof_required',
    );
    expect(await outcomeOf(t.desk.removeMethod(t.visit('thief'), next))).not.toBe('done');
    expect((await t.read()).methods.map((method) => method.id)).toContain(id);
  });
});

describe('with a method held for a moment', () => {
  test('replacing twice leaves what was replaced in its place', async () => {
    await settled();
    const id = await t.methodId('email');
    const visit = t.visit('thief');
    await t.proveEmail(visit);
    await t.registerEmail(visit, evil, id);
    await t.registerEmail(visit, 'second@evil.example', await t.methodId('email'));
    const { methods } = await t.read();
    const last = methods.find(({ type, replacedById }) => type === 'email' && replacedById === null);
    expect(methods.find((method) => method.id === id)?.replacedById).toBe(last?.id);
    expect(methods.filter(({ type }) => type === 'email')).toHaveLength(2);
  });

  test('a record does not grow by replacing over and over', async () => {
    const secret = await settled();
    const visit = t.visit('thief');
    await t.desk.prove(visit, await t.methodId('authenticator_app'), t.appCode(secret));
    for (let index = 0; index < 8; index += 1)
      await t.registerApp(visit, await t.methodId('authenticator_app'));
    expect((await t.read()).methods).toHaveLength(3);
  });

  test('its proof is void once the owner has removed or replaced it', async () => {
    const secret = await settled();
    const appId = await t.methodId('authenticator_app');
    await t.desk.prove(t.visit('thief'), appId, t.appCode(secret));
    await t.proveEmail(t.visit('owner'));
    await t.registerApp(t.visit('owner'), appId);
    expect((await tryEverything('thief')).every(isRefused)).toBe(true);
  });

  test('its proof is void where the owner replaced it by itself', async () => {
    const secret = await settled();
    const appId = await t.methodId('authenticator_app');
    await t.desk.prove(t.visit('thief'), appId, t.appCode(secret));
    t.models.clock.advance(30);
    await t.desk.prove(t.visit('owner'), appId, t.appCode(secret));
    await t.registerApp(t.visit('owner'), appId);
    expect((await tryEverything('thief')).every(isRefused)).toBe(true);
    expect(await outcomeOf(t.desk.prove(t.visit('thief'), appId, t.appCode(secret)))).toBe(
      'method_not_found',
    );
  });

  test('what was added cools off: for a day it changes nothing, in any sign-in', async () => {
    await settled();
    await t.proveEmail(t.visit('thief'));
    const secret = await t.registerApp(t.visit('thief'));
    const added = (await t.read()).methods.at(-1);
    if (!added) throw new Error('a method was added');
    t.models.clock.advance(3_600);
    await t.desk.prove(t.visit('later'), added.id, t.appCode(secret));
    expect((await tryEverything('later')).every(isRefused)).toBe(true);
    t.models.clock.advance(82_800);
    await t.desk.prove(t.visit('next day'), added.id, t.appCode(secret));
    expect(await outcomeOf(t.desk.removeMethod(t.visit('next day'), added.id))).toBe('done');
  });

  test('a draft begun with proof registers nothing when the proof is older than 15 minutes', async () => {
    await settled();
    const visit = t.visit('thief');
    await t.proveEmail(visit);
    const draft = await t.desk.beginRegistration(visit, 'authenticator_app', {}, null);
    t.models.clock.advance(880);
    await t.desk.abandonRegistration(visit, 'email');
    t.models.clock.advance(21);
    const code = t.appCode(secretOf(draft));
    expect(await outcomeOf(t.desk.finishRegistration(visit, 'authenticator_app', draft.id, code))).toBe(
      'proof_required',
    );
  });
});

describe('at once', () => {
  test('two spare methods are not both removed where the policy needs one', async () => {
    await settled();
    const visit = t.visit('owner');
    await t.proveEmail(visit);
    await t.registerApp(visit);
    const apps = (await t.read()).methods.filter(({ type }) => type === 'authenticator_app');
    const outcomes = await tally(2, (index) => t.desk.removeMethod(visit, apps[index]?.id ?? ''));
    expect(outcomes).toEqual({ done: 1, method_needed: 1 });
  });

  test('more apps than allowed are not registered', async () => {
    await settled();
    const visit = t.visit('owner');
    await t.proveEmail(visit);
    expect(await tally(6, () => t.registerApp(visit))).toEqual({ done: 4, method_limit_reached: 2 });
  });

  test('a method that is removed while its successor is proved has none', async () => {
    await settled();
    const visit = t.visit('owner');
    await t.proveEmail(visit);
    await t.registerApp(visit);
    const id = (await t.read()).methods.at(-1)?.id ?? '';
    const draft = await t.desk.beginRegistration(visit, 'authenticator_app', {}, id);
    await t.desk.removeMethod(visit, id);
    const code = t.appCode(secretOf(draft));
    expect(await outcomeOf(t.desk.finishRegistration(visit, 'authenticator_app', draft.id, code))).toBe(
      'method_not_found',
    );
  });
});
