/** The limits of a reset on real stores: guesses and sends, for names that are somebody's and names that are not, alike. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ResetVisit } from '../../../security-info/reset-desk.ts';
import { maximumWrongProofs, wrongProofHours } from '../../../security-info/wrong-proofs.ts';
import { ada } from '../sample-record.ts';
import { otherThan, outcomeOf } from './open-desk.ts';
import { address, openResetDesk, refusalOf, type TestResetDesk } from './open-reset-desk.ts';

let t: TestResetDesk;
beforeEach(async () => {
  t = await openResetDesk();
  const disabled = { id: 'dan', loginName: 'dan', isDisabled: true, mailbox: 'dan@work.example' };
  t.addAccount(ada(disabled));
});
afterEach(() => t.models.close());

/** Somebody's with methods, somebody's without, somebody's that is disabled, nobody's. */
const names = ['ada', 'bob', 'dan', 'nobody-at-all'] as const;

/** The same things done for each name, one after the other at the same moments. */
async function alike<Told>(doIt: (visit: ResetVisit, name: string) => Promise<Told>): Promise<Told> {
  const told = await Promise.all(names.map((name) => doIt(t.browser(name), name)));
  const [first] = told;
  if (first === undefined) throw new Error('nothing was told');
  for (const one of told) expect(one).toEqual(first);
  return first;
}

describe('whoever the name is,', () => {
  test.each(['authenticator_app', 'email'] as const)('wrong codes (%s) are refused alike', async (type) => {
    const told = await alike(async (visit, name) => {
      await t.arrive(visit, type, name);
      const all = [];
      for (let tries = 0; tries < maximumWrongProofs + 2; tries += 1) {
        const code = tries % 2 === 0 ? '12345' : 'no code';
        all.push(await refusalOf(t.reset.proveFirst(visit, code)));
      }
      return all;
    });
    const until = new Date(t.models.clock.now().getTime() + wrongProofHours * 3_600_000);
    const wrong = { code: 'wrong_code', until: null };
    expect(told).toEqual([
      ...Array.from({ length: maximumWrongProofs }, () => wrong),
      { code: 'too_many_wrong_proofs', until },
      { code: 'too_many_wrong_proofs', until },
    ]);
    t.models.clock.advance(wrongProofHours * 3_600 + 1);
    await alike(async (visit, name) => {
      await t.arrive(visit, 'authenticator_app', name);
      return refusalOf(t.reset.proveFirst(visit, '1'));
    });
  });

  test('wrong passes and wrong codes share a counter', async () => {
    const told = await alike(async (visit, name) => {
      await t.arrive(visit, 'authenticator_app', name);
      const all = [];
      for (let tries = 0; tries < 6; tries += 1) {
        all.push(await refusalOf(t.reset.useAccessPass(visit, 'AAAA-AAAA-AAAA-AAAA-AAAA')));
        all.push(await refusalOf(t.reset.proveFirst(visit, '1')));
      }
      return all;
    });
    expect(told.map(({ code }) => code).filter((code) => code === 'wrong_code')).toHaveLength(10);
  });

  test('sends are limited alike, and nothing says whether any went out', async () => {
    const told = await alike(async (visit, name) => {
      await t.reset.begin(visit, name);
      const all = [await refusalOf(t.reset.chooseFirst(visit, 'email', { address }))];
      for (let sends = 0; sends < 6; sends += 1) all.push(await refusalOf(t.reset.resendFirst(visit, null)));
      return all;
    });
    expect(told.map(({ code }) => code)).toEqual([
      ...Array.from({ length: 5 }, () => 'done'),
      'too_many_sends',
      'too_many_sends',
    ]);
    expect(told.at(-1)?.until).not.toBeNull();
  });

  test('beginning is limited alike, by name and, for all names together, by network address', async () => {
    const told = await alike(async (visit, name) => {
      const all = [];
      for (let tries = 0; tries < 12; tries += 1) all.push(await refusalOf(t.reset.begin(visit, name)));
      return all;
    });
    expect(told.filter(({ code }) => code === 'too_many_sends')).toHaveLength(2);
    t.models.clock.advance(86_400);
    const visit = t.browser();
    const from = { ...visit, asker: { ...visit.asker, callerAddress: '192.0.2.7' } };
    const outcomes = [];
    for (let tries = 0; tries < 62; tries += 1)
      outcomes.push(await outcomeOf(t.reset.begin(from, `name${tries}`)));
    expect(outcomes.filter((code) => code === 'too_many_sends')).toHaveLength(2);
  });

  test('help is asked for once a day, alike, and admins are told of an account only', async () => {
    const admin = { id: 'root', loginName: 'root', isAdmin: true, mailbox: 'root@work.example' };
    t.addAccount(ada(admin));
    const told = await alike(async (visit, name) => [
      await refusalOf(t.reset.askForHelp(visit, name)),
      await refusalOf(t.reset.askForHelp(visit, ` ${name.toUpperCase()} `)),
    ]);
    expect(told.map(({ code }) => code)).toEqual(['done', 'too_many_sends']);
    await t.settled();
    const asked = await t.models.connection
      .collection('audit_events')
      .find({ type: 'help_requested' })
      .toArray();
    const counts = asked.map(({ accountId, noticeCount }) => `${accountId} ${noticeCount}`).sort();
    expect(counts).toEqual(['ada 1', 'bob 1', 'null 0', 'null 0']);
  });
});

