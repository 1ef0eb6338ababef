/** Seeding the demo accounts, on stores in memory: what they have, and that a second start changes nothing. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { NewDemoAccount, SeedTarget } from '../../demo/accounts.ts';
import {
  demoAccounts,
  demoAuthenticators,
  recoveryMailboxOf,
  seedDemoAccounts,
} from '../../demo/accounts.ts';
import { showCode } from '../../demo/mailbox/authenticator.ts';
import { createDataKeys } from '../../models/field-encryption.ts';
import type { Account } from '../../security-info/ports.ts';
import type { SecurityInfoRecord } from '../../security-info/record.ts';
import { emptyRecord } from '../../security-info/record.ts';

const now = new Date('2027-03-01T12:00:00Z');

function createTarget() {
  const accounts = new Map<string, Account>();
  const records = new Map<string, SecurityInfoRecord>();
  const created: NewDemoAccount[] = [];
  const read = (id: string): SecurityInfoRecord => records.get(id) ?? emptyRecord(id);
  const target: SeedTarget = {
    keys: createDataKeys({ keys: [{ id: 'k1', key: randomBytes(32) }], hashKey: randomBytes(32) }),
    clock: { now: () => now },
    findByLoginName: async (loginName) => accounts.get(loginName),
    create: async (fresh) => {
      created.push(fresh);
      const { password: _, ...known } = fresh;
      const account: Account = {
        ...known,
        id: `id-of-${fresh.loginName}`,
        locale: null,
        groups: [],
        isDisabled: false,
        mustChangePassword: false,
        passwordChangedAt: now,
      };
      accounts.set(fresh.loginName, account);
      return account;
    },
    records: {
      read: async (id) => read(id),
      change: async (id, transition) => {
        const changed = transition(read(id));
        if ('refusal' in changed) throw changed.refusal;
        if ('next' in changed) records.set(id, changed.next);
        return changed.result;
      },
    },
  };
  return { target, records, created, read };
}

test('makes one account of each kind, the first with nothing registered', async () => {
  const { target, read, created } = createTarget();
  await seedDemoAccounts(target);
  expect(created.map(({ loginName }) => loginName)).toEqual(demoAccounts.map(({ loginName }) => loginName));
  expect(read('id-of-new').methods).toEqual([]);
  expect(read('id-of-short').methods.map(({ type }) => type)).toEqual(['email']);
  expect(read('id-of-current').methods.map(({ type }) => type)).toEqual(['authenticator_app', 'email']);
  expect(created.filter(({ isAdmin }) => isAdmin).map(({ loginName }) => loginName)).toEqual(['admin']);
  const daysSince = (date: Date | null | undefined): number =>
    (now.getTime() - (date?.getTime() ?? 0)) / 86_400_000;
  expect(daysSince(read('id-of-expired').oldestConfirmedAt)).toBe(200);
  expect(daysSince(read('id-of-current').oldestConfirmedAt)).toBe(10);
});

test('seals what it registers, each to its account and method', async () => {
  const { target, read } = createTarget();
  await seedDemoAccounts(target);
  const record = read('id-of-current');
  expect(JSON.stringify(record)).not.toContain('@');
  const email = record.methods.find(({ type }) => type === 'email');
  expect(target.keys.open(email?.addressCiphertext ?? '', `id-of-current:${email?.id}:address`)).toBe(
    recoveryMailboxOf({ givenName: 'Clara' }),
  );
  expect(email?.addressHash).toBe(target.keys.hash('clara@home.example', 'mailbox'));
});

test('a second start leaves everything as it has become', async () => {
  const { target, records, created, read } = createTarget();
  await seedDemoAccounts(target);
  const short = read('id-of-short');
  records.set('id-of-short', { ...short, methods: [] });
  const before = structuredClone([...records]);
  const count = created.length;
  await seedDemoAccounts(target);
  expect([...records]).toEqual(before);
  expect(created.length).toBe(count);
});

test('finds the authenticator apps of the demo accounts, whose codes the mailbox shows', async () => {
  const { target } = createTarget();
  await seedDemoAccounts(target);
  const found = await demoAuthenticators(target);
  expect(found.map(({ loginName }) => loginName)).toEqual(['expired', 'current', 'admin']);
  for (const { secret } of found) expect(showCode(secret, now)?.code).toMatch(/^\d{6}$/);
  expect(new Set(found.map(({ secret }) => secret)).size).toBe(3);
});
