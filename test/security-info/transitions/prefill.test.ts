/** What an admin fills in: what it takes the place of, when nothing changes, whom it tells, what it may not be. */
import { describe, expect, test } from 'vitest';
import { adminEvent } from '../../../cli/admin-event.ts';
import type { Account } from '../../../security-info/ports.ts';
import type { Method, MethodType, SecurityInfoRecord } from '../../../security-info/record.ts';
import { emptyMethod } from '../../../security-info/record.ts';
import { addressHash, openAddress, openNoticeAddress, sealAddress } from '../../../security-info/sealing.ts';
import { needOf } from '../../../security-info/status.ts';
import { prefill } from '../../../security-info/transitions/prefill.ts';
import {
  ada,
  appMethod,
  emailMethod,
  from,
  keys,
  nextOf,
  now,
  policyWith,
  recordWith,
  refusalOf,
} from '../sample-record.ts';

const number = '+33612345678';
const office = '+33199001234;ext=12';
const policy = policyWith({
  methods: ['authenticator_app', 'mobile_phone', 'alternate_phone', 'office_phone', 'email'],
});
const event = adminEvent('method_prefilled', now, { accountId: 'ada' });

function fill(
  record: SecurityInfoRecord,
  type: MethodType,
  address: string,
  { account = ada(), methodId = 'new' }: { account?: Account; methodId?: string } = {},
) {
  return prefill({ account, policy, keys, now, methodId, type, address }, event)(record);
}

/** A telephone that was proved ten days ago. */
function phone(type: MethodType, address: string, fields: Partial<Method> = {}): Method {
  return {
    ...emptyMethod(type, type),
    addressCiphertext: sealAddress(keys, 'ada', type, address),
    addressHash: addressHash(keys, type, address),
    verifiedAt: from(-10, 'days'),
    confirmedAt: from(-10, 'days'),
    ...fields,
  };
}

function toldBy(change: ReturnType<typeof fill>): string[][] {
  if (!('next' in change)) return [];
  return change.events.flatMap(({ id, notify }) =>
    notify.map(({ channel, addressCiphertext, locale }) => [
      channel,
      openNoticeAddress(keys, id, addressCiphertext),
      locale,
    ]),
  );
}

describe('a method that is filled in', () => {
  test('is there, sealed, and not proved', () => {
    const change = fill(recordWith([]), 'mobile_phone', number);
    const next = nextOf(change);
    const [method] = next.methods;
    if (method === undefined) throw new Error('nothing was filled in');
    expect(method).toEqual({
      ...emptyMethod('new', 'mobile_phone'),
      addressCiphertext: method.addressCiphertext,
      addressHash: addressHash(keys, 'mobile_phone', number),
      prefilledAt: now,
    });
    expect(openAddress(keys, 'ada', method)).toBe(number);
    expect(JSON.stringify(change)).not.toContain('612345678');
    expect('result' in change && change.result).toBe(true);
    expect('events' in change && change.events).toMatchObject([
      { id: event.id, type: 'method_prefilled', methodType: 'mobile_phone', actor: 'cli' },
    ]);
  });

  test('ends first registration, and counts for nothing yet', () => {
    const next = nextOf(fill(recordWith([]), 'mobile_phone', number));
    expect(next).toMatchObject({ firstMethodAt: now, oldestConfirmedAt: null, policyId: 'default' });
    expect(needOf(policy, next, now)).toMatchObject({ kind: 'registration_required', counted: 0 });
  });

  test('takes the place of every one of its type, proved or not, and of nothing else', () => {
    const before = recordWith([
      appMethod(),
      emailMethod(),
      emailMethod({ id: 'old', replacedById: 'mail' }, 'ada@old.example'),
      phone('mobile_phone', number),
    ]);
    const next = nextOf(fill(before, 'email', 'ada@other.example'));
    expect(next.methods.map(({ id }) => id)).toEqual(['app', 'mobile_phone', 'new']);
  });
});

describe('filled in twice', () => {
  test('it stays as it is, its proof too', () => {
    const once = nextOf(fill(recordWith([]), 'email', 'ada@other.example'));
    expect(fill(once, 'email', 'ada@other.example', { methodId: 'newer' })).toEqual({
      unchanged: true,
      result: false,
    });
    const proved = recordWith([phone('mobile_phone', number)]);
    expect(fill(proved, 'mobile_phone', number)).toEqual({ unchanged: true, result: false });
  });

  test('with another extension or spelling it is another', () => {
    const before = recordWith([phone('office_phone', office)]);
    const next = nextOf(fill(before, 'office_phone', '+33199001234;ext=13'));
    expect(next.methods).toMatchObject([{ id: 'new', verifiedAt: null }]);
  });

  test('what has been replaced by its user since is filled in again', () => {
    const replaced = emailMethod({ id: 'old', replacedById: 'mail' }, 'ada@old.example');
    const successor = emailMethod({ coolingOffUntilAt: from(1, 'hours') });
    const next = nextOf(fill(recordWith([replaced, successor]), 'email', 'ada@old.example'));
    expect(next.methods).toMatchObject([{ id: 'new', prefilledAt: now, verifiedAt: null }]);
  });
});

describe('is told', () => {
  test('to the own mailbox and every address that was known, by its own channel, and not to the new one', () => {
    const before = recordWith([
      appMethod(),
      emailMethod(),
      phone('mobile_phone', number),
      phone('office_phone', office, { verifiedAt: null, prefilledAt: now }),
    ]);
    expect(toldBy(fill(before, 'email', 'ada@other.example'))).toEqual([
      ['mail', 'ada@work.example', 'en'],
      ['mail', 'ada@home.example', 'en'],
      ['sms', number, 'en'],
      ['voice', office, 'en'],
    ]);
  });

  test('in the language of the account, to nobody where nothing is known', () => {
    const french = { account: ada({ locale: 'fr' }) };
    expect(toldBy(fill(recordWith([]), 'mobile_phone', number, french))).toEqual([
      ['mail', 'ada@work.example', 'fr'],
    ]);
    const nobody = { account: ada({ mailbox: null }) };
    expect(toldBy(fill(recordWith([]), 'mobile_phone', number, nobody))).toEqual([]);
  });
});

describe('the office number', () => {
  test('is refused for any other telephone, whatever the extension', () => {
    const before = recordWith([phone('office_phone', office)]);
    for (const type of ['mobile_phone', 'alternate_phone'] as const) {
      const change = fill(before, type, '+33199001234');
      expect(refusalOf(change)).toBe('invalid_input');
      expect(change).toMatchObject({ refusal: { fields: [{ field: 'number', code: 'office_number' }] } });
    }
    expect(refusalOf(fill(before, 'mobile_phone', number))).toBeNull();
  });

  test('is refused where it is that of a phone that is the user’s, proved or not', () => {
    for (const fields of [{}, { verifiedAt: null, confirmedAt: null, prefilledAt: now }]) {
      const before = recordWith([phone('mobile_phone', '+33199001234', fields)]);
      expect(fill(before, 'office_phone', office)).toMatchObject({
        refusal: { fields: [{ field: 'number', code: 'number_of_another_phone' }] },
      });
    }
    const replaced = phone('mobile_phone', '+33199001234', { replacedById: 'alternate_phone' });
    const before = recordWith([replaced, phone('alternate_phone', number)]);
    expect(refusalOf(fill(before, 'office_phone', office))).toBeNull();
  });

  test('is not refused for the office itself', () => {
    const before = recordWith([phone('mobile_phone', number), phone('office_phone', '+33199001234')]);
    expect(nextOf(fill(before, 'office_phone', office)).methods).toHaveLength(2);
  });
});
