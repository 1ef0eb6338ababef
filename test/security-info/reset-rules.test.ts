/** What a reset takes: what is offered, what can prove, what is independent, and where it stands with which proofs. */
import { describe, expect, test } from 'vitest';
import { effectivePolicy } from '../../security-info/effective-policy.ts';
import { defaultPolicy, type EffectivePolicy, type Policy } from '../../security-info/policy.ts';
import type { FlowProof } from '../../security-info/ports.ts';
import { emptyMethod, type Method, type MethodType, methodTypes } from '../../security-info/record.ts';
import {
  firstGateOffers,
  methodsForReset,
  resetMinutes,
  resetProgress,
  resetProofs,
} from '../../security-info/reset-rules.ts';
import { addressHash } from '../../security-info/sealing.ts';
import {
  appMethod,
  emailMethod,
  from,
  keys,
  now,
  passProof,
  policyWith,
  prefilled,
  proofOf,
  recordWith,
} from './sample-record.ts';

const senders = { mail: true, sms: true, voice: true };
const everyType: Partial<Policy> = { methods: [...methodTypes] };
const twoGates = policyWith({ ...everyType, methodsToReset: 2 });

function phone(type: MethodType, number: string, fields: Partial<Method> = {}): Method {
  return {
    ...emptyMethod(type, type),
    addressHash: addressHash(keys, type, number),
    verifiedAt: from(-10, 'days'),
    confirmedAt: from(-10, 'days'),
    ...fields,
  };
}

function questions(count: number): Method {
  return {
    ...emptyMethod('questions', 'security_questions'),
    answers: Array.from({ length: count }, (_, at) => ({
      questionId: `q${at}`,
      customText: null,
      answerHash: `digest ${at}`,
    })),
    verifiedAt: from(-10, 'days'),
    confirmedAt: from(-10, 'days'),
  };
}

const idsFor = (methods: readonly Method[], policy: EffectivePolicy = policyWith(everyType)): string[] =>
  methodsForReset(recordWith(methods), policy, now).map(({ id }) => id);

function progress(methods: readonly Method[], proofs: readonly FlowProof[], policy = twoGates) {
  return resetProgress(recordWith(methods), proofs, policy, senders, now);
}

function choices(methods: readonly Method[], proved: string, policy = twoGates): string[] {
  const reached = progress(methods, [proofOf(proved)], policy);
  if (reached.kind !== 'second_gate') throw new Error(`not at the second gate but at '${reached.kind}'`);
  return reached.choices.map(({ id }) => id);
}

describe('the first gate offers', () => {
  const group = (methods: readonly MethodType[]): Policy => ({
    ...defaultPolicy(),
    id: 'staff',
    appliesToGroups: ['staff'],
    methods: [...methods],
  });
  const typesOf = (policies: { defaultPolicy: Policy; groupPolicies: Policy[] }, sending = senders) =>
    firstGateOffers(policies, sending).map(({ type }) => type);

  test('what any policy allows, whoever asks', () => {
    const defaults = { ...defaultPolicy(), methods: ['email' as const] };
    expect(typesOf({ defaultPolicy: defaults, groupPolicies: [group(['mobile_phone'])] })).toEqual([
      'mobile_phone',
      'email',
    ]);
  });

  test('no security questions, even where they are allowed', () => {
    const defaults = { ...defaultPolicy(), methods: [...methodTypes] };
    expect(typesOf({ defaultPolicy: defaults, groupPolicies: [] })).toEqual(
      methodTypes.filter((type) => type !== 'security_questions'),
    );
  });

  test('nothing that no code can reach, and each channel of any policy once', () => {
    const defaults = { ...defaultPolicy(), ...group(['mobile_phone', 'email']), appliesToGroups: [] };
    const smsOnly = { ...defaults, phoneChannels: ['sms' as const] };
    const voiceOnly = { ...group(['mobile_phone']), phoneChannels: ['voice' as const] };
    const policies = { defaultPolicy: smsOnly, groupPolicies: [voiceOnly] };
    expect(firstGateOffers(policies, { ...senders, mail: false })).toEqual([
      { type: 'mobile_phone', channels: ['sms', 'voice'] },
    ]);
    expect(typesOf(policies, { mail: false, sms: false, voice: false })).toEqual([]);
  });
});

describe('what can prove for a reset', () => {
  test('a verified method of an allowed type', () => {
    expect(idsFor([appMethod(), emailMethod()])).toEqual(['app', 'mail']);
  });

  test('not one of a type that the policy does not allow any more', () => {
    expect(idsFor([appMethod(), emailMethod()], policyWith({ methods: ['email'] }))).toEqual(['mail']);
  });

  test('not one that is only prefilled', () => {
    expect(idsFor([emailMethod(prefilled)])).toEqual([]);
  });

  test('not one that an admin wants proved anew, until it is', () => {
    expect(idsFor([emailMethod({ proveAnewAt: from(-1, 'days') })])).toEqual([]);
    expect(idsFor([emailMethod({ proveAnewAt: from(-20, 'days') })])).toEqual(['mail']);
  });

  test('not questions that are fewer than the policy asks for', () => {
    expect(idsFor([questions(3)], policyWith({ ...everyType, questionsToRegister: 5 }))).toEqual([]);
    expect(idsFor([questions(5)], policyWith({ ...everyType, questionsToRegister: 5 }))).toEqual([
      'questions',
    ]);
  });

  test('not one in its cooling-off, and again in the moment in which that ends', () => {
    expect(idsFor([emailMethod({ coolingOffUntilAt: from(1, 'seconds') })])).toEqual([]);
    expect(idsFor([emailMethod({ coolingOffUntilAt: now })])).toEqual(['mail']);
  });

  test('what was replaced, as long as what replaced it is cooling off, and no longer', () => {
    const old = emailMethod({ id: 'old', replacedById: 'new' });
    const successor = (until: Date | null) =>
      emailMethod({ id: 'new', coolingOffUntilAt: until }, 'new@home.example');
    expect(idsFor([old, successor(from(1, 'hours'))])).toEqual(['old']);
    expect(idsFor([old, successor(from(-1, 'seconds'))])).toEqual(['new']);
    expect(idsFor([old, successor(null)])).toEqual(['new']);
    expect(idsFor([old])).toEqual([]);
  });

  test('what was replaced by one that was replaced itself: neither of them once the last has cooled off', () => {
    const first = emailMethod({ id: 'first', replacedById: 'second' }, 'first@home.example');
    const second = emailMethod({ id: 'second', replacedById: 'third' }, 'second@home.example');
    const third = emailMethod({ id: 'third' }, 'third@home.example');
    expect(idsFor([first, second, third])).toEqual(['third']);
  });
});

