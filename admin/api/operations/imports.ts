/** The operations on imports, and the export of the same shape. */
import { z } from 'zod';
import { exportPeople } from '../../../security-info/admin/import/export-people.ts';
import { type ImportJob, importStates } from '../../../security-info/admin/import/import-ports.ts';
import {
  applyImport,
  createImport,
  importProblems,
  listImports,
  stopImport,
} from '../../../security-info/admin/import/imports.ts';
import { readImport, runImport } from '../../../security-info/admin/import/run-import.ts';
import { noBody, nothing, type Operation, operation, streamed } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { countryLetters, flag, nameText } from '../query.ts';
import { idText, maybeMoment, moment, pageOf, paging } from '../shapes.ts';

const tag = 'Import';
const all = '/imports';
const one = `${all}/{importId}`;
const path = z.strictObject({ importId: idText });
const counts = z.int().min(0);

const problemShape = z
  .object({
    line: z.int().nullable().describe('In the file, from 1; null for the file as a whole.'),
    column: z.string().nullable(),
    code: z.string(),
    values: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .meta({ id: 'ImportProblem' });
const importShape = z
  .object({
    id: z.string(),
    state: z.enum(importStates),
    createdBy: z.string(),
    createdAt: moment,
    endedAt: maybeMoment,
    expiresAt: moment,
    checkOnly: z.boolean(),
    onErrors: z.enum(['skip', 'stop']),
    unknownPeople: z.enum(['create', 'report']),
    columns: z.array(z.string()),
    counts: z.object({
      ...{ rows: counts, checked: counts, bad: counts, created: counts },
      ...{ changed: counts, unchanged: counts, refused: counts },
    }),
    failure: problemShape.nullable(),
  })
  .meta({ id: 'Import' });

const onErrors = z
  .enum(['skip', 'stop'])
  .default('stop')
  .describe('With bad rows: leave these out, or do nothing at all.');
const creation = nothing.extend({
  onErrors,
  checkOnly: flag.optional().describe('Check every row, and change nothing.'),
  unknownPeople: z.enum(['create', 'report']).default('create'),
  country: countryLetters.optional().describe('Of numbers that do not begin with +.'),
});

function view({ id, state, by, options, columns, counts: done, failure, ...times }: ImportJob) {
  const { checkOnly, onErrors: with_, unknownPeople } = options;
  const { createdAt, endedAt, expiresAt } = times;
  return {
    ...{ id, state, createdBy: by.actor, createdAt, endedAt, expiresAt },
    ...{ checkOnly, onErrors: with_, unknownPeople, columns, counts: done, failure },
  };
}

/** The operations. */
export function importOperations({ imports: ports, inBackground }: ApiParts): readonly Operation[] {
  const goOn = (job: ImportJob) => {
    inBackground((signal) => runImport(ports, job.id, signal));
    return { status: 202, body: view(job), location: `${all}/${job.id}` } as const;
  };
  return [
    operation(
      {
        id: 'createImport',
        method: 'post',
        address: all,
        scope: 'methods:write',
        tag,
        summary: 'Import people and their methods from a CSV',
        description:
          'Every row is checked before any is applied. The first line names the columns: user, displayName, givenName, familyName, mailbox, locale, groups, mobilePhone, alternatePhone, officePhone, email, country. An empty cell leaves things as they are.',
        answers: { 202: { description: 'It is taken in, and goes on by itself.', schema: importShape } },
        problems: ['invalid_import_file'],
      },
      { path: nothing, query: creation, body: streamed, bodyType: 'text/csv' },
      async ({ by, query: { country = null, checkOnly = false, ...query }, body }) =>
        goOn(await createImport(ports, by, body, { ...query, checkOnly, country })),
    ),
    operation(
      {
        id: 'listImports',
        method: 'get',
        address: all,
        scope: 'methods:read',
        tag,
        summary: 'The imports, the newest first',
        answers: { 200: { description: 'A page of imports.', schema: pageOf(importShape, 'Imports') } },
      },
      { path: nothing, query: nothing.extend(paging), body: noBody },
      async ({ query: { cursor = null, limit } }) => {
        const { items, nextCursor } = await listImports(ports, { cursor, limit });
        return { status: 200, body: { value: items.map(view), nextCursor } };
      },
    ),
    operation(
      {
        id: 'getImport',
        method: 'get',
        address: one,
        scope: 'methods:read',
        tag,
        summary: 'One import and how far it is',
        answers: { 200: { description: 'The import.', schema: importShape } },
        problems: ['import_not_found'],
      },
      { path, query: nothing, body: noBody },
      async ({ path: { importId } }) => ({ status: 200, body: view(await readImport(ports, importId)) }),
    ),
    operation(
      {
        id: 'listImportProblems',
        method: 'get',
        address: `${one}/problems`,
        scope: 'methods:read',
        tag,
        summary: 'What is wrong in it, by line',
        answers: {
          200: { description: 'A page of what is wrong.', schema: pageOf(problemShape, 'ImportProblems') },
        },
        problems: ['import_not_found'],
      },
      { path, query: nothing.extend(paging), body: noBody },
      async ({ path: { importId }, query: { cursor = null, limit } }) => {
        const { items, nextCursor } = await importProblems(ports, importId, { cursor, limit });
        return { status: 200, body: { value: items, nextCursor } };
      },
    ),
    operation(
      {
        id: 'applyImport',
        method: 'post',
        address: `${one}/apply`,
        scope: 'methods:write',
        tag,
        summary: 'Apply one that was only checked',
        answers: { 202: { description: 'It goes on by itself.', schema: importShape } },
        problems: ['import_not_found', 'import_not_ready'],
      },
      { path, query: nothing.extend({ onErrors }), body: noBody },
      async ({ by, path: { importId }, query }) => goOn(await applyImport(ports, by, importId, query)),
    ),
    operation(
      {
        id: 'stopImport',
        method: 'post',
        address: `${one}/stop`,
        scope: 'methods:write',
        tag,
        summary: 'Stop it: what is applied stays',
        answers: { 200: { description: 'The import.', schema: importShape } },
        problems: ['import_not_found', 'import_not_ready'],
      },
      { path, query: nothing, body: noBody },
      async ({ by, path: { importId } }) => ({
        status: 200,
        body: view(await stopImport(ports, by, importId)),
      }),
    ),
    operation(
      {
        id: 'exportUsers',
        method: 'get',
        address: '/exports/users',
        scope: 'methods:read',
        tag,
        summary: 'Everybody with their methods in clear, in the shape of an import',
        description: 'That it was read is in the audit log before any of it is given.',
        answers: { 200: { description: 'The file.', schema: null } },
        streams: ['text/csv'],
      },
      {
        path: nothing,
        query: nothing.extend({ group: nameText.optional().describe('Members of this group alone.') }),
        body: noBody,
      },
      async ({ by, query }) => ({ status: 200, stream: exportPeople(ports, by, query), type: 'text/csv' }),
    ),
  ];
}
