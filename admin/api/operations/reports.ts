/** The reports, under Graph's names where it has them: by page as JSON, whole as CSV and JSON Lines. */
import { z } from 'zod';
import { adminEvent } from '../../../security-info/admin/acting-admin.ts';
import { csvLines, jsonLines, registrationColumns } from '../../../security-info/reports/export.ts';
import { lockedAccounts } from '../../../security-info/reports/locked-accounts.ts';
import { reportStatuses } from '../../../security-info/reports/registration-details.ts';
import { dayOf, duePerDay, usersRegisteredByMethod } from '../../../security-info/reports/tallies.ts';
import {
  streamUserRegistrationDetails,
  userRegistrationDetails,
} from '../../../security-info/reports/user-registration-details.ts';
import { type Call, noBody, nothing, type Operation, operation } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { day, flag, instant, nameText } from '../query.ts';
import {
  byMethodShape,
  coverageShape,
  duePerDayShape,
  lockedShape,
  registrationShape,
} from '../report-shapes.ts';
import { methodTypeName, pageOf, paging } from '../shapes.ts';

const tag = 'Reports';
const scope = 'reports:read' as const;
const dayMilliseconds = 86_400_000;

const people = {
  group: nameText.optional().describe('Members of this group alone.'),
  loginNamePrefix: nameText.optional().describe('Login names that begin with this.'),
};
const registrationQuery = nothing.extend({
  ...paging,
  ...people,
  methodType: methodTypeName.optional().describe('A verified method of this type.'),
  status: z.enum(reportStatuses).optional(),
  isRegistered: flag.optional(),
  isCapable: flag.optional(),
  isInScope: flag.optional(),
  isAdmin: flag.optional(),
  isLocked: flag.optional(),
  dueBefore: instant.optional().describe('Due before this moment, or due already.'),
});

/** The operations. */
export function reportOperations(parts: ApiParts): readonly Operation[] {
  const { ports, reports, passwordDelays, snapshots } = parts;
  const exported = (by: Call<unknown, unknown, unknown>['by'], reason: string): Promise<void> =>
    ports.eventLog.insert([adminEvent(by, 'report_exported', ports.clock.now(), { reason })]);
  return [
    operation(
      {
        id: 'userRegistrationDetails',
        method: 'get',
        address: '/reports/userRegistrationDetails',
        scope,
        tag,
        summary: 'Who is in scope, registered, capable, with which methods, due when',
        description: 'No numbers and no addresses. A page may be short, even empty, and yet not the last.',
        answers: {
          200: {
            description: 'A page of people.',
            schema: pageOf(registrationShape, 'UserRegistrationDetails'),
          },
        },
        streams: ['text/csv', 'application/jsonl'],
        problems: ['invalid_cursor'],
      },
      { path: nothing, query: registrationQuery, body: noBody },
      async ({ by, query: { cursor = null, limit, ...filter }, accepts, signal }) => {
        if (accepts === 'application/json') {
          const { rows, nextCursor } = await userRegistrationDetails(reports, filter, { cursor, limit });
          return { status: 200, body: { value: rows, nextCursor } };
        }
        await exported(by, 'userRegistrationDetails');
        const rows = streamUserRegistrationDetails(reports, filter, signal);
        const stream = accepts === 'text/csv' ? csvLines(rows, registrationColumns) : jsonLines(rows);
        return { status: 200, stream, type: accepts };
      },
    ),
    operation(
      {
        id: 'usersRegisteredByMethod',
        method: 'get',
        address: '/reports/usersRegisteredByMethod',
        scope,
        tag,
        summary: 'How many have which method',
        answers: { 200: { description: 'The counts.', schema: byMethodShape } },
      },
      { path: nothing, query: nothing.extend({ group: people.group }), body: noBody },
      async ({ query: { group }, signal }) => ({
        status: 200,
        body: await usersRegisteredByMethod(reports, { group }, signal),
      }),
    ),
    operation(
      {
        id: 'usersDuePerDay',
        method: 'get',
        address: '/reports/usersDuePerDay',
        scope,
        tag,
        summary: 'How many become due on each of the next 90 days',
        answers: { 200: { description: 'The counts.', schema: duePerDayShape } },
      },
      { path: nothing, query: nothing.extend({ group: people.group }), body: noBody },
      async ({ query: { group }, signal }) => ({
        status: 200,
        body: await duePerDay(reports, { group }, signal),
      }),
    ),
    operation(
      {
        id: 'lockedUsers',
        method: 'get',
        address: '/reports/lockedUsers',
        scope,
        tag,
        summary: 'Who is locked out at the moment',
        answers: { 200: { description: 'A page of people.', schema: pageOf(lockedShape, 'LockedUsers') } },
        problems: ['invalid_cursor'],
      },
      { path: nothing, query: nothing.extend({ ...paging, ...people }), body: noBody },
      async ({ query: { cursor = null, limit, ...filter } }) => {
        const locks = { ...reports, passwordDelays };
        const { rows, nextCursor } = await lockedAccounts(locks, filter, { cursor, limit });
        return { status: 200, body: { value: rows, nextCursor } };
      },
    ),
    operation(
      {
        id: 'coverage',
        method: 'get',
        address: '/reports/coverage',
        scope,
        tag,
        summary: 'Coverage over time, one snapshot a day',
        answers: {
          200: { description: 'The snapshots, oldest first.', schema: pageOf(coverageShape, 'Coverage') },
        },
      },
      {
        path: nothing,
        query: nothing.extend({
          from: day.optional().describe('First day (UTC); 90 days ago without it.'),
          to: day.optional().describe('Last day (UTC); today without it.'),
        }),
        body: noBody,
      },
      async ({ query }) => {
        const now = ports.clock.now();
        const { from = dayOf(new Date(now.getTime() - 90 * dayMilliseconds)), to = dayOf(now) } = query;
        return { status: 200, body: { value: await snapshots.list({ from, to }), nextCursor: null } };
      },
    ),
  ];
}
