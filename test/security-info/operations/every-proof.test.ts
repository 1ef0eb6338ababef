/** Proving, for every method on real stores: wrong, too often, expired, twice, at once; what a review and tokens make of it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contractOf } from '../../../security-info/methods/registry.ts';
import { type MethodType, methodTypes } from '../../../security-info/record.ts';
import {
  addressOf,
  amrAdded,
  answersTo,
  everything,
  type Present,
  proofsOf,
  register,
  sentCode,
  wentTo,
  wrongInsteadOf,
} from './each-method.ts';
import { openDesk, outcomeOf, type TestDesk, tally } from './open-desk.ts';

let t: TestDesk;
beforeEach(async () => {
  t = await openDesk();
  await t.setPolicy(everything);
});
afterEach(() => t.models.close());

/** A method that has been there for a day. */
async function settled(type: MethodType): Promise<Present> {
  const method = await register(t, t.visit('first'), type);
  t.models.clock.advance(86_400);
  return method;
}

/** Gives something wrong so many times, in three sign-ins in turn, some seconds apart. */
async function giveWrong(method: Present, times: number, seconds = 1): Promise<string[]> {
  const outcomes: string[] = [];
  for (let tries = 0; tries < times; tries += 1) {
    const visit = t.visit(`now ${tries % 3}`);
    const { questions } = await t.desk.readProof(visit, method.id);
    const wrong = questions.length > 0 ? wrongInsteadOf(answersTo(questions)) : '000000';
    outcomes.push(await outcomeOf(t.desk.prove(visit, method.id, wrong)));
    t.models.clock.advance(seconds);
  }
  return outcomes;
}

describe.each(methodTypes)('proving %s', (type) => {
  test('permits a change in this sign-in, and says what was proved', async () => {
    const method = await settled(type);
    const visit = t.visit('now');
    await method.prove(visit);
    const at = t.models.clock.now();
    expect(await proofsOf(t, visit)).toEqual([
      {
        by: 'method',
        methodId: method.id,
        amr: amrAdded[type],
        at,
        coolingOff: false,
        ofFirstRegistration: false,
      },
    ]);
    expect(await method.read()).toMatchObject({ verifiedAt: at, confirmedAt: at, lastUsedAt: at });
    expect((await t.desk.overview(visit)).proofNeeded).toBe(false);
    expect((await t.desk.overview(t.visit('other'))).proofNeeded).toBe(true);
    const added = [amrAdded[type], contractOf(type).factor === 'possession' ? 'mfa' : null];
    await t.setPolicy({ ...everything, scope: { kind: 'none' } });
    const { provedAmr } = await t.desk.finish(visit);
    expect(provedAmr).toEqual(added.filter((value) => value !== null));
  });

  test('wrong is counted, and changes nothing else', async () => {
    const method = await settled(type);
    const before = await method.read();
    expect(await giveWrong(method, 1)).toEqual(['wrong_code']);
    const { wrongProofs } = await t.read();
    expect(wrongProofs).toMatchObject({ stranger: [], known_browser: [] });
    expect(wrongProofs.signed_in).toHaveLength(1);
    expect(await method.read()).toEqual(before);
    expect(await outcomeOf(method.prove(t.visit('now 0')))).toBe('done');
  });

  test('is closed after ten wrong ones in a day, whatever the sign-in, and open when they are a day old', async () => {
    const method = await settled(type);
    expect(await giveWrong(method, 10)).toEqual(Array(10).fill('wrong_code'));
    expect(await outcomeOf(method.prove(t.visit('another')))).toBe('too_many_wrong_proofs');
    const closed = (await t.eventTypes()).filter((event) => event === 'proofs_closed');
    expect(closed).toHaveLength(1);
    t.models.clock.advance(86_400 - 11);
    expect(await outcomeOf(method.prove(t.visit('another')))).toBe('too_many_wrong_proofs');
    t.models.clock.advance(1);
    expect(await outcomeOf(method.prove(t.visit('another')))).toBe('done');
    // The nine others are younger: a right one forgives none of them.
    expect(await giveWrong(method, 2, 0)).toEqual(['wrong_code', 'too_many_wrong_proofs']);
  });

  test('is one proof where its form comes twice, at once or within a minute', async () => {
    const method = await settled(type);
    const visit = t.visit('now');
    const given = await method.right(visit);
    const prove = () => t.desk.prove(visit, method.id, given);
    expect(await tally(2, prove)).toEqual({ done: 2 });
    t.models.clock.advance(60);
    expect(await outcomeOf(prove())).toBe('done');
    expect((await t.read()).wrongProofs.signed_in).toEqual([]);
    const proofs = await proofsOf(t, visit);
    expect(proofs).toMatchObject([{ amr: amrAdded[type] }]);
    // What came later makes the proof no younger.
    expect(proofs[0]?.at).toEqual((await method.read()).lastUsedAt);
    expect((await t.eventTypes()).filter((event) => event === 'method_proved')).toHaveLength(1);
    t.models.clock.advance(1);
    // A new draw may ask the same questions again, and then the same answers are right.
    if (contractOf(type).proof !== 'answers') expect(await outcomeOf(prove())).not.toBe('done');
  });

  test('at once in many sign-ins by one and the same proof succeeds in one', async () => {
    const method = await settled(type);
    const given = await method.right(t.visit('s0'));
    const outcomes = await tally(8, (index) => t.desk.prove(t.visit(`s${index}`), method.id, given));
    if (contractOf(type).proof !== 'answers') return expect(outcomes).toEqual({ done: 1, wrong_code: 7 });
    // Who comes after the first may, once in a while, be asked the same again.
    const { done = 0, questions_changed: changed = 0 } = outcomes;
    expect(done + changed).toBe(8);
    expect(done).toBeLessThanOrEqual(3);
  });

  test('renews it in a review, and its date', async () => {
    await t.setPolicy({ ...everything, review: 'prove' });
    const method = await settled(type);
    t.models.clock.advance(180 * 86_400);
    const visit = t.visit('review');
    const { isReview, canFinish } = await t.desk.overview(visit);
    expect(isReview).toBe(contractOf(type).countsAlone);
    expect(canFinish).toBe(false);
    await method.prove(visit);
    const view = (await t.desk.overview(visit)).methods.find(({ id }) => id === method.id);
    expect(view).toMatchObject({ isDueForReview: false, confirmedAt: t.models.clock.now() });
  });
});

