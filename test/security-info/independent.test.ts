/** What 'independent' means, tried on records of all kinds: what may change the number of methods that count, and what may not. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../security-info/policy.ts';
import type { Method, MethodType } from '../../security-info/record.ts';
import { emptyMethod, methodTypes } from '../../security-info/record.ts';
import { countingMethods, independentCount, mayCount } from '../../security-info/status.ts';
import { isNeeded } from '../../security-info/transitions/remove.ts';
import { from, now, policyWith, recordWith } from './sample-record.ts';

const runs = { numRuns: 500 };
/** Few, so that some are shared; a mailbox and a telephone never have one digest. */
const hashes: Readonly<Record<MethodType, readonly (string | null)[]>> = {
  authenticator_app: [null],
  mobile_phone: ['phone 1', 'phone 2', 'phone 3'],
  alternate_phone: ['phone 1', 'phone 2', 'phone 3'],
  office_phone: ['phone 1', 'phone 2', 'phone 3'],
  email: ['mailbox 1', 'mailbox 2'],
  security_questions: [null],
};
const maybe = (...dates: readonly Date[]) => fc.constantFrom(null, ...dates);

/** A method in any state that a record can have it in. */
function someMethod(types: readonly MethodType[] = methodTypes): fc.Arbitrary<Method> {
  return fc.constantFrom(...types).chain((type) =>
    fc
      .record({
        id: fc.uuid(),
        addressHash: fc.constantFrom(...hashes[type]),
        answers: fc.array(fc.constant({ questionId: 'q', customText: null, answerHash: 'h' }), {
          maxLength: 5,
        }),
        prefilledAt: maybe(from(-20, 'days')),
        verifiedAt: maybe(from(-10, 'days'), now),
        proveAnewAt: maybe(from(-11, 'days'), from(-10, 'days'), from(-1, 'days')),
        coolingOffUntilAt: maybe(from(1, 'days')),
        replacedById: fc.constantFrom(null, null, null, 'successor'),
      })
      .map((fields) => ({ ...emptyMethod(fields.id, type), ...fields })),
  );
}

/** One that counts wherever its type is on offer. */
function countingMethod(types: readonly MethodType[] = methodTypes): fc.Arbitrary<Method> {
  return someMethod(types).map((method) => ({
    ...method,
    answers: Array.from({ length: 5 }, () => ({ questionId: 'q', customText: null, answerHash: 'h' })),
    verifiedAt: now,
    proveAnewAt: null,
    replacedById: null,
  }));
}

/** Of a type with addresses a record has one, besides those that were replaced. */
const someMethods = fc.uniqueArray(fc.oneof(someMethod(), countingMethod()), {
  maxLength: 8,
  selector: ({ id, type, addressHash, replacedById }) =>
    addressHash === null || replacedById !== null ? id : type,
});
const somePolicy: fc.Arbitrary<Partial<Policy>> = fc.record({
  methods: fc.shuffledSubarray([...methodTypes], { minLength: 1 }),
  questionsToRegister: fc.integer({ min: 3, max: 5 }),
  methodsToRegister: fc.integer({ min: 1, max: 6 }),
});

const every = policyWith({ methods: [...methodTypes] });

function count(methods: readonly Method[], policy: Partial<Policy> = every): number {
  return independentCount(countingMethods(methods, policyWith(policy)));
}

/** The most methods that can be picked, each of another type and with another address: tries every pick. */
function mostIndependent(counting: readonly Method[]): number {
  const [first, ...rest] = counting;
  if (first === undefined) return 0;
  const compatible = rest.filter(
    ({ type, addressHash }) =>
      type !== first.type && (addressHash === null || addressHash !== first.addressHash),
  );
  return Math.max(mostIndependent(rest), 1 + mostIndependent(compatible));
}

