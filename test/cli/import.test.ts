/** `import` and `export` on a real store: what is printed and told, exit codes, and what can be taken up again. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AdministeredDeployment } from '../../cli/deployment.ts';
import { run } from '../../cli/run.ts';
import { createAccountDirectory } from '../../provider/account-directory.ts';
import { importProblemCodes, importProblemKey } from '../../security-info/admin/import/import-problem.ts';
import { openImports, type TestImports } from '../security-info/admin/import/open-import.ts';
import { createHost, createWorld, words } from './deployment.ts';

let world: TestImports;
beforeEach(async () => {
  world = await openImports();
});
afterEach(() => world.models.close());

function deployment(): AdministeredDeployment {
  const { models } = world;
  const { connection, clock, keys } = models;
  const base = createWorld().deployment;
  return {
    ...base,
    ports: { ...base.ports, ...models },
    directory: createAccountDirectory(connection, { clock, keys, argon2: { memoryKib: 64, passes: 1 } }),
    imports: models.imports,
  };
}

const good = 'user,displayName,mobilePhone\nada,Ada Byron,+33612345678\nbob,,0612345679\n';
const bad = `${good}cyd,,12\n"d\nq",,\n`;
const files = { 'good.csv': good, 'bad.csv': bad, 'odd.csv': 'name,phone\nada,+33612345678\n' };

async function cli(line: readonly string[], signal?: AbortSignal) {
  const host = createHost(async () => deployment(), files);
  const code = await run(line, signal === undefined ? host : { ...host, signal });
  return { code, out: host.printed.join('\n'), err: host.told.join('\n'), written: host.writtenFiles };
}

test('a good file is applied, with its progress apart from its answer; an export brings it back', async () => {
  const { code, out, err } = await cli(['import', 'good.csv', '--country', 'fr']);
  expect(out).toMatch(/^2 rows: 2 created, 0 changed, 0 as they were, 0 bad\. \(import [a-z0-9-]+\)$/);
  expect(code).toBe(0);
  expect(err).toMatch(/2 rows\n.*2 of 2 rows checked, 0 bad\n.*0 of 2 rows applied\n.*2 of 2 rows applied$/s);
  const exported = await cli(['export', 'people.csv', '--json']);
  expect(JSON.parse(exported.out)).toEqual({ file: 'people.csv' });
  expect(exported.written.get('people.csv')?.split('\r\n').sort()).toEqual([
    '',
    "ada,Ada Byron,,,,,,'+33612345678,,,,",
    "bob,bob,,,,,,'+33612345679,,,,",
    'user,displayName,givenName,familyName,mailbox,locale,groups,mobilePhone,alternatePhone,officePhone,email,country',
  ]);
  const printed = await cli(['export', '--json']);
  expect([printed.out, printed.written.get(null)?.length]).toEqual([
    '',
    exported.written.get('people.csv')?.length,
  ]);
  const audit = await world.audit();
  expect(audit.filter((type) => type === 'methods_exported')).toHaveLength(2);
});

test('bad rows stop it, told by line, column and reason, as text, as JSON and as a file', async () => {
  const { code, out, written } = await cli(['import', 'bad.csv', '--report', 'report.csv']);
  expect(code).toBe(1);
  expect(out).toMatch(/^LINE +COLUMN +REASON$/m);
  expect(out).toMatch(/^3 +mobilePhone +Choose the country, or begin the number with \+\.$/m);
  expect(out).toMatch(/^5 +user +Only ordinary characters, please\.$/m);
  expect(out).toContain('Nothing more is done: 3 of 4 rows are bad.');
  expect(written.get('report.csv')?.split('\r\n').slice(0, 2)).toEqual([
    'line,column,code,reason',
    '3,mobilePhone,country_needed,"Choose the country, or begin the number with +."',
  ]);
  expect(await world.count('accounts')).toBe(0);
  const json = await cli(['import', 'bad.csv', '--on-errors', 'skip', '--country', 'FR', '--json']);
  expect(json.code).toBe(0);
  expect(JSON.parse(json.out)).toMatchObject({
    state: 'done',
    counts: { rows: 4, bad: 2, created: 2 },
    problems: [
      { line: 4, column: 'mobilePhone', code: 'not_a_phone_number' },
      { line: 5, column: 'user', code: 'control_characters' },
    ],
    hasMore: false,
  });
  expect(json.out).not.toContain('3361234');
});

test('a check changes nothing and says how to apply it; what was stopped says how to go on', async () => {
  const check = await cli(['import', 'bad.csv', '--check', '--country', 'FR', '--json']);
  const { importId } = JSON.parse(check.out);
  expect([check.code, await world.count('accounts')]).toEqual([1, 0]);
  const text = await cli(['import', '--resume', importId, '--check']);
  expect(text.out).toContain(
    `2 of 4 rows are good. Apply them with: oidc-security-info import --resume ${importId} --on-errors skip`,
  );
  const applied = await cli(['import', '--resume', importId, '--on-errors', 'skip']);
  expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('4 rows: 2 created') });
  const stopped = await cli(['import', 'good.csv', '--country', 'FR'], AbortSignal.abort());
  expect(stopped.code).toBe(1);
  const [, id = ''] = /Go on with: oidc-security-info import --resume ([a-z0-9-]+)$/.exec(stopped.err) ?? [];
  expect(await cli(['import', '--resume', id])).toMatchObject({
    code: 0,
    out: expect.stringContaining('2 as they were'),
  });
});

test.each([
  [['import'], 2, 'Say which <file>'],
  [['import', 'good.csv', '--resume', 'x'], 2, 'Say which <file>'],
  [['import', 'good.csv', '--on-errors', 'ignore'], 2, '--on-errors takes one of: stop, skip.'],
  [['import', 'good.csv', '--unknown', 'make'], 2, '--unknown takes one of: create, report.'],
  [['import', 'good.csv', '--country', 'France'], 2, '--country takes the two letters'],
  [['import', '--resume', 'none'], 1, 'There is no such import.'],
  [['import', 'odd.csv'], 1, 'line 1: The name of column 1 is not known.'],
])('%j is refused', async (line, code, message) => {
  const outcome = await cli(line);
  expect(outcome).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
  expect(outcome.err).not.toContain('3361234');
});

test('every reason has words of its own', () => {
  const values = { maximum: 1, megabytes: 1, number: 1, expected: 1, found: 2 };
  const told = importProblemCodes.map((code) => words.text(importProblemKey({ code }), values));
  expect(new Set(told).size).toBe(importProblemCodes.length);
  expect(told.join()).not.toContain('{{');
});
