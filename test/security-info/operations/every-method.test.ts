/** What a user does with a method, for every method on real stores: set up, proved wrong, replaced, removed, filled in. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contractOf } from '../../../security-info/methods/registry.ts';
import type { MethodType } from '../../../security-info/record.ts';
import {
  addressOf,
  amrAdded,
  begin,
  everything,
  fillIn,
  type Present,
  prefillable,
  proofsOf,
  register,
  registrable,
  sentCode,
  wentTo,
} from './each-method.ts';
import { openDesk, outcomeOf, type TestDesk, tally } from './open-desk.ts';

let t: TestDesk;
beforeEach(async () => {
  t = await openDesk();
  await t.setPolicy(everything);
});
afterEach(() => t.models.close());

/** Another method beside the one that a test is about, to prove with: an app, in a sign-in a day ago. */
async function settledApp(): Promise<Present> {
  const app = await register(t, t.visit('first'), 'authenticator_app', { which: 9 });
  t.models.clock.advance(86_400);
  return app;
}

/** A method of a type, and the app, both past their cooling-off. */
async function settled(type: MethodType): Promise<{ method: Present; app: Present }> {
  const visit = t.visit('first');
  const method = await register(t, visit, type);
  const app = await register(t, visit, 'authenticator_app', { which: 9 });
  t.models.clock.advance(86_400);
  return { method, app };
}

describe.each(registrable)('a first registration of %s', (type) => {
  test('counts at once, without cooling-off, says what it proved, and leaves nothing in clear', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, type);
    await begun.finish();
    const now = t.models.clock.now();
    const { methods, challenges, wrongProofs } = await t.read();
    expect(methods).toMatchObject([{ type, verifiedAt: now, confirmedAt: now, coolingOffUntilAt: null }]);
    expect(challenges).toEqual([]);
    expect(wrongProofs.signed_in).toEqual([]);
    expect(await proofsOf(t, visit)).toMatchObject([
      { amr: amrAdded[type], coolingOff: false, ofFirstRegistration: true },
    ]);
    expect((await t.desk.overview(visit)).counted).toBe(contractOf(type).countsAlone ? 1 : 0);
    const dump = await t.models.dump();
    for (const text of [addressOf(type), begun.draft.setup?.key, 'Sésame', 'sésame', 'opens']) {
      if (text) expect(dump).not.toContain(text);
    }
  });

  test('is not ended by a wrong proof, which is counted only where there is something to guess', async () => {
    const begun = await begin(t, t.visit(), type);
    expect(await outcomeOf(begun.finish(begun.wrong()))).toBe('wrong_code');
    const { methods, wrongProofs } = await t.read();
    expect(methods).toEqual([]);
    expect(wrongProofs.signed_in).toHaveLength(contractOf(type).proof === 'sent_code' ? 1 : 0);
    expect(await outcomeOf(begun.finish())).toBe('done');
  });

  test('takes neither a proof of another kind nor none', async () => {
    const begun = await begin(t, t.visit(), type);
    for (const given of ['', {}, { first_pet: '' }, Object.fromEntries([['__proto__', 'x']])]) {
      expect(await outcomeOf(begun.finish(given))).toBe('wrong_code');
    }
    expect((await t.read()).methods).toEqual([]);
  });

  test('is one method where its form comes twice, at once or later', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, type);
    const given = begun.right();
    expect(await tally(2, () => begun.finish(given))).toEqual({ done: 2 });
    expect(await outcomeOf(begun.finish(given))).toBe('done');
    const { methods, wrongProofs } = await t.read();
    expect(methods).toHaveLength(1);
    expect(wrongProofs.signed_in).toEqual([]);
    expect(await proofsOf(t, visit)).toMatchObject([{ amr: amrAdded[type], ofFirstRegistration: true }]);
    expect((await t.eventTypes()).filter((event) => event === 'method_registered')).toHaveLength(1);
  });

  test('in two tabs is not mixed up: each draft takes its own proof, under its own name', async () => {
    const visit = t.visit();
    const one = await begin(t, visit, type, { which: 1 });
    t.models.clock.advance(1);
    const two = await begin(t, visit, type, { which: 2 });
    expect(await outcomeOf(one.finish(two.right()))).toBe('wrong_code');
    const other = type === 'email' ? 'mobile_phone' : 'email';
    const finishAsOther = t.desk.finishRegistration(visit, other, one.draft.id, one.right());
    expect(await outcomeOf(finishAsOther)).toBe('nothing_pending');
    expect(await outcomeOf(one.finish())).toBe('done');
    const isAnother = contractOf(type).maximum > 1;
    expect(await outcomeOf(two.finish())).toBe(isAnother ? 'done' : 'method_limit_reached');
    expect((await t.read()).methods).toHaveLength(isAnother ? 2 : 1);
  });
});

