/** Imports on a real store: what rows do, what is told of bad ones, and that a row is never done twice. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImportPorts } from '../../../../security-info/admin/import/import-ports.ts';
import {
  applyImport,
  createImport,
  importProblems,
  listImports,
  stopImport,
} from '../../../../security-info/admin/import/imports.ts';
import { runImport } from '../../../../security-info/admin/import/run-import.ts';
import { openNoticeAddress } from '../../../../security-info/sealing.ts';
import { admin, fileOf, openImports, options, silent, type TestImports } from './open-import.ts';

let world: TestImports;
beforeEach(async () => {
  world = await openImports();
});
afterEach(() => world.models.close());

const header = 'user,displayName,mailbox,groups,officePhone,mobilePhone,alternatePhone,email,country\n';
const ada =
  'ada,Ada Byron,ada@work.example,staff;it,+33 1 99 00 12 34 ext. 12,06 12 34 56 78,,Ada@Home.example,fr\n';
const bob = 'bob,,,,,+33 6 12 34 56 79,,,\n';

describe('an import', () => {
  test('makes people, fills in their methods, and leaves what empty cells name', async () => {
    const job = await world.run(header + ada + bob);
    expect(job).toMatchObject({ state: 'done', counts: { rows: 2, bad: 0, created: 2, refused: 0 } });
    expect(await world.ports.directory.findByLoginName('ADA')).toMatchObject({
      ...{ displayName: 'Ada Byron', mailbox: 'ada@work.example', groups: ['staff', 'it'], isAdmin: false },
    });
    expect(await world.methodsOf('ada')).toEqual({
      ...{ office_phone: '+33199001234;ext=12', mobile_phone: '+33612345678', email: 'ada@home.example' },
    });
    expect(await world.ports.directory.findByLoginName('bob')).toMatchObject({
      displayName: 'bob',
      mailbox: null,
    });
    expect(await world.audit()).toEqual([
      ...[
        'account_created',
        'account_created',
        'import_finished',
        'import_started',
        'method_prefilled email',
      ],
      ...['method_prefilled mobile_phone', 'method_prefilled mobile_phone', 'method_prefilled office_phone'],
    ]);
    const again = await world.run(`user,displayName,mobilePhone\nada,Countess,\nbob,,0612345670\n`, {
      country: 'FR',
    });
    expect(again).toMatchObject({ state: 'done', counts: { created: 0, changed: 2, unchanged: 0 } });
    expect((await world.ports.directory.findByLoginName('ada'))?.displayName).toBe('Countess');
    expect(await world.methodsOf('ada')).toMatchObject({ mobile_phone: '+33612345678' });
    expect(await world.methodsOf('bob')).toEqual({ mobile_phone: '+33612345670' });
    const audit = await world.audit();
    expect(await world.run(header + ada.replace('Ada Byron', 'Countess'))).toMatchObject({
      counts: { unchanged: 1 },
    });
    expect((await world.audit()).length).toBe(audit.length + 2);
  });

  test('that gives another mailbox tells the one that was there', async () => {
    await world.run(header + ada);
    await world.run('user,mailbox\nada,thief@else.example\n');
    const [message] = (await world.models.outbox.list({ limit: 50 })).filter(
      ({ event }) => event.type === 'account_changed',
    );
    expect(message?.event).toMatchObject({
      actor: 'admin:root',
      reason: 'mailbox',
      callerAddress: '192.0.2.1',
    });
    const { id } = message?.event ?? { id: '' };
    expect(openNoticeAddress(world.models.keys, id, message?.recipient.addressCiphertext ?? '')).toBe(
      'ada@work.example',
    );
  });

  test('leaves no number and no address in clear, and no row once it is done', async () => {
    await world.run(header + ada + bob);
    const { id } = await createImport(world.ports, admin, fileOf(header + ada), options);
    expect(await world.models.dump()).not.toMatch(/612345678|12 34|home\.example|work\.example/i);
    expect(await world.count('import_rows')).toBe(1);
    await runImport(world.ports, id, silent);
    expect(await world.count('import_rows')).toBe(0);
  });
});

describe('bad rows', () => {
  const file = [
    header.trim(),
    'ada,,no mailbox,,,,,,',
    'bob,,,,,12,+881612345678,ada@work.example,',
    'cyd,,,,,0612345678,,,xx',
    '"d\ny",,,,,,,,',
    'eve,,',
    ',,,,,+33612345678,,,',
    'fay,,,,+33612345678,+33612345678,,,',
    'BOB,,,,,,,,',
    'gus,,,,,,,,',
    '',
  ].join('\n');
  const wrong = [
    '2 mailbox not_an_email_address',
    '3 alternatePhone premium_number',
    '3 email own_domain',
    '3 mobilePhone country_needed',
    '4 country unknown_choice',
    '5 user control_characters',
    '7 - cell_count',
    '8 user required',
    '9 mobilePhone office_number',
    '10 user person_twice',
  ];

  test('are told by line, column and reason, and the rest is applied where that is wanted', async () => {
    const job = await world.run(file);
    expect(await world.wrong(job)).toEqual(wrong);
    expect(job).toMatchObject({ state: 'done', counts: { rows: 9, checked: 9, bad: 8, created: 1 } });
    expect(await world.count('accounts')).toBe(1);
    const page = await importProblems(world.ports, job.id, { cursor: null, limit: 4 });
    const rest = await importProblems(world.ports, job.id, { cursor: page.nextCursor, limit: 50 });
    expect([page.items.length, rest.items.length, rest.nextCursor]).toEqual([4, 6, null]);
  });

  test('stop it all where that is wanted', async () => {
    const job = await world.run(file, { onErrors: 'stop' });
    expect(job).toMatchObject({ state: 'stopped', counts: { bad: 8, created: 0 } });
    expect(await world.count('accounts')).toBe(0);
    expect(await world.audit()).toEqual(['import_finished', 'import_started']);
  });

  test('are only told in a check, which can be applied afterwards or stopped', async () => {
    const job = await world.run(file, { checkOnly: true });
    expect(job.state).toBe('checked');
    expect(await world.count('accounts')).toBe(0);
    const stopped = await applyImport(world.ports, admin, job.id, { onErrors: 'stop' });
    expect((await runImport(world.ports, stopped.id, silent)).state).toBe('stopped');
    const other = await world.run(file, { checkOnly: true });
    await applyImport(world.ports, admin, other.id, { onErrors: 'skip' });
    await expect(applyImport(world.ports, admin, other.id, { onErrors: 'skip' })).rejects.toMatchObject({
      code: 'import_not_ready',
    });
    expect(await runImport(world.ports, other.id, silent)).toMatchObject({
      state: 'done',
      counts: { created: 1 },
    });
    const third = await world.run(file, { checkOnly: true });
    expect((await stopImport(world.ports, admin, third.id)).state).toBe('stopped');
    await expect(stopImport(world.ports, admin, third.id)).rejects.toMatchObject({
      code: 'import_not_ready',
    });
    const { items, nextCursor } = await listImports(world.ports, { cursor: null, limit: 2 });
    expect(items.map(({ id }) => id).sort()).toEqual([job.id, other.id, third.id].sort().slice(1));
    expect((await listImports(world.ports, { cursor: nextCursor, limit: 2 })).items).toHaveLength(1);
  });

  test('include people who are not there, where nobody is to be made, and changes that the host does not take', async () => {
    expect(await world.wrong(await world.run(header + bob, { unknownPeople: 'report' }))).toEqual([
      '2 user person_not_found',
    ]);
    await world.run(header + bob);
    const { ensurePerson: _, changeProfile: __, ...directory } = world.ports.directory;
    const host: ImportPorts = { ...world.ports, directory };
    const file = 'user,displayName,groups,mobilePhone\nbob,Bob,staff,+33612345670\nada,,,\nbob2,,,\n';
    const { id } = await createImport(host, admin, fileOf(file), options);
    expect(await world.wrong(await runImport(host, id, silent))).toEqual([
      ...['2 displayName person_not_changeable', '2 groups person_not_changeable'],
      ...['3 user person_not_found', '4 user person_not_found'],
    ]);
  });

  test('of a file that cannot be read to its end: it fails, nothing is applied, no row stays', async () => {
    const broken = `${header}${bob.repeat(4_000)}b"o"b\n`;
    await expect(createImport(world.ports, admin, fileOf(broken), options)).rejects.toThrow(
      'line 4002: bad_quotes',
    );
    const [job] = (await listImports(world.ports, { cursor: null, limit: 1 })).items;
    expect(job).toMatchObject({ state: 'failed', failure: { line: 4002, code: 'bad_quotes' } });
    expect([await world.count('import_rows'), await world.count('accounts')]).toEqual([0, 0]);
    await expect(createImport(world.ports, admin, fileOf(header), options)).rejects.toThrow('no_rows');
  });
});

test('an unknown import is an error', async () => {
  await expect(runImport(world.ports, 'none', silent)).rejects.toMatchObject({ code: 'import_not_found' });
  await expect(importProblems(world.ports, 'none', { cursor: null, limit: 1 })).rejects.toMatchObject({
    code: 'import_not_found',
  });
});
