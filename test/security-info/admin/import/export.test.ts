/** An export: everybody in clear, guarded against formulas, and nothing changes when it is imported again. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exportPeople } from '../../../../security-info/admin/import/export-people.ts';
import type { MethodType } from '../../../../security-info/record.ts';
import { emptyMethod } from '../../../../security-info/record.ts';
import { addressHash, sealAddress } from '../../../../security-info/sealing.ts';
import { admin, openImports, type TestImports } from './open-import.ts';

let world: TestImports;
beforeEach(async () => {
  world = await openImports();
});
afterEach(() => world.models.close());

async function exported(group?: string): Promise<string> {
  let text = '';
  for await (const part of exportPeople(world.ports, admin, { group })) text += part;
  return text;
}

test('shows everybody, or one group, in clear; the audit log knows before anything is given', async () => {
  const lines = exportPeople(world.ports, admin);
  expect((await lines.next()).value).toMatch(/^user,displayName,.*,country\r\n$/);
  expect(await world.audit()).toEqual(['methods_exported']);
  await lines.return();
  await world.run(
    'user,displayName,groups,officePhone,email\nada,"=Ada, C.",staff;a\\;b,+33 1 99 00 12 34 x12,a@home.example\nbob,,,,\n',
  );
  const rows = (await exported()).split('\r\n').sort();
  expect(rows).toContain(
    `ada,"'=Ada, C.",,,,,"staff;a\\;b",,,'+33199001234;ext=12,a@home.example,`.replace(
      "'+33199001234;ext=12",
      `"'+33199001234;ext=12"`,
    ),
  );
  expect(rows).toContain('bob,bob,,,,,,,,,,');
  expect((await exported('a;b')).split('\r\n').filter(Boolean)).toHaveLength(2);
});

const name = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...`'=+-@\t\r\n;,"\\ a`) }))
  .filter((text) => text.trim() !== '' && !text.includes('\0') && !/\p{Cs}/u.test(text));
/** Some of them no form would take: whoever wrote them, they stay. */
const addresses: Readonly<Partial<Record<MethodType, fc.Arbitrary<string>>>> = {
  office_phone: fc.constantFrom('+33199001234;ext=12', '+33142345678'),
  mobile_phone: fc.constantFrom('+33612345678', '+881612345678', '+999'),
  alternate_phone: fc.constantFrom('+33142345678', '+4930123456'),
  email: fc.constantFrom('a@home.example', '=a@work.example', 'odd'),
};
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const person = fc.record({
  profile: fc.record({
    ...{ displayName: name, givenName: optional(name), familyName: optional(name), mailbox: optional(name) },
    ...{ locale: fc.constantFrom(null, 'en', 'EN-gb', 'nonsense'), groups: fc.uniqueArray(name) },
  }),
  methods: fc.record(addresses, { requiredKeys: [] }),
});

async function put({ profile, methods }: typeof person extends fc.Arbitrary<infer Person> ? Person : never) {
  const id = randomUUID();
  const { ports, models } = world;
  await ports.directory.ensurePerson?.({ ...profile, id, loginName: `=${id}` });
  await ports.records.change(id, (record) => {
    const made = Object.entries(methods).map(([type, address]) => {
      const known = emptyMethod(`${type}-1`, type as MethodType);
      return {
        ...known,
        addressCiphertext: sealAddress(models.keys, id, known.id, address),
        addressHash: addressHash(models.keys, known.type, address),
        verifiedAt: models.clock.now(),
      };
    });
    return { next: { ...record, methods: made }, events: [], result: undefined };
  });
}

test('imported again, an export changes nothing, whatever people are called', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(person, { minLength: 2, maxLength: 4 }), async (people) => {
      for (const one of people) await put(one);
      const before = await exported();
      const held = async (collection: string) =>
        JSON.stringify(
          await world.models.connection.collection(collection).find().sort({ _id: 1 }).toArray(),
        );
      const stored = [await held('accounts'), await held('security_infos')];
      const job = await world.run(before, { unknownPeople: 'report' });
      expect(await world.wrong(job)).toEqual([]);
      expect(job.counts).toMatchObject({ changed: 0, unchanged: job.counts.rows });
      expect([await held('accounts'), await held('security_infos')]).toEqual(stored);
      expect(await exported()).toBe(before);
    }),
    { numRuns: 6, endOnFailure: true },
  );
});