describe('fifty guesses at once over fifty flows on two nodes', () => {
  async function guesses(name: string, isKnown = false): Promise<Record<string, number>> {
    const nodes = [t.reset, t.anotherNode()];
    const visits = Array.from({ length: 50 }, (_, at) => t.browser(`${name}-${isKnown}-${at}`, isKnown));
    // Fifty that were begun over days: what limits beginning is not what is tested here.
    for (const [at, visit] of visits.entries()) {
      if (at > 0 && at % 10 === 0) t.models.clock.advance(1);
      await t.models.throttles.reset(`reset:begin:${isKnown ? 'known_browser' : 'stranger'}:${name}`);
      await t.reset.begin(visit, name);
      await t.reset.chooseFirst(visit, 'authenticator_app', {});
    }
    const counts: Record<string, number> = {};
    const outcomes = await Promise.all(
      visits.map((visit, at) => outcomeOf((nodes[at % 2] ?? t.reset).proveFirst(visit, `no code ${at}`))),
    );
    for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  }

  test('are ten that are judged, and for a name that nobody has as well', async () => {
    const known = await guesses('ada');
    expect(known).toEqual({ wrong_code: maximumWrongProofs, too_many_wrong_proofs: 40 });
    expect(await guesses('nobody-at-all')).toEqual(known);
    expect((await t.read()).wrongProofs.stranger).toHaveLength(maximumWrongProofs);
  });

  test('are ten more from browsers that are known, and no more', async () => {
    await guesses('ada');
    expect((await guesses('ada', true))['wrong_code']).toBe(maximumWrongProofs);
    expect((await t.read()).wrongProofs.signed_in).toEqual([]);
  });
});

describe('a stranger who has used up their tries', () => {
  test('does not stop the owner in a browser that is known', async () => {
    const stranger = t.browser('stranger');
    await t.arrive(stranger);
    for (let tries = 0; tries < 11; tries += 1) await outcomeOf(t.reset.proveFirst(stranger, '1'));
    expect(await outcomeOf(t.reset.proveFirst(stranger, '1'))).toBe('too_many_wrong_proofs');
    const owner = t.browser('owner', true);
    await t.arrive(owner, 'email');
    await t.reset.proveFirst(owner, t.codeTo(address));
    expect((await t.reset.state(owner)).kind).toBe('choose');
  });

  test('is told nothing by the right code, and the owner is told once', async () => {
    const stranger = t.browser('stranger');
    await t.arrive(stranger, 'email');
    const code = t.codeTo(address);
    for (let tries = 0; tries < 10; tries += 1)
      await outcomeOf(t.reset.proveFirst(stranger, otherThan(code)));
    expect(await outcomeOf(t.reset.proveFirst(stranger, code))).toBe('too_many_wrong_proofs');
    expect((await t.eventTypes()).filter((type) => type === 'proofs_closed')).toHaveLength(1);
  });

  test('has not used up the sends of a browser that is known', async () => {
    const stranger = t.browser('stranger');
    await t.arrive(stranger, 'email');
    for (let sends = 0; sends < 9; sends += 1) await outcomeOf(t.reset.resendFirst(stranger, null));
    await t.settled();
    const sent = t.sent.length;
    const owner = t.browser('owner', true);
    await t.arrive(owner, 'email');
    expect(t.sent.length).toBe(sent + 1);
  });
});
