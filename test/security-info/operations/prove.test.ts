/** Proving, reviewing and managing on real stores: what a proof permits, what a review ends, what tokens may say. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accessPassHash, generateAccessPass } from '../../../security-info/access-pass.ts';
import type { Mark } from '../../../security-info/record.ts';
import { openDesk, otherThan, outcomeOf, type TestDesk, tally } from './open-desk.ts';

let t: TestDesk;
let appSecret: string;
/** Two methods, both out of their cooling-off, and a day gone by. */
beforeEach(async () => {
  t = await openDesk();
  const visit = t.visit('first');
  await t.registerEmail(visit);
  appSecret = await t.registerApp(visit);
  await t.desk.finish(visit);
  t.models.clock.advance(86_400);
});
afterEach(() => t.models.close());

async function proveApp(signIn: string): Promise<void> {
  await t.desk.prove(t.visit(signIn), await t.methodId('authenticator_app'), t.appCode(appSecret));
}

function mark(by: Mark['by']): Promise<void> {
  const at = t.models.clock.now();
  t.models.clock.advance(1);
  return t.models.records.change('ada', (record) => ({
    next: { ...record, mark: { by, at } },
    events: [],
    result: undefined,
  }));
}

describe('a change', () => {
  test('takes proof of this very sign-in, and 15 minutes later again', async () => {
    const add = (signIn: string) => t.desk.beginRegistration(t.visit(signIn), 'authenticator_app', {}, null);
    expect(await outcomeOf(add('now'))).toBe('proof_required');
    expect((await t.desk.overview(t.visit('now'))).proofNeeded).toBe(true);
    await t.proveEmail(t.visit('now'));
    expect((await t.desk.overview(t.visit('now'))).proofNeeded).toBe(false);
    expect(await outcomeOf(add('now'))).toBe('done');
    expect(await outcomeOf(add('other'))).toBe('proof_required');
    t.models.clock.advance(880);
    expect(await outcomeOf(add('now'))).toBe('done');
    t.models.clock.advance(21);
    expect(await outcomeOf(add('now'))).toBe('proof_required');
  });

  test('by somebody else’s method id is not found', async () => {
    const id = await t.methodId('email');
    const bob = t.visit('bob', 'bob');
    const outcomes = await Promise.all([
      outcomeOf(t.desk.readProof(bob, id)),
      outcomeOf(t.desk.sendProofCode(bob, id)),
      outcomeOf(t.desk.prove(bob, id, '000000')),
      outcomeOf(t.desk.removeMethod(bob, id)),
      outcomeOf(t.desk.acknowledge(bob, id)),
      outcomeOf(t.desk.beginRegistration(bob, 'email', { address: 'b@home.example' }, id)),
    ]);
    expect(new Set(outcomes)).toEqual(new Set(['method_not_found']));
    expect(t.sent).toHaveLength(1);
  });

  test('of one type does not take the place of another', async () => {
    await proveApp('now');
    const id = await t.methodId('authenticator_app');
    const begin = t.desk.beginRegistration(t.visit('now'), 'email', { address: 'b@home.example' }, id);
    expect(await outcomeOf(begin)).toBe('method_not_found');
  });
});

describe('proving', () => {
  test('by a code that is used up is wrong in another sign-in', async () => {
    const id = await t.methodId('email');
    await t.proveEmail(t.visit('one'));
    const code = t.codeTo('ada@home.example');
    expect(await outcomeOf(t.desk.prove(t.visit('two'), id, code))).toBe('wrong_code');
    const appId = await t.methodId('authenticator_app');
    const appCode = t.appCode(appSecret);
    expect(await outcomeOf(t.desk.prove(t.visit('one'), appId, appCode))).toBe('done');
    expect(await outcomeOf(t.desk.prove(t.visit('two'), appId, appCode))).toBe('wrong_code');
  });

  test('fifty times at once by one app code in fifty sign-ins succeeds once', async () => {
    const appId = await t.methodId('authenticator_app');
    const code = t.appCode(appSecret);
    const outcomes = await tally(50, (index) => t.desk.prove(t.visit(`s${index}`), appId, code));
    expect(outcomes).toEqual({ done: 1, wrong_code: 10, too_many_wrong_proofs: 39 });
  });

  test('fifty guesses at an app are ten', async () => {
    const appId = await t.methodId('authenticator_app');
    const wrong = otherThan(t.appCode(appSecret));
    const outcomes = await tally(50, (index) => t.desk.prove(t.visit(`s${index % 3}`), appId, wrong));
    expect(outcomes).toEqual({ wrong_code: 10, too_many_wrong_proofs: 40 });
    expect((await t.read()).wrongProofs).toMatchObject({ stranger: [], known_browser: [] });
    expect((await t.eventTypes()).filter((type) => type === 'proofs_closed')).toHaveLength(1);
    t.models.clock.advance(86_400);
    expect(await outcomeOf(proveApp('later'))).toBe('done');
  });

  test('a code to register opens nothing that is to be proved', async () => {
    await proveApp('now');
    const mailId = await t.methodId('email');
    await t.desk.beginRegistration(t.visit('now'), 'email', { address: 'new@home.example' }, mailId);
    const code = t.codeTo('new@home.example');
    expect(await outcomeOf(t.desk.prove(t.visit('now'), mailId, code))).toBe('wrong_code');
  });

  test('shows whether a code is on its way', async () => {
    const id = await t.methodId('email');
    const visit = t.visit('now');
    expect((await t.desk.readProof(visit, id)).isSent).toBe(false);
    expect((await t.desk.sendProofCode(visit, id)).isSent).toBe(true);
    t.models.clock.advance(300);
    expect((await t.desk.readProof(visit, id)).isSent).toBe(false);
  });
});