describe('the second gate', () => {
  test('is not there where the policy asks for one method', () => {
    expect(progress([appMethod(), emailMethod()], [proofOf('app')], policyWith(everyType)).kind).toBe('open');
  });

  test('offers what is registered and of another type', () => {
    const apps = [appMethod(), appMethod({ id: 'other-app' })];
    expect(choices([...apps, emailMethod(), questions(5)], 'app')).toEqual(['mail', 'questions']);
  });

  test('offers no other type on the line that was proved', () => {
    const one = '+12025550101';
    const methods = [phone('mobile_phone', one), phone('alternate_phone', one), phone('office_phone', one)];
    expect(choices(methods, 'mobile_phone')).toEqual([]);
    expect(
      choices([phone('mobile_phone', one), phone('alternate_phone', '+12025550102')], 'mobile_phone'),
    ).toEqual(['alternate_phone']);
  });

  test('offers nothing that no code can reach now', () => {
    const reached = resetProgress(
      recordWith([appMethod(), emailMethod()]),
      [proofOf('app')],
      twoGates,
      { ...senders, mail: false },
      now,
    );
    expect(reached).toEqual({ kind: 'second_gate', choices: [] });
  });

  test('is not passed by a second method of the same type, nor by the same method again', () => {
    const methods = [appMethod(), appMethod({ id: 'other-app' }), emailMethod()];
    expect(progress(methods, [proofOf('app'), proofOf('other-app')]).kind).toBe('second_gate');
    expect(progress(methods, [proofOf('app'), proofOf('app')]).kind).toBe('second_gate');
    expect(progress(methods, [proofOf('app'), proofOf('mail')]).kind).toBe('open');
  });

  test('is passed by questions, which open nothing by themselves', () => {
    const methods = [appMethod(), questions(5)];
    expect(progress(methods, [proofOf('questions')]).kind).toBe('first_gate');
    expect(progress(methods, [proofOf('questions')], policyWith(everyType)).kind).toBe('first_gate');
    expect(progress(methods, [proofOf('app'), proofOf('questions')]).kind).toBe('open');
  });
});

describe('an admin', () => {
  const policies = {
    defaultPolicy: { ...defaultPolicy(), ...everyType, methodsToReset: 1 },
    groupPolicies: [],
  };
  const ofAdmin = effectivePolicy(policies, { accountId: 'ada', groups: [], isAdmin: true });

  test('always passes two gates', () => {
    expect(choices([appMethod(), emailMethod()], 'app', ofAdmin)).toEqual(['mail']);
  });

  test('never answers questions', () => {
    expect(choices([appMethod(), questions(5)], 'app', ofAdmin)).toEqual([]);
    const record = recordWith([appMethod(), questions(5)]);
    const kept = resetProofs(record, { id: 'flow', proofs: [proofOf('questions')] }, ofAdmin, now);
    expect(kept).toEqual([]);
  });
});

describe('the proofs of a reset hold', () => {
  const record = recordWith([appMethod(), emailMethod()]);
  const held = (proofs: readonly FlowProof[], of = record) =>
    resetProofs(of, { id: 'flow', proofs }, policyWith(everyType), now).length;

  test(`for ${resetMinutes} minutes`, () => {
    expect(held([proofOf('app', { at: from(-resetMinutes, 'minutes') })])).toBe(1);
    expect(held([proofOf('app', { at: from(-resetMinutes * 60 - 1, 'seconds') })])).toBe(0);
  });

  test('while what was proved is there and can prove', () => {
    expect(held([proofOf('gone')])).toBe(0);
    const wanted = recordWith([appMethod({ proveAnewAt: from(-1, 'minutes') })]);
    expect(held([proofOf('app')], wanted)).toBe(0);
    const replaced = recordWith([appMethod({ replacedById: 'new' }), appMethod({ id: 'new' })]);
    expect(held([proofOf('app')], replaced)).toBe(0);
  });

  test('of a pass, only in the flow that used it and until another is issued', () => {
    const pass = {
      passHash: 'digest',
      issuedAt: now,
      expiresAt: from(1, 'hours'),
      usedByFlowId: null,
      resetByFlowId: 'flow',
    };
    expect(held([passProof], recordWith([], { accessPass: pass }))).toBe(1);
    expect(held([passProof], recordWith([], { accessPass: { ...pass, resetByFlowId: 'other' } }))).toBe(0);
    expect(held([passProof], recordWith([], { accessPass: { ...pass, resetByFlowId: null } }))).toBe(0);
    expect(held([passProof], recordWith([]))).toBe(0);
  });

  test('and a pass opens both gates', () => {
    expect(progress([], [passProof]).kind).toBe('open');
    expect(progress([], []).kind).toBe('first_gate');
  });
});