describe.each(registrable.filter((type) => sentCode.includes(type)))('the code to register %s', (type) => {
  test('is wrong once it has expired, and a new one is right', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, type);
    t.models.clock.advance(300);
    const old = begun.right();
    expect(await outcomeOf(begun.finish(old))).toBe('wrong_code');
    await t.desk.resendDraftCode(visit, type, begun.draft.id);
    expect(begun.right()).not.toBe(old);
    expect(await outcomeOf(begun.finish())).toBe('done');
  });

  test('is the same one when it is sent again, one message for each time that it was asked for', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, type);
    const first = begun.right();
    t.models.clock.advance(170);
    await t.desk.resendDraftCode(visit, type, begun.draft.id);
    expect(begun.right()).toBe(first);
    const [channel] = contractOf(type).channels;
    expect(wentTo(t, addressOf(type))).toEqual([channel, channel]);
    expect((await t.read()).challenges).toMatchObject([{ sends: 2 }]);
  });

  test('is void after five wrong ones, and after ten in a day none is right until the day is over', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, type);
    const first = begun.right();
    for (let tries = 0; tries < 5; tries += 1) await outcomeOf(begun.finish(begun.wrong()));
    expect(await outcomeOf(begun.finish(first))).toBe('wrong_code');
    t.models.clock.advance(60);
    await t.desk.resendDraftCode(visit, type, begun.draft.id);
    for (let tries = 6; tries < 10; tries += 1) {
      expect(await outcomeOf(begun.finish(begun.wrong()))).toBe('wrong_code');
    }
    expect(await outcomeOf(begun.finish())).toBe('too_many_wrong_proofs');
    t.models.clock.advance(86_400 - 61);
    const again = await begin(t, t.visit('next day'), type);
    expect(await outcomeOf(again.finish())).toBe('too_many_wrong_proofs');
    t.models.clock.advance(1);
    expect(await outcomeOf(again.finish())).toBe('done');
  });
});

