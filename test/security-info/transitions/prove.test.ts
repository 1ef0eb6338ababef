/** Proving, 'looks good', removing, and the access pass: what each writes, refuses and tells. */
import { generateSync } from 'otplib';
import { describe, expect, test } from 'vitest';
import { accessPassHash, generateAccessPass } from '../../../security-info/access-pass.ts';
import { codeOf, issueChallenge } from '../../../security-info/challenges.ts';
import type { AccessPass, Method, SecurityInfoRecord } from '../../../security-info/record.ts';
import { destinationHash } from '../../../security-info/sealing.ts';
import { acknowledge } from '../../../security-info/transitions/acknowledge.ts';
import { prove } from '../../../security-info/transitions/prove.ts';
import { remove } from '../../../security-info/transitions/remove.ts';
import { useAccessPass } from '../../../security-info/transitions/use-access-pass.ts';
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

const appCode = generateSync({ secret, epoch: now.getTime() / 1000 });
const both = recordWith([appMethod(), emailMethod()]);

function methodIn(record: SecurityInfoRecord, id: string): Method | undefined {
  return record.methods.find((method) => method.id === id);
}

describe('proving', () => {
  test('an app sets its dates and uses its step up', () => {
    const next = nextOf(prove(act(), 'app', appCode)(both));
    expect(methodIn(next, 'app')).toMatchObject({
      verifiedAt: now,
      confirmedAt: now,
      lastUsedAt: now,
      lastStep: Math.floor(now.getTime() / 30_000),
    });
    const elsewhere = act({ flow: { id: 'other', proofs: [] } });
    expect(prove(elsewhere, 'app', appCode)(next)).toMatchObject({ result: { kind: 'wrong_code' } });
  });

  test('an address takes the code that went there', () => {
    const target = {
      purpose: 'prove',
      methodType: 'email',
      destinationHash: destinationHash(keys, 'ada@home.example'),
      channel: 'mail',
    } as const;
    const { next: issued, challenge } = issueChallenge(both, target, 'c1', now);
    const change = prove(act(), 'mail', codeOf(keys, 'ada', challenge))(issued);
    expect(methodIn(nextOf(change), 'mail')).toMatchObject({ verifiedAt: now, confirmedAt: now });
    expect(nextOf(change).challenges).toEqual([]);
  });

  test('confirms what an admin filled in, and makes count what an admin wanted anew', () => {
    const record = recordWith([appMethod({ ...prefilled, proveAnewAt: from(-1, 'hours') })]);
    const change = prove(act(), 'app', appCode)(record);
    expect(change).toMatchObject({ events: [{ type: 'method_confirmed' }] });
    expect(nextOf(change).oldestConfirmedAt).toEqual(now);
  });

  test('does not end a cooling-off', () => {
    const coolingOffUntilAt = from(3, 'hours');
    const next = nextOf(prove(act(), 'app', appCode)(recordWith([appMethod({ coolingOffUntilAt })])));
    expect(methodIn(next, 'app')?.coolingOffUntilAt).toEqual(coolingOffUntilAt);
  });

  test('clears a mark with the last method that it covers', () => {
    const record = recordWith([appMethod(), emailMethod({ confirmedAt: now })], {
      mark: { by: 'admin', at: from(-1, 'days') },
    });
    expect(nextOf(prove(act(), 'app', appCode)(record)).mark).toBeNull();
  });

  test('wrong is counted, the tenth tells the own mailbox, and the right code is refused from then on', () => {
    let record = both;
    for (let index = 1; index <= 10; index += 1) {
      const change = prove(act(), 'app', 'wrong')(record);
      const isLast = index === 10;
      expect(change).toMatchObject({
        result: { kind: 'wrong_code' },
        events: [{ type: isLast ? 'proofs_closed' : 'proof_refused' }],
      });
      if ('events' in change) expect(change.events[0]?.notify).toHaveLength(isLast ? 1 : 0);
      record = nextOf(change);
    }
    expect(refusalOf(prove(act(), 'app', appCode)(record))).toBe('too_many_wrong_proofs');
    const stranger = act({
      asker: { caller: 'stranger', callerAddress: null, clientId: null, locale: 'en' },
    });
    expect(prove(stranger, 'app', appCode)(record)).toMatchObject({ result: { kind: 'proved' } });
  });

  test.each([
    ['somebody else’s method', both, 'theirs'],
    ['one that was replaced', recordWith([appMethod({ replacedById: 'mail' }), emailMethod()]), 'app'],
  ])('%s is not found', (_, record, id) => {
    expect(refusalOf(prove(act(), id, appCode)(record))).toBe('method_not_found');
  });

  test('by the same form twice succeeds twice, for a minute and in this flow only', () => {
    const next = nextOf(prove(act(), 'app', appCode)(both));
    expect(prove(act({ now: from(60, 'seconds') }), 'app', appCode)(next)).toMatchObject({ unchanged: true });
    expect(prove(act({ now: from(61, 'seconds') }), 'app', appCode)(next)).toMatchObject({
      result: { kind: 'wrong_code' },
    });
  });
});

