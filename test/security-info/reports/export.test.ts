/** Reports as files: cells that no spreadsheet takes for a formula, one object a line, and who is locked out. */
import { expect, test } from 'vitest';
import { csvCell, csvLines, jsonLines, registrationColumns } from '../../../security-info/reports/export.ts';
import { lockedAccounts, streamLockedAccounts } from '../../../security-info/reports/locked-accounts.ts';
import { streamUserRegistrationDetails } from '../../../security-info/reports/user-registration-details.ts';
import { appMethod, emailMethod, from } from '../sample-record.ts';
import { reportWorld } from './report-world.ts';

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "so"', '"say ""so"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['=1+1', "'=1+1"],
  ['+331', "'+331"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', '"\'\t=1"'],
  ['\r=1', '"\'\r=1"'],
  [' =1', "' =1"],
  [' spaced ', '" spaced "'],
  [null, ''],
  [true, 'true'],
  [-3, '-3'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
])('the value %j is the cell %s', (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});

test('the registration report has a heading and as many cells in every row, the soonest method of a type first', async () => {
  const apps = [appMethod({ id: 'a' }), appMethod({ id: 'b', confirmedAt: from(-100, 'days') })];
  const world = reportWorld({
    ada: { methods: [...apps, emailMethod()], account: { displayName: '=cmd' } },
    bob: {},
  });
  const lines = await collect(csvLines(streamUserRegistrationDetails(world), registrationColumns));
  expect(lines).toHaveLength(3);
  const cells = lines.map((line) => line.trimEnd().split(','));
  expect(cells.map(({ length }) => length)).toEqual(Array(3).fill(registrationColumns.length));
  const cell = (name: string) => cells[1]?.[cells[0]?.indexOf(name) ?? -1];
  expect(cell('userDisplayName')).toBe("'=cmd");
  expect(cell('methodsRegistered')).toBe('authenticator_app email');
  expect(cell('authenticator_app.confirmedAt')).toBe(from(-100, 'days').toISOString());
  expect(cell('mobile_phone.verifiedAt')).toBe('');
});

test('JSON Lines are one object a line', async () => {
  const lines = await collect(jsonLines(streamUserRegistrationDetails(reportWorld({ ada: {}, bob: {} }))));
  expect(lines.map((line) => JSON.parse(line).id)).toEqual(['ada', 'bob']);
  expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
});

test('who is locked out is listed with until when, by proofs or by a delay, and nobody else', async () => {
  const closed = { stranger: Array(10).fill(from(-1, 'hours')), known_browser: [], signed_in: [] };
  const nine = { ...closed, stranger: closed.stranger.slice(1) };
  const world = {
    ...reportWorld({
      ada: { record: { wrongProofs: closed } },
      bob: { record: { wrongProofs: nine } },
      cyd: {},
      dan: {},
    }),
    passwordDelays: {
      readMany: async (names: readonly string[]) =>
        new Map(names.filter((name) => name === 'dan').map((name) => [name, from(5, 'minutes')] as const)),
    },
  };
  const rows = await collect(streamLockedAccounts(world));
  expect(rows).toMatchObject([
    {
      id: 'ada',
      proofsClosedUntil: { stranger: from(23, 'hours'), known_browser: null, signed_in: null },
      passwordDelayedUntil: null,
    },
    { id: 'dan', passwordDelayedUntil: from(5, 'minutes') },
  ]);
  const page = await lockedAccounts(world, {}, { cursor: null, limit: 1 });
  expect(page.rows.map(({ id }) => id)).toEqual(['ada']);
  const next = await lockedAccounts(world, {}, { cursor: page.nextCursor, limit: 5 });
  expect(next).toMatchObject({ rows: [{ id: 'dan' }], nextCursor: null });
});
