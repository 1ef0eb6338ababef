/** What a draft must be to become a method: in which order it is judged, and which addresses are refused. */
import { describe, expect, test } from 'vitest';
import { InvalidInput, SecurityInfoError } from '../../security-info/errors.ts';
import { emptyDraft } from '../../security-info/methods/contract.ts';
import type { FlowProof } from '../../security-info/ports.ts';
import type { Method, MethodType, SecurityInfoRecord } from '../../security-info/record.ts';
import { emptyMethod, methodTypes } from '../../security-info/record.ts';
import { addressField, checkRegistration, isOffice } from '../../security-info/registration-rules.ts';
import { addressHash } from '../../security-info/sealing.ts';
import { act, appMethod, emailMethod, from, keys, prefilled, proofOf, recordWith } from './sample-record.ts';

const number = '+33612345678';
const proof = proofOf('app');

/** A telephone that was proved ten days ago. */
function phone(type: MethodType, address = number, fields: Partial<Method> = {}): Method {
  return {
    ...emptyMethod(type, type),
    addressHash: addressHash(keys, type, address),
    verifiedAt: from(-10, 'days'),
    confirmedAt: from(-10, 'days'),
    ...fields,
  };
}

/** On what grounds it may, or the refusal's code, or what is wrong at which field. */
function judge(
  record: SecurityInfoRecord,
  draft: { readonly type: MethodType; readonly address?: string; readonly replaces?: string },
  proofs: readonly FlowProof[] = [proof],
): string {
  const { type, address = null, replaces = null } = draft;
  try {
    return checkRegistration(act({}, proofs), record, { ...emptyDraft, type, address, replaces });
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    if (error instanceof SecurityInfoError) return error.code;
    throw error;
  }
}

const withApp = (...methods: Method[]): SecurityInfoRecord => recordWith([appMethod(), ...methods]);

describe('an address', () => {
  test('may be as another type registers it: it counts once', () => {
    expect(judge(withApp(phone('mobile_phone')), { type: 'alternate_phone', address: number })).toBe('proof');
    expect(judge(withApp(phone('alternate_phone')), { type: 'mobile_phone', address: number })).toBe('proof');
  });

  test.each(['mobile_phone', 'alternate_phone'] as const)('of the office is refused for a %s', (type) => {
    for (const fields of [{}, prefilled, { proveAnewAt: from(-1, 'days') }]) {
      const record = withApp(phone('office_phone', `${number};ext=12`, fields));
      expect(judge(record, { type, address: number })).toBe('number: office_number');
      expect(judge(record, { type, address: '+33612345679' })).toBe('proof');
    }
  });

  test('of the office is refused in the place of another too, which may be it already', () => {
    const record = withApp(phone('office_phone'), phone('mobile_phone'));
    expect(judge(record, { type: 'mobile_phone', address: number, replaces: 'mobile_phone' })).toBe(
      'number: office_number',
    );
  });

  test('that is registered is refused in its own place, in whatever spelling', () => {
    const record = withApp(emailMethod());
    const replace = (address: string) => judge(record, { type: 'email', address, replaces: 'mail' });
    expect(replace('ada@home.example')).toBe('address: already_registered');
    expect(replace('ada+tag@home.example')).toBe('address: already_registered');
    expect(replace('bob@home.example')).toBe('proof');
  });

  test('that an admin filled in may be registered in its place', () => {
    const record = withApp(emailMethod(prefilled));
    expect(judge(record, { type: 'email', address: 'ada@home.example', replaces: 'mail' })).toBe('proof');
  });

  test('that was replaced may come back', () => {
    const successor = emailMethod({ id: 'new' }, 'new@home.example');
    const record = withApp(emailMethod({ replacedById: 'new' }), successor);
    expect(judge(record, { type: 'email', address: 'ada@home.example', replaces: 'new' })).toBe('proof');
  });
});

describe('the limit of a type', () => {
  test.each(methodTypes.filter((type) => type !== 'authenticator_app'))('is one %s', (type) => {
    const record = withApp({ ...emptyMethod('one', type), verifiedAt: from(-1, 'days') });
    expect(judge(record, { type })).toBe('method_limit_reached');
    expect(judge(record, { type, replaces: 'one' })).toBe('proof');
  });

  test('is five apps, those not counted that were replaced', () => {
    const apps = ['app', 'b', 'c', 'd'].map((id) => appMethod({ id }));
    const replaced = appMethod({ id: 'old', replacedById: 'd' });
    const type = 'authenticator_app';
    expect(judge(recordWith([...apps, replaced]), { type })).toBe('proof');
    expect(judge(recordWith([...apps, appMethod({ id: 'e' })]), { type })).toBe('method_limit_reached');
    expect(judge(recordWith([...apps, appMethod({ id: 'e' })]), { type, replaces: 'c' })).toBe('proof');
  });

  test('holds for one that nobody has proved: it is to be corrected, not joined', () => {
    expect(
      judge(recordWith([emailMethod(prefilled)]), { type: 'email', address: 'b@home.example' }, []),
    ).toBe('method_limit_reached');
  });
});

describe('what is replaced', () => {
  test('must be there', () => {
    expect(judge(withApp(), { type: 'email', address: 'b@home.example', replaces: 'gone' })).toBe(
      'method_not_found',
    );
  });

  test('must not have been replaced already', () => {
    const record = withApp(
      emailMethod({ replacedById: 'new' }),
      emailMethod({ id: 'new' }, 'n@home.example'),
    );
    expect(judge(record, { type: 'email', address: 'b@home.example', replaces: 'mail' })).toBe(
      'method_not_found',
    );
  });
});

describe('without proof', () => {
  test('nothing is told of what is registered', () => {
    const record = withApp(emailMethod(), phone('office_phone'), phone('mobile_phone'));
    const drafts = [
      { type: 'email', address: 'ada@home.example' },
      { type: 'email', address: 'b@home.example' },
      { type: 'email', address: 'ada@home.example', replaces: 'mail' },
      { type: 'alternate_phone', address: number },
      { type: 'alternate_phone', address: '+33612345679' },
      { type: 'authenticator_app' },
    ] as const;
    expect(new Set(drafts.map((draft) => judge(record, draft, [])))).toEqual(new Set(['proof_required']));
  });

  test('a first registration is free, and one beside what an admin filled in is not first', () => {
    const draft = { type: 'alternate_phone', address: number } as const;
    expect(judge(recordWith([]), draft, [])).toBe('first_registration');
    expect(judge(recordWith([emailMethod(prefilled)]), draft, [])).toBe('prefilled_only');
  });
});

test('the office phone alone is an office’s', () => {
  expect(methodTypes.filter((type) => isOffice({ type }))).toEqual(['office_phone']);
});

test('what is wrong with an address is told at the field that it is typed into', () => {
  expect(methodTypes.filter((type) => addressField(type) === 'address')).toEqual(['email']);
});