describe('‘looks good’', () => {
  const due = recordWith([appMethod({ confirmedAt: from(-200, 'days') }), emailMethod()]);
  const senders = { mail: true, sms: true, voice: true };

  test('confirms what is due and leaves its verification as it was', () => {
    const app = methodIn(nextOf(acknowledge(act(), 'app', senders)(due)), 'app');
    expect(app).toMatchObject({ confirmedAt: now, verifiedAt: from(-10, 'days') });
  });

  test('leaves alone what is not due', () => {
    expect(acknowledge(act(), 'mail', senders)(due)).toMatchObject({ unchanged: true });
  });

  test('is not enough where the policy wants proof', () => {
    const policy = policyWith({ review: 'prove' });
    expect(refusalOf(acknowledge(act({ policy }), 'app', senders)(due))).toBe('proof_required');
    const dueMail = recordWith([appMethod(), emailMethod({ confirmedAt: from(-200, 'days') })]);
    expect(refusalOf(acknowledge(act({ policy }), 'mail', senders)(dueMail))).toBe('proof_required');
  });

  test.each<[string, Method]>([
    ['prefilled', emailMethod({ ...prefilled, id: 'x' })],
    ['to be proved anew', appMethod({ id: 'x', proveAnewAt: now })],
    ['replaced', appMethod({ id: 'x', replacedById: 'app' })],
  ])('does not make count what does not: %s', (_, method) => {
    const record = recordWith([appMethod(), method], { mark: { by: 'admin', at: now } });
    expect(refusalOf(acknowledge(act(), 'x', senders)(record))).toBe('method_not_found');
  });
});

describe('removing', () => {
  const spare = recordWith([appMethod(), appMethod({ id: 'app2' }), emailMethod()]);
  const proven = act({}, [proofOf('mail')]);

  test('takes proof and tells the addresses, a removed one included', () => {
    expect(refusalOf(remove(act(), 'app2')(spare))).toBe('proof_required');
    const change = remove(proven, 'app2')(spare);
    expect(nextOf(change).methods.map(({ id }) => id)).toEqual(['app', 'mail']);
    if ('events' in change) expect(change.events[0]?.notify).toHaveLength(2);
    const policy = policyWith({ methodsToRegister: 1 });
    const mail = remove(act({ policy }, [proofOf('app')]), 'mail')(both);
    if ('events' in mail) expect(mail.events[0]?.notify).toHaveLength(2);
    expect(nextOf(mail).methods.map(({ id }) => id)).toEqual(['app']);
  });

  test('what the policy needs is refused', () => {
    expect(refusalOf(remove(proven, 'app')(both))).toBe('method_needed');
    expect(refusalOf(remove(proven, 'mail')(spare))).toBe('method_needed');
  });

  test('by proof of what is cooling off is refused', () => {
    expect(refusalOf(remove(act({}, [proofOf('mail', { coolingOff: true })]), 'app2')(spare))).toBe(
      'proof_required',
    );
  });

  test('the last one does not reopen first registration', () => {
    const record = recordWith([emailMethod(prefilled)], { firstMethodAt: null });
    expect(nextOf(remove(act({}, [passProof]), 'mail')(record))).toMatchObject({
      methods: [],
      firstMethodAt: now,
    });
  });
});

describe('an access pass', () => {
  const pass = generateAccessPass();
  const stored: AccessPass = {
    passHash: accessPassHash(keys, pass) ?? '',
    issuedAt: now,
    expiresAt: from(1, 'hours'),
    usedByFlowId: null,
  };
  const record = recordWith([emailMethod()], { accessPass: stored });

  test('is accepted once, in one flow; there, again', () => {
    const next = nextOf(useAccessPass(act(), pass.toLowerCase(), 'register')(record));
    expect(next.accessPass?.usedByFlowId).toBe('flow');
    expect(useAccessPass(act(), pass, 'register')(next)).toMatchObject({
      unchanged: true,
      result: 'accepted',
    });
    const elsewhere = act({ flow: { id: 'other', proofs: [] } });
    expect(useAccessPass(elsewhere, pass, 'register')(next)).toMatchObject({ result: 'wrong_code' });
  });

  test('tells every known address', () => {
    const change = useAccessPass(act(), pass, 'register')(record);
    if ('events' in change) expect(change.events[0]?.notify).toHaveLength(2);
    expect(change).toMatchObject({ events: [{ type: 'access_pass_used' }] });
  });

  test('expires', () => {
    expect(useAccessPass(act({ now: from(1, 'hours') }), pass, 'register')(record)).toMatchObject({
      result: 'wrong_code',
    });
  });

  test.each([
    ['another', generateAccessPass(), record],
    ['none at all', '', record],
    ['one where none was issued', pass, recordWith([])],
  ])('that is wrong (%s) counts as a wrong proof', (_, typed, before) => {
    const change = useAccessPass(act(), typed, 'register')(before);
    expect(change).toMatchObject({ result: 'wrong_code' });
    expect(nextOf(change).wrongProofs.signed_in).toHaveLength(1);
  });

  test('is not looked at once the counter is closed', () => {
    const wrongProofs = { stranger: [], known_browser: [], signed_in: Array.from({ length: 10 }, () => now) };
    expect(refusalOf(useAccessPass(act(), pass, 'register')({ ...record, wrongProofs }))).toBe(
      'too_many_wrong_proofs',
    );
  });
});