describe.each(sentCode)('the code to prove %s', (type) => {
  test('is wrong once it has expired, and a new one is right', async () => {
    const method = await settled(type);
    const visit = t.visit('now');
    const old = await method.right(visit);
    t.models.clock.advance(300);
    expect((await t.desk.readProof(visit, method.id)).isSent).toBe(false);
    expect(await outcomeOf(t.desk.prove(visit, method.id, old))).toBe('wrong_code');
    const next = await method.right(visit);
    expect(next).not.toBe(old);
    expect(await outcomeOf(t.desk.prove(visit, method.id, next))).toBe('done');
  });

  test('is the same one when it is sent again, in another sign-in too', async () => {
    const method = await settled(type);
    const first = await method.right(t.visit('now'));
    t.models.clock.advance(179);
    expect(await method.right(t.visit('other'))).toBe(first);
    t.models.clock.advance(2);
    expect(await method.right(t.visit('now'))).not.toBe(first);
    const [channel] = contractOf(type).channels;
    expect(wentTo(t, addressOf(type)).slice(-3)).toEqual([channel, channel, channel]);
  });

  test('is void after five wrong ones; the next one is another', async () => {
    const method = await settled(type);
    const visit = t.visit('now');
    const first = await method.right(visit);
    for (let tries = 0; tries < 5; tries += 1) {
      await outcomeOf(t.desk.prove(visit, method.id, wrongInsteadOf(first)));
    }
    expect(await outcomeOf(t.desk.prove(visit, method.id, first))).toBe('wrong_code');
    expect(await method.right(visit)).not.toBe(first);
    expect((await t.read()).challenges).toMatchObject([{ tries: 0, sends: 1 }]);
  });

  test('is used up by its proof', async () => {
    const method = await settled(type);
    const code = await method.right(t.visit('one'));
    await t.desk.prove(t.visit('one'), method.id, code);
    expect(await outcomeOf(t.desk.prove(t.visit('two'), method.id, code))).toBe('wrong_code');
    expect((await t.read()).challenges).toEqual([]);
  });

  test('opens nothing of another account, nor another method of this one', async () => {
    const method = await settled(type);
    await method.prove(t.visit('now'));
    const other = type === 'email' ? 'mobile_phone' : 'email';
    const beside = await register(t, t.visit('now'), other, { which: 3 });
    const code = await method.right(t.visit('now'));
    expect(await outcomeOf(t.desk.prove(t.visit('now'), beside.id, code))).toBe('wrong_code');
    expect(await outcomeOf(t.desk.prove(t.visit('now', 'bob'), method.id, code))).toBe('method_not_found');
  });
});