describe('the number of independent methods', () => {
  test('does not depend on the order in which they were registered', () => {
    const shuffled = someMethods.chain((methods) =>
      fc.shuffledSubarray(methods, { minLength: methods.length }).map((other) => ({ methods, other })),
    );
    fc.assert(
      fc.property(shuffled, somePolicy, ({ methods, other }, policy) => {
        expect(count(other, policy)).toBe(count(methods, policy));
      }),
      runs,
    );
  });

  test('is that of the most that differ in type and address', () => {
    fc.assert(
      fc.property(someMethods, somePolicy, (methods, policy) => {
        const counting = countingMethods(methods, policyWith(policy));
        expect(independentCount(counting)).toBe(mostIndependent(counting));
      }),
      runs,
    );
  });

  test('is never lowered by one more method, wherever it stands', () => {
    const added = fc.record({ methods: someMethods, at: fc.nat({ max: 8 }) });
    fc.assert(
      fc.property(added, somePolicy, ({ methods, at }, policy) => {
        const less = methods.toSpliced(at, 1);
        expect(count(methods, policy)).toBeGreaterThanOrEqual(count(less, policy));
      }),
      runs,
    );
  });

  test('does not depend on the order where a type has two telephones, nor is it less for the second', () => {
    const phone = (type: MethodType, addressHash: string): Method => ({
      ...emptyMethod(`${type} ${addressHash}`, type),
      addressHash,
      verifiedAt: now,
    });
    const [one, two] = [phone('mobile_phone', 'phone 1'), phone('mobile_phone', 'phone 2')];
    const other = phone('alternate_phone', 'phone 1');
    expect(count([two, other])).toBe(2);
    expect(count([two, one, other])).toBe(2);
    expect(count([one, two, other])).toBe(2);
  });

  test('is raised by at most one by one more method beside what counts', () => {
    fc.assert(
      fc.property(someMethods, someMethod(), (methods, more) => {
        // The first that counts alone brings in the questions that waited beside it.
        const step = count(methods) === 0 ? 2 : 1;
        expect(count([...methods, more]) - count(methods)).toBeLessThanOrEqual(step);
      }),
      runs,
    );
  });

  test('is never more than that of the types on offer', () => {
    fc.assert(
      fc.property(someMethods, somePolicy, (methods, policy) => {
        const types = new Set(methods.map(({ type }) => type));
        const offered = (policy.methods ?? []).filter((type) => types.has(type));
        expect(count(methods, policy)).toBeLessThanOrEqual(offered.length);
      }),
      runs,
    );
  });

  test.each(methodTypes)('has %s once, however many there are of it', (type) => {
    fc.assert(
      fc.property(fc.array(countingMethod([type]), { minLength: 1, maxLength: 6 }), (methods) => {
        expect(count(methods)).toBe(type === 'security_questions' ? 0 : 1);
      }),
    );
  });

  test('has one telephone once, whatever it is registered as', () => {
    const phones = fc.shuffledSubarray<MethodType>(['mobile_phone', 'alternate_phone', 'office_phone'], {
      minLength: 1,
    });
    fc.assert(
      fc.property(phones, fc.uuid(), (types, addressHash) => {
        const methods = types.map((type) => ({
          ...emptyMethod(type, type),
          addressHash,
          verifiedAt: now,
        }));
        expect(count(methods)).toBe(1);
      }),
    );
  });

  test('is 0 where there are questions alone, and theirs is one more beside any other', () => {
    const questions = fc.array(countingMethod(['security_questions']), { minLength: 1, maxLength: 3 });
    const others = methodTypes.filter((type) => type !== 'security_questions');
    fc.assert(
      fc.property(questions, countingMethod(others), (methods, other) => {
        expect(count(methods)).toBe(0);
        expect(count([...methods, other])).toBe(2);
        expect(count([other, ...methods])).toBe(2);
      }),
    );
  });
});

describe('a method that may not count', () => {
  test('changes nothing, wherever it stands', () => {
    fc.assert(
      fc.property(someMethods, someMethod(), fc.nat({ max: 8 }), somePolicy, (methods, more, at, policy) => {
        fc.pre(!mayCount(more, policyWith(policy)));
        expect(count(methods.toSpliced(at, 0, more), policy)).toBe(count(methods, policy));
      }),
      runs,
    );
  });

  test('is one that was not proved, was replaced, is not on offer, is wanted anew or is too little', () => {
    fc.assert(
      fc.property(someMethod(), somePolicy, (method, fields) => {
        const policy = policyWith(fields);
        const { verifiedAt, proveAnewAt, replacedById, type, answers } = method;
        const isProved = verifiedAt !== null && (proveAnewAt === null || verifiedAt > proveAnewAt);
        const isEnough = type !== 'security_questions' || answers.length >= policy.questionsToRegister;
        const isThere = replacedById === null && policy.methods.includes(type);
        expect(mayCount(method, policy)).toBe(isProved && isEnough && isThere);
      }),
      runs,
    );
  });

  test('does not let questions count beside it', () => {
    fc.assert(
      fc.property(countingMethod(['security_questions']), someMethod(), (questions, other) => {
        fc.pre(!mayCount(other, every));
        expect(count([questions, other])).toBe(0);
      }),
      runs,
    );
  });
});

describe('a method is needed', () => {
  test('exactly where the policy would lack something without it that it does not lack for another reason', () => {
    fc.assert(
      fc.property(someMethods, somePolicy, (methods, fields) => {
        const policy = policyWith(fields);
        const before = count(methods, policy);
        for (const { id } of methods) {
          const after = count(
            methods.filter((method) => method.id !== id),
            policy,
          );
          const isMissed = after < before && after < policy.methodsToRegister;
          expect(isNeeded(recordWith(methods), id, policy)).toBe(isMissed);
        }
      }),
      runs,
    );
  });

  test('never where one after the other could be removed and the policy were met still', () => {
    fc.assert(
      fc.property(someMethods, somePolicy, (methods, fields) => {
        const policy = policyWith(fields);
        fc.pre(count(methods, policy) >= policy.methodsToRegister);
        let left = methods;
        for (const { id } of methods) {
          if (!isNeeded(recordWith(left), id, policy)) left = left.filter((method) => method.id !== id);
        }
        expect(count(left, policy)).toBe(policy.methodsToRegister);
      }),
      runs,
    );
  });
});