describe('a review', () => {
  async function looksGood(visit = t.visit('review')): Promise<void> {
    for (const { id, isDueForReview } of (await t.desk.overview(visit)).methods) {
      if (isDueForReview) await t.desk.acknowledge(visit, id);
    }
  }

  test('by date ends once all that falls due within 30 days was acknowledged', async () => {
    t.models.clock.advance(179 * 86_400);
    const visit = t.visit('review');
    const before = await t.desk.overview(visit);
    expect(before).toMatchObject({
      status: { kind: 'reconfirmation_due' },
      isReview: true,
      canFinish: false,
    });
    const [first, second] = before.methods;
    if (!first || !second) throw new Error('two methods were registered');
    await t.desk.acknowledge(visit, first.id);
    expect(await outcomeOf(t.desk.finish(visit))).toBe('not_finished');
    await t.desk.acknowledge(visit, second.id);
    expect(await t.desk.overview(visit)).toMatchObject({ status: { kind: 'satisfied' }, canFinish: true });
    expect((await t.desk.finish(visit)).provedAmr).toEqual([]);
    expect(await t.eventTypes()).toContain('review_finished');
  });

  test.each([1, 7, 30])('ends with an interval of %i days too', async (reconfirmAfterDays) => {
    await t.setPolicy({ reconfirmAfterDays });
    t.models.clock.advance(reconfirmAfterDays * 86_400);
    await looksGood();
    expect(await outcomeOf(t.desk.finish(t.visit('review')))).toBe('done');
  });

  test.each(['admin', 'campaign', 'interval'] as const)('under a mark by %s clears it', async (by) => {
    t.models.clock.advance(by === 'interval' ? 180 * 86_400 : 60);
    await mark(by);
    expect((await t.desk.overview(t.visit('review'))).status).toMatchObject({ kind: 'reconfirmation_due' });
    await looksGood();
    expect((await t.read()).mark).toBeNull();
    expect(await outcomeOf(t.desk.finish(t.visit('review')))).toBe('done');
  });

  test('is asked again by a mark that comes in the middle of it', async () => {
    await mark('admin');
    await looksGood();
    await mark('admin');
    const { methods, canFinish } = await t.desk.overview(t.visit('review'));
    expect(canFinish).toBe(false);
    expect(methods.every(({ isReviewed }) => !isReviewed)).toBe(true);
    await looksGood();
    expect(await outcomeOf(t.desk.finish(t.visit('review')))).toBe('done');
  });

  test('by proof is not ended by looking good', async () => {
    await t.setPolicy({ review: 'prove' });
    t.models.clock.advance(179 * 86_400);
    expect(await outcomeOf(looksGood())).toBe('proof_required');
    await proveApp('review');
    expect(await outcomeOf(t.desk.finish(t.visit('review')))).toBe('not_finished');
    await t.proveEmail(t.visit('review'));
    const { provedAmr } = await t.desk.finish(t.visit('review'));
    expect([...provedAmr].sort()).toEqual(['mfa', 'otp']);
  });
});

describe('an access pass', () => {
  const pass = generateAccessPass();

  beforeEach(() =>
    t.models.records.change('ada', (record) => ({
      next: {
        ...record,
        methods: [],
        accessPass: {
          passHash: accessPassHash(t.models.keys, pass) ?? '',
          issuedAt: t.models.clock.now(),
          expiresAt: new Date(t.models.clock.now().getTime() + 3_600_000),
          usedByFlowId: null,
        },
      },
      events: [],
      result: undefined,
    })),
  );

  test('lets an account that can prove nothing register anew, and finish', async () => {
    const visit = t.visit('pass');
    expect(await t.desk.overview(visit)).toMatchObject({ proofNeeded: true, canProve: false });
    expect(await outcomeOf(t.registerEmail(visit))).toBe('proof_required');
    await t.desk.useAccessPass(visit, pass);
    await t.registerEmail(visit);
    await t.registerApp(visit);
    // New methods after a loss: they count at once, and cool off.
    expect((await t.read()).methods.every(({ coolingOffUntilAt }) => coolingOffUntilAt !== null)).toBe(true);
    expect((await t.desk.finish(visit)).provedAmr).toEqual([]);
  });

  test('is used once, though fifty sign-ins try it at once', async () => {
    const outcomes = await tally(50, (index) => t.desk.useAccessPass(t.visit(`s${index}`), pass));
    expect(outcomes['done']).toBe(1);
  });

  test('twice in one sign-in permits no longer than once', async () => {
    const visit = t.visit('pass');
    await t.desk.useAccessPass(visit, pass);
    t.models.clock.advance(600);
    expect(await outcomeOf(t.desk.useAccessPass(visit, pass))).toBe('done');
    t.models.clock.advance(301);
    expect(await outcomeOf(t.registerApp(visit))).toBe('proof_required');
  });
});
