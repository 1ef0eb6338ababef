/** The authentication e-mail: which addresses are one, which may not be registered, and what is shown of them. */
import { describe, expect, test } from 'vitest';
import { email, mailboxOf, normaliseEmailAddress } from '../../../security-info/methods/email.ts';
import { ada, policyWith } from '../sample-record.ts';

describe('an address', () => {
  test.each([
    ['ada@home.example', 'ada@home.example'],
    ['  Ada.Byron@HOME.Example ', 'ada.byron@home.example'],
    ['ada+codes@home.example', 'ada+codes@home.example'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ａｄａ＠ｈｏｍｅ．ｅｘａｍｐｌｅ', 'ada@home.example'],
    ['用户@例子.广告', '用户@xn--fsqu00a.xn--4rr70v'],
  ])('%s is kept as %s', (typed, kept) => {
    expect(normaliseEmailAddress(typed)).toBe(kept);
  });

  test.each([
    '',
    'ada',
    '@home.example',
    'ada@',
    'ada@localhost',
    'ada@127.0.0.1',
    'ada@[127.0.0.1]',
    'ada@0x7f.1',
    'a b@home.example',
    '"a b"@home.example',
    'ada@home.example, bob@home.example',
    'ada@home.example\nbcc: bob@home.example',
    'ada\r\n@home.example',
    'ada\u0000@home.example',
    '<ada@home.example>',
    'ada..b@home.example',
    '.ada@home.example',
    'ada@-home.example',
    'ada@home..example',
    'ada@home.example/path',
    'ada@home.example:25',
    'ada@home.example?x',
    'ada@home.example#x',
    'ada@home\n.example',
    `${'a'.repeat(65)}@home.example`,
    `ada@${'a'.repeat(64)}.example`,
    `ada@${'abc.'.repeat(70)}example`,
    '@'.repeat(100_000),
  ])('%j is none', (typed) => {
    expect(normaliseEmailAddress(typed)).toBeUndefined();
  });

  test('with a tag is of the same mailbox', () => {
    expect(mailboxOf('ada+one@home.example')).toBe(mailboxOf('ada@home.example'));
    expect(mailboxOf('ada+one+two@home.example')).toBe('ada@home.example');
    expect(mailboxOf('+ada@home.example')).not.toBe(mailboxOf('+bob@home.example'));
  });
});

describe('the form', () => {
  function problemOf(address: string, fields: Parameters<typeof ada>[0] = {}, domains: string[] = []) {
    const made = email.draft(
      { address },
      {
        account: ada(fields),
        policy: policyWith({ ownEmailDomains: ['corp.example', 'bücher.example'] }),
        channels: ['mail'],
        ownEmailDomains: domains,
        questionWords: () => [],
      },
    );
    return 'errors' in made ? made.errors.map(({ field, code }) => `${field}: ${code}`) : made.address;
  }

  test('takes another mailbox, in the one spelling', () => {
    expect(problemOf(' Ada@Home.Example')).toBe('ada@home.example');
  });

  test.each(['', '   '])('wants an address, not %j', (typed) => {
    expect(problemOf(typed)).toEqual(['address: required']);
  });

  test('wants one that mail can be sent to', () => {
    expect(problemOf('ada@home')).toEqual(['address: not_an_email_address']);
  });

  test.each(['ada@work.example', 'ADA@WORK.EXAMPLE', 'ada+codes@work.example', 'ａｄａ@work.example'])(
    'refuses the account’s own mailbox: %s',
    (typed) => {
      expect(problemOf(typed)).toEqual(['address: own_mailbox']);
    },
  );

  test('refuses the own mailbox when that one has a tag or another spelling', () => {
    expect(problemOf('ada@work.example', { mailbox: 'Ada+inbox@Work.Example' })).toEqual([
      'address: own_mailbox',
    ]);
    expect(problemOf('ada@xn--br-via.example', { mailbox: 'ada@bär.example' })).toEqual([
      'address: own_mailbox',
    ]);
  });

  test('refuses the address that is the login name, where the mailbox is unknown', () => {
    const account = { loginName: 'Ada@Sign.Example', mailbox: null };
    expect(problemOf('ada+x@sign.example', account)).toEqual(['address: own_mailbox']);
  });

  test.each(['bob@corp.example', 'bob@mail.corp.example', 'bob@xn--bcher-kva.example', 'bob@BÜCHER.example'])(
    'refuses a domain of the policy: %s',
    (typed) => {
      expect(problemOf(typed)).toEqual(['address: own_domain']);
    },
  );

  test('refuses a domain of the host, and not one that only ends alike', () => {
    expect(problemOf('bob@host.example', {}, ['Host.Example'])).toEqual(['address: own_domain']);
    expect(problemOf('bob@nothost.example', {}, ['host.example'])).toBe('bob@nothost.example');
  });
});

test.each([
  ['ada@home.example', 'a•••@home.example'],
  ['adab@home.example', 'a•••b@home.example'],
  ['a@home.example', 'a•••@home.example'],
  ['ab@home.example', 'a•••@home.example'],
  ['😀bcd@home.example', '😀•••d@home.example'],
])('shows %s as %s', (address, masked) => {
  expect(email.mask(address)).toBe(masked);
});