describe.each(registrable)('%s beside another method', (type) => {
  test('cools off for a day: it counts, but changes nothing and says nothing to an app', async () => {
    const app = await settledApp();
    const visit = t.visit('add');
    expect(await outcomeOf(begin(t, visit, type))).toBe('proof_required');
    await app.prove(visit);
    const added = await register(t, visit, type);
    const until = new Date(t.models.clock.now().getTime() + 86_400_000);
    expect(await added.read()).toMatchObject({ verifiedAt: t.models.clock.now(), coolingOffUntilAt: until });
    expect((await t.desk.overview(visit)).methods.every(({ counts }) => counts)).toBe(true);
    t.models.clock.advance(86_399);
    const early = t.visit('early');
    await added.prove(early);
    expect(await proofsOf(t, early)).toMatchObject([{ coolingOff: true }]);
    expect((await t.desk.finish(early)).provedAmr).toEqual([]);
    const replaceApp = begin(t, early, 'authenticator_app', { which: 8, replaces: app.id });
    expect(await outcomeOf(replaceApp)).toBe('proof_required');
    t.models.clock.advance(61);
    const late = t.visit('late');
    await added.prove(late);
    const { provedAmr } = await t.desk.finish(late);
    expect(provedAmr).toEqual(expect.arrayContaining([amrAdded[type]].filter((value) => value !== null)));
    expect(await outcomeOf(t.desk.removeMethod(late, added.id))).toBe('done');
  });

  test('stays until the one that takes its place is proved', async () => {
    const { method } = await settled(type);
    const visit = t.visit('replace');
    await method.prove(visit);
    const begun = await begin(t, visit, type, { which: 1, replaces: method.id });
    expect(begun.draft.replaces?.id).toBe(method.id);
    expect(await outcomeOf(begun.finish(begun.wrong()))).toBe('wrong_code');
    expect((await method.read()).replacedById).toBeNull();
    t.models.clock.advance(61);
    await begun.finish();
    const { methods } = await t.read();
    const next = methods.find(({ registeredBy }) => registeredBy === begun.draft.id);
    expect((await method.read()).replacedById).toBe(next?.id);
    expect(await outcomeOf(method.prove(t.visit('after')))).toBe('method_not_found');
    const ofType = (await t.desk.overview(visit)).methods.filter((one) => one.type === type);
    expect(ofType.map(({ id }) => id)).toContain(next?.id);
    expect(ofType.map(({ id }) => id)).not.toContain(method.id);
  });

  test('is removed by who has proved something, once, and proves nothing any more', async () => {
    const { method, app } = await settled(type);
    const remove = (signIn: string) => outcomeOf(t.desk.removeMethod(t.visit(signIn), method.id));
    expect(await remove('now')).toBe('proof_required');
    await app.prove(t.visit('now'));
    expect(await remove('now')).toBe('done');
    expect(await remove('now')).toBe('method_not_found');
    expect((await t.read()).methods.map(({ id }) => id)).toEqual([app.id]);
    expect(await outcomeOf(method.prove(t.visit('now')))).toBe('method_not_found');
  });
});

describe.each(prefillable)('%s that an admin has filled in', (type) => {
  test('is shown masked and counts for nothing until its user has proved it, then without cooling-off', async () => {
    const filledIn = await fillIn(t, type);
    const visit = t.visit();
    const before = await t.desk.overview(visit);
    expect(before).toMatchObject({
      counted: 0,
      canFinish: false,
      methods: [{ isPrefilled: true, counts: false }],
    });
    expect(before.methods[0]?.maskedAddress).toBe(contractOf(type).mask(addressOf(type) ?? ''));
    await filledIn.prove(visit);
    const after = await t.desk.overview(visit);
    expect(after).toMatchObject({ counted: 1, methods: [{ isPrefilled: false, counts: true }] });
    expect(await filledIn.read()).toMatchObject({
      coolingOffUntilAt: null,
      verifiedAt: t.models.clock.now(),
    });
    expect(await t.eventTypes()).toContain('method_confirmed');
  });

  test('is corrected by its user where it is theirs: that cools off, and the address is told', async () => {
    const filledIn = await fillIn(t, type);
    const visit = t.visit();
    const correct = begin(t, visit, type, { which: 1, replaces: filledIn.id });
    if (!contractOf(type).isRegisteredByUser) {
      expect(await outcomeOf(correct)).toBe('method_not_offered');
      expect(await outcomeOf(t.desk.removeMethod(visit, filledIn.id))).toBe('method_set_by_admin');
      return;
    }
    await (await correct).finish();
    const { methods, pendingEvents } = await t.read();
    expect(methods.find(({ replacedById }) => replacedById === null)?.coolingOffUntilAt).not.toBeNull();
    expect((await filledIn.read()).replacedById).not.toBeNull();
    const replaced = pendingEvents.find((event) => event.type === 'method_replaced');
    expect(replaced?.notify.map(({ channel }) => channel)).toContain(contractOf(type).noticeChannel);
  });
});
