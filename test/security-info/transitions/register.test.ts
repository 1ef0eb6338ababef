/** A draft becomes a method: on what grounds, with which cooling-off, whom it tells, and what becomes of the old one. */
import { generateSync } from 'otplib';
import { describe, expect, test } from 'vitest';
import type { Act } from '../../../security-info/act.ts';
import { codeOf, issueChallenge } from '../../../security-info/challenges.ts';
import { emptyDraft } from '../../../security-info/methods/contract.ts';
import type { SecurityInfoRecord } from '../../../security-info/record.ts';
import type { OpenDraft } from '../../../security-info/sealing.ts';
import { destinationHash, openNoticeAddress } from '../../../security-info/sealing.ts';
import { register } from '../../../security-info/transitions/register.ts';
import {
  act,
  appMethod,
  emailMethod,
  from,
  keys,
  nextOf,
  now,
  passProof,
  policyWith,
  prefilled,
  proofOf,
  recordWith,
  refusalOf,
  secret,
} from '../sample-record.ts';

const address = 'new@home.example';
const mailDraft: OpenDraft = { ...emptyDraft, type: 'email', replaces: null, address, channel: 'mail' };
const appDraft: OpenDraft = {
  ...emptyDraft,
  type: 'authenticator_app',
  replaces: null,
  secret,
  name: 'Phone',
};
const appCode = generateSync({ secret, epoch: now.getTime() / 1000 });

/** The record with a code on its way to the draft's address, and that code. */
function withCode(record: SecurityInfoRecord): { record: SecurityInfoRecord; code: string } {
  const target = {
    purpose: 'register',
    methodType: 'email',
    destinationHash: destinationHash(keys, address),
    channel: 'mail',
  } as const;
  const { next, challenge } = issueChallenge(record, target, 'c1', now);
  return { record: next, code: codeOf(keys, 'ada', challenge) };
}

function registerMail(record: SecurityInfoRecord, acting: Act, draft: Partial<OpenDraft> = {}) {
  const issued = withCode(record);
  return register(acting, { ...mailDraft, ...draft }, 'draft', 'new', issued.code)(issued.record);
}

function toldBy(change: ReturnType<typeof registerMail>): string[] {
  if (!('next' in change)) return [];
  return change.events
    .flatMap(({ id, notify }) =>
      notify.map(({ addressCiphertext }) => openNoticeAddress(keys, id, addressCiphertext)),
    )
    .sort();
}

describe('a first registration', () => {
  test('counts at once, without cooling-off, and uses the code up in the same write', () => {
    const next = nextOf(registerMail(recordWith([]), act()));
    expect(next.challenges).toEqual([]);
    expect(next.methods).toMatchObject([
      { id: 'new', verifiedAt: now, confirmedAt: now, coolingOffUntilAt: null, registeredBy: 'draft' },
    ]);
    expect(next).toMatchObject({ firstMethodAt: now, oldestConfirmedAt: now, policyId: 'default' });
  });

  test('cools off where the policy says so', () => {
    const policy = policyWith({ coolingOffAtFirstRegistration: true, coolingOffHours: 48 });
    const next = nextOf(registerMail(recordWith([]), act({ policy })));
    expect(next.methods[0]?.coolingOffUntilAt).toEqual(from(48, 'hours'));
  });

  test('keeps address and secret sealed', () => {
    const text = JSON.stringify(nextOf(registerMail(recordWith([]), act())));
    expect(text).not.toContain('new@');
    const app = register(act(), appDraft, 'draft', 'new', appCode)(recordWith([]));
    expect(JSON.stringify(app)).not.toContain(secret);
  });

  test('tells the own mailbox', () => {
    expect(toldBy(registerMail(recordWith([]), act()))).toEqual(['ada@work.example']);
  });
});

