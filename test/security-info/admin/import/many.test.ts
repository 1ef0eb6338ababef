/** Twenty thousand rows: the counts are right, and no more than a few chunks of them are in memory at once. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImportPorts } from '../../../../security-info/admin/import/import-ports.ts';
import { createImport, importProblems } from '../../../../security-info/admin/import/imports.ts';
import { openRows } from '../../../../security-info/admin/import/rows.ts';
import { runImport } from '../../../../security-info/admin/import/run-import.ts';
import type { Account } from '../../../../security-info/ports.ts';
import { emptyRecord, type SecurityInfoRecord } from '../../../../security-info/record.ts';
import { foldLoginName } from '../../../../security-info/throttles.ts';
import { admin, openImports, options, silent, type TestImports } from './open-import.ts';

const rows = 20_000;
let world: TestImports;
beforeEach(async () => {
  world = await openImports();
});
afterEach(() => world.models.close());

/** People in memory: what is looked at here is the import and its own store. */
function peopleInMemory(ports: ImportPorts): {
  ports: ImportPorts;
  records: Map<string, SecurityInfoRecord>;
} {
  const accounts = new Map<string, Account>();
  const records = new Map<string, SecurityInfoRecord>();
  const read = (id: string): SecurityInfoRecord => records.get(id) ?? emptyRecord(id);
  return {
    records,
    ports: {
      ...ports,
      records: {
        ...ports.records,
        read: async (id) => read(id),
        drainEvents: async () => 0,
        change: async (id, transition) => {
          const change = transition(read(id));
          if ('refusal' in change) throw change.refusal;
          if ('next' in change) records.set(id, { ...change.next, version: change.next.version + 1 });
          return change.result;
        },
      },
      directory: {
        ...ports.directory,
        findByLoginName: async (name) => accounts.get(foldLoginName(name)),
        findById: async () => undefined,
        ensurePerson: async (person) => {
          const passwords = { mustChangePassword: false, passwordChangedAt: null };
          const account = { ...person, ...passwords, isAdmin: false, isDisabled: false };
          accounts.set(foldLoginName(person.loginName), account);
          return account;
        },
      },
    },
  };
}

test('twenty thousand rows, some bad and some of one person twice, a few chunks in memory', async () => {
  const { ports, records } = peopleInMemory(world.ports);
  let given = 0;
  let kept = 0;
  let mostWaiting = 0;
  async function* file(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('user,email\r\n');
    while (given < rows) {
      const part = Array.from({ length: 50 }, (_, place) => {
        const n = given + place;
        // Every thousandth is no address; the last of every thousand is the person of the first row of the file.
        return n % 1_000 === 500 ? `p${n},nowhere` : `p${n % 1_000 === 999 ? 0 : n},p${n}@home.example`;
      });
      given += part.length;
      mostWaiting = Math.max(mostWaiting, given - kept);
      yield Buffer.from(`${part.join('\r\n')}\r\n`);
    }
  }
  const counting: ImportPorts = {
    ...ports,
    imports: {
      ...ports.imports,
      putChunk: async (importId, number, ciphertext, expiresAt) => {
        kept += openRows(ports.keys, importId, number, ciphertext).length;
        await ports.imports.putChunk(importId, number, ciphertext, expiresAt);
      },
    },
  };
  const { id, chunkCount } = await createImport(counting, admin, file(), options);
  expect([kept, chunkCount]).toEqual([rows, rows / 100]);
  expect(mostWaiting).toBeLessThan(4_000);
  const job = await runImport(ports, id, silent);
  expect(job).toMatchObject({
    state: 'done',
    counts: { rows, checked: rows, bad: 40, created: rows - 40, refused: 0 },
  });
  expect(records.size).toBe(rows - 40);
  const { items } = await importProblems(ports, id, { cursor: null, limit: 3 });
  expect(items).toMatchObject([
    { line: 502, column: 'email', code: 'not_an_email_address' },
    { line: 1_001, column: 'user', code: 'person_twice' },
    { line: 1_502, column: 'email', code: 'not_an_email_address' },
  ]);
}, 120_000);
