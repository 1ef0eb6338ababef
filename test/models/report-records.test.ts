/** What reports read of the store: many records in one read, nothing sealed; thousands of people in flat memory. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accounts } from '../../models/account.ts';
import { securityInfos } from '../../models/security-info-record.ts';
import { createAccountDirectory } from '../../provider/account-directory.ts';
import { emptyMethod } from '../../security-info/record.ts';
import { csvLines, registrationColumns } from '../../security-info/reports/export.ts';
import { previewPolicy } from '../../security-info/reports/policy-preview.ts';
import type { ReportPorts } from '../../security-info/reports/ports.ts';
import { registrationOverview } from '../../security-info/reports/tallies.ts';
import {
  streamUserRegistrationDetails,
  userRegistrationDetails,
} from '../../security-info/reports/user-registration-details.ts';
import { keepThrottleSeconds, passwordThrottleKey, takePasswordTry } from '../../security-info/throttles.ts';
import { openModels, type TestModels } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const notSent = (): never => {
  throw new Error('reports send nothing');
};
const sender = { isAvailable: true, send: notSent };

function portsOf({ connection, clock, keys, policies, reportRecords }: TestModels): ReportPorts {
  const directory = createAccountDirectory(connection, { clock, keys, argon2: { memoryKib: 64, passes: 1 } });
  return { clock, policies, reportRecords, directory, mail: sender, sms: sender, voice: sender };
}

test('reads many records at once, without what is sealed in them', async () => {
  const at = models.clock.now();
  const method = {
    ...emptyMethod('m', 'email'),
    ...{ addressCiphertext: 'sealed-address', addressHash: 'digest', secretCiphertext: 'sealed-secret' },
    ...{ verifiedAt: at, confirmedAt: at },
    answers: [{ questionId: 'q', customText: 'words', answerHash: 'answer-digest' }],
  };
  for (const id of ['ada', 'bob']) {
    await models.records.change(id, (record) => ({
      next: { ...record, methods: [method], wrongProofs: { ...record.wrongProofs, stranger: [at] } },
      events: [],
      result: undefined,
    }));
  }
  const found = await models.reportRecords.readMany(['ada', 'bob', 'nobody']);
  expect([...found.keys()].sort()).toEqual(['ada', 'bob']);
  expect(found.get('ada')).toMatchObject({
    accountId: 'ada',
    methods: [
      { id: 'm', type: 'email', addressHash: 'digest', confirmedAt: at, answers: [{ questionId: 'q' }] },
    ],
    wrongProofs: { stranger: [at], known_browser: [], signed_in: [] },
  });
  expect(JSON.stringify([...found])).not.toMatch(/sealed|words|answer-digest/);
  expect((await models.reportRecords.readMany([])).size).toBe(0);
});

test('reads the delays of many names at once, as long as they last', async () => {
  const { throttles, clock, passwordDelays } = models;
  for (let tries = 0; tries < 10; tries += 1) {
    const key = passwordThrottleKey('Ada', 'stranger');
    await throttles.change(key, keepThrottleSeconds, takePasswordTry(clock.now()));
  }
  const now = clock.now();
  const until = new Date(now.getTime() + 60_000);
  const found = await passwordDelays.readMany(['bob', 'ADA', 'cyd'], now);
  expect([...found]).toEqual([['ADA', until]]);
  expect((await passwordDelays.readMany(['ADA'], until)).size).toBe(0);
  expect((await passwordDelays.readMany([], now)).size).toBe(0);
});

test('goes through 5,000 people page by page: all in the export, the counts and the dry run', async () => {
  const count = 5000;
  const days = 86_400_000;
  const now = models.clock.now().getTime();
  const idOf = (number: number): string => `id-${String(number).padStart(5, '0')}`;
  const people = Array.from({ length: count }, (_, number) => ({
    ...{
      _id: idOf(number),
      loginName: `Person${number}`,
      loginKey: `person${number}`,
      displayName: 'Somebody',
    },
    ...{ groups: number % 5 === 0 ? ['staff'] : [], isAdmin: number === 7, isDisabled: false },
  }));
  const records = people.map(({ _id }, number) => ({
    ...{ _id, version: 1, policyId: 'default' },
    methods: ['authenticator_app', 'email'].map((type) => ({
      ...{ id: type, type, addressCiphertext: 'x'.repeat(200), addressHash: null },
      ...{
        verifiedAt: new Date(now - (number % 200) * days),
        confirmedAt: new Date(now - (number % 200) * days),
      },
    })),
  }));
  await models.connection.collection<{ _id: string }>(accounts.name).insertMany(people);
  await models.connection.collection<{ _id: string }>(securityInfos.name).insertMany(records);
  const ports = portsOf(models);

  let lines = 0;
  let grownBy = 0;
  const before = process.memoryUsage().arrayBuffers;
  for await (const line of csvLines(streamUserRegistrationDetails(ports), registrationColumns)) {
    lines += 1;
    if (lines % 500 === 0) grownBy = Math.max(grownBy, process.memoryUsage().arrayBuffers - before);
    expect(line.length).toBeLessThan(2000);
  }
  expect(lines).toBe(count + 1);
  expect(grownBy).toBeLessThan(64 * 1024 * 1024);

  const { byMethod, due } = await registrationOverview(ports);
  expect(byMethod).toMatchObject({
    totalUserCount: count,
    registeredUserCount: count,
    capableUserCount: count,
  });
  // 180 to 199 days old are over the interval; each day of the next 90 has its 25.
  expect(due).toMatchObject({ overdue: 500, registrationRequired: 0 });
  expect(due.days.slice(1).map((day) => day.count)).toEqual(Array(89).fill(25));

  const { defaultPolicy } = await models.policies.latest();
  const preview = await previewPolicy(ports, { save: { ...defaultPolicy, reconfirmAfterDays: 90 } });
  expect(preview).toMatchObject({ interruptedNow: { before: 500, after: 2750 }, dueAtOnce: 2250 });
  expect(preview.spread?.perDay).toBeLessThanOrEqual(250);

  const filter = { group: 'staff', loginNamePrefix: 'person1' };
  const page = await userRegistrationDetails(ports, filter, { cursor: null, limit: 1000 });
  const expected = people.filter(
    ({ groups, loginKey }) => groups.length > 0 && loginKey.startsWith('person1'),
  );
  expect(page.rows.map(({ id }) => id).sort()).toEqual(expected.map(({ _id }) => _id));
});