describe('a later one', () => {
  test('cools off, and tells the own mailbox and the old addresses', () => {
    const change = register(
      act({}, [proofOf('mail')]),
      appDraft,
      'd',
      'new',
      appCode,
    )(recordWith([emailMethod()]));
    expect(nextOf(change).methods[1]).toMatchObject({ id: 'new', coolingOffUntilAt: from(24, 'hours') });
    expect(toldBy(change)).toEqual(['ada@home.example', 'ada@work.example']);
  });

  test('cools off beside a prefilled one, and tells that address', () => {
    const change = register(act(), appDraft, 'd', 'new', appCode)(recordWith([emailMethod(prefilled)]));
    expect(nextOf(change).methods[1]?.coolingOffUntilAt).toEqual(from(24, 'hours'));
    expect(toldBy(change)).toEqual(['ada@home.example', 'ada@work.example']);
  });

  test('takes proof, and without it counts no try', () => {
    const issued = withCode(recordWith([appMethod()]));
    const change = register(act(), mailDraft, 'd', 'new', 'wrong')(issued.record);
    expect(change).toEqual({ refusal: expect.objectContaining({ code: 'proof_required' }) });
  });

  test('is refused past the limit of its type', () => {
    const apps = Array.from({ length: 5 }, (_, index) => appMethod({ id: `app${index}` }));
    const acting = act({}, [proofOf('app0')]);
    expect(refusalOf(register(acting, appDraft, 'd', 'new', appCode)(recordWith(apps)))).toBe(
      'method_limit_reached',
    );
    expect(refusalOf(registerMail(recordWith([emailMethod()]), act({}, [proofOf('mail')])))).toBe(
      'method_limit_reached',
    );
  });

  test('is refused for a mailbox that is registered, however it is spelled', () => {
    const record = recordWith([emailMethod({ id: 'mail' }, 'new@home.example')]);
    const draft = { replaces: 'mail', address: 'new+tag@home.example' };
    expect(refusalOf(registerMail(record, act({}, [proofOf('mail')]), draft))).toBe('invalid_input');
  });
});

describe('a code', () => {
  test('that is wrong counts as a try and as a wrong proof, in one write', () => {
    const { record } = withCode(recordWith([]));
    const change = register(act(), mailDraft, 'd', 'new', 'wrong')(record);
    expect(change).toMatchObject({ result: { kind: 'wrong_code' } });
    const next = nextOf(change);
    expect(next.methods).toEqual([]);
    expect(next.challenges[0]?.tries).toBe(1);
    expect(next.wrongProofs.signed_in).toEqual([now]);
  });

  test('that was never sent is as wrong as any', () => {
    const change = register(act(), mailDraft, 'd', 'new', '123456')(recordWith([]));
    expect(change).toMatchObject({ result: { kind: 'wrong_code' } });
  });

  test('is not looked at once the counter is closed', () => {
    const wrongProofs = { stranger: [], known_browser: [], signed_in: Array.from({ length: 10 }, () => now) };
    expect(refusalOf(registerMail(recordWith([], { wrongProofs }), act()))).toBe('too_many_wrong_proofs');
    const others = { stranger: wrongProofs.signed_in, known_browser: wrongProofs.signed_in, signed_in: [] };
    expect(refusalOf(registerMail(recordWith([], { wrongProofs: others }), act()))).toBeNull();
  });

  test('that closes the counter is told to the own mailbox', () => {
    const wrongProofs = { stranger: [], known_browser: [], signed_in: Array.from({ length: 9 }, () => now) };
    const change = register(act(), mailDraft, 'd', 'new', 'wrong')(recordWith([], { wrongProofs }));
    expect(change).toMatchObject({
      events: [
        { type: 'proofs_closed', reason: 'register', methodType: 'email', notify: [{ channel: 'mail' }] },
      ],
    });
  });

  test('of an app that is being set up costs nothing, for its secret is on the screen', () => {
    expect(refusalOf(register(act(), appDraft, 'd', 'new', '000000')(recordWith([])))).toBe('wrong_code');
  });

  test('of an app’s registration proves nothing afterwards', () => {
    const next = nextOf(register(act(), appDraft, 'd', 'new', appCode)(recordWith([])));
    expect(next.methods[0]?.lastStep).toBe(Math.floor(now.getTime() / 30_000));
  });

  test('in a form that is sent again succeeds again, and writes nothing', () => {
    const issued = withCode(recordWith([]));
    const apply = register(act(), mailDraft, 'draft', 'new', issued.code);
    const next = nextOf(apply(issued.record));
    expect(apply(next)).toMatchObject({
      unchanged: true,
      result: { kind: 'registered', grounds: 'first_registration', isRepeated: true },
    });
  });
});

describe('replacing', () => {
  const record = recordWith([appMethod(), emailMethod()]);
  const idsOf = (next: SecurityInfoRecord) => next.methods.map(({ id, replacedById }) => [id, replacedById]);

  test('keeps the old one until the new one has cooled off, and counts the new one at once', () => {
    const next = nextOf(registerMail(record, act({}, [proofOf('mail')]), { replaces: 'mail' }));
    expect(idsOf(next)).toEqual([
      ['app', null],
      ['mail', 'new'],
      ['new', null],
    ]);
  });

  test('drops the old one where another method, or an admin’s pass, says that it is lost', () => {
    for (const proof of [proofOf('app'), passProof]) {
      const next = nextOf(registerMail(record, act({}, [proof]), { replaces: 'mail' }));
      expect(idsOf(next)).toEqual([
        ['app', null],
        ['new', null],
      ]);
    }
  });

  test('drops it at once where the policy has no cooling-off', () => {
    const policy = policyWith({ coolingOffHours: 0 });
    const next = nextOf(registerMail(record, act({ policy }, [proofOf('mail')]), { replaces: 'mail' }));
    expect(idsOf(next)).toEqual([
      ['app', null],
      ['new', null],
    ]);
  });

  test('twice in a row keeps what the first one replaced: its own proof does not say that it is lost', () => {
    const chain = recordWith([
      appMethod(),
      emailMethod({ replacedById: 'thief' }),
      emailMethod(
        { id: 'thief', coolingOffUntilAt: from(24, 'hours'), lastProofFlowId: 'flow' },
        'thief@evil.example',
      ),
    ]);
    const next = nextOf(registerMail(chain, act({}, [proofOf('mail')]), { replaces: 'thief' }));
    expect(idsOf(next)).toEqual([
      ['app', null],
      ['mail', 'new'],
      ['new', null],
    ]);
  });

  test('what is gone or replaced already is refused', () => {
    const proofs = [proofOf('app')];
    expect(refusalOf(registerMail(record, act({}, proofs), { replaces: 'gone' }))).toBe('method_not_found');
    const replaced = recordWith([appMethod(), emailMethod({ replacedById: 'x' })]);
    expect(refusalOf(registerMail(replaced, act({}, proofs), { replaces: 'mail' }))).toBe('method_not_found');
  });

  test('a prefilled address keeps it, for it can undo the change', () => {
    const next = nextOf(registerMail(recordWith([emailMethod(prefilled)]), act(), { replaces: 'mail' }));
    expect(idsOf(next)).toEqual([
      ['mail', 'new'],
      ['new', null],
    ]);
    expect(next.methods[1]?.coolingOffUntilAt).toEqual(from(24, 'hours'));
  });
});

describe('who may undo a change', () => {
  function undoersOf(change: ReturnType<typeof registerMail>): string[] {
    if (!('next' in change)) return [];
    return change.events
      .flatMap(({ id, notify }) =>
        notify.flatMap(({ addressCiphertext, mayUndo }) =>
          mayUndo === true ? [openNoticeAddress(keys, id, addressCiphertext)] : [],
        ),
      )
      .sort();
  }
  const proved = (methodId: string): Act => act({}, [proofOf(methodId)]);

  test('is the own mailbox and what was replaced', () => {
    const record = recordWith([emailMethod()]);
    expect(undoersOf(registerMail(record, proved('mail'), { replaces: 'mail' }))).toEqual([
      'ada@home.example',
      'ada@work.example',
    ]);
  });

  test('is not what was said to be lost, nor what is cooling off itself', () => {
    const record = recordWith([appMethod(), emailMethod()]);
    expect(undoersOf(registerMail(record, proved('app'), { replaces: 'mail' }))).toEqual([
      'ada@work.example',
    ]);
    const thiefs = emailMethod({ coolingOffUntilAt: from(1, 'hours') }, 'thief@elsewhere.example');
    const added = register(proved('app'), appDraft, 'draft', 'new', appCode);
    expect(undoersOf(added(recordWith([appMethod(), thiefs])))).toEqual(['ada@work.example']);
  });

  test('is nobody where nothing cools off, and the event says so', () => {
    const change = registerMail(recordWith([]), act());
    expect('next' in change && change.events.map(({ undoOf }) => undoOf)).toEqual([null]);
    expect(undoersOf(change)).toEqual([]);
  });
});
