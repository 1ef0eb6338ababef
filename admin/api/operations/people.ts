/** Finding people, and reading one without numbers and addresses. */
import { z } from 'zod';
import type { ApiCallOf } from '../errand.ts';
import { findPeople } from '../find-people.ts';
import { noBody, nothing, type Operation, operation } from '../operation.ts';
import { type ApiParts, personOf } from '../parts.ts';
import {
  accountShape,
  maskedMethod,
  maybeMoment,
  moment,
  pageOf,
  paging,
  personPath,
  statusShape,
} from '../shapes.ts';
import { accountView, personViewOf } from '../views.ts';

const tag = 'People';
const of = '/users/{id}';

const person = accountShape
  .extend({
    policyId: z.string(),
    status: statusShape,
    required: z.int().describe('Methods that the policy asks for.'),
    counted: z.int().describe('Methods that count.'),
    isExcluded: z.boolean().describe('The default policy leaves this account out by name.'),
    methods: z.array(maskedMethod),
    mark: z.object({ by: z.enum(['interval', 'admin', 'campaign']), at: moment }).nullable(),
    snooze: z
      .object({ untilAt: maybeMoment, used: z.int(), deadlineAt: maybeMoment, left: z.int() })
      .nullable(),
    accessPass: z.object({ issuedAt: moment, expiresAt: moment, isUsed: z.boolean() }).nullable(),
    closedUntilAt: z
      .object({ stranger: maybeMoment, known_browser: maybeMoment, signed_in: maybeMoment })
      .describe('Until when each kind of caller may give no more proofs.'),
  })
  .meta({ id: 'Person' });

const search = nothing.extend({
  ...paging,
  userPrincipalName: z.string().min(1).max(200).optional().describe('This login name alone.'),
  userPrincipalNamePrefix: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Login names that begin so; a directory that cannot look for that is read through.'),
  group: z.string().min(1).max(200).optional().describe('Members of this group alone.'),
});

/** The operations. */
export function peopleOperations(parts: ApiParts): readonly Operation[] {
  const { ports, people } = parts;
  const answerWith = async (call: ApiCallOf<{ id: string }>) => {
    const { id } = await personOf(ports, call.path.id);
    const view = await people.read(id);
    return { status: 200, body: personViewOf(view), tag: view.tag } as const;
  };
  return [
    operation(
      {
        id: 'listUsers',
        method: 'get',
        address: '/users',
        scope: 'methods:read',
        tag,
        summary: 'Find people',
        answers: { 200: { description: 'A page of accounts.', schema: pageOf(accountShape, 'Users') } },
      },
      { path: nothing, query: search, body: noBody },
      async ({ query: { userPrincipalName, userPrincipalNamePrefix, group, cursor = null, limit } }) => {
        const { accounts, nextCursor } = await findPeople(
          parts,
          { loginName: userPrincipalName, loginNamePrefix: userPrincipalNamePrefix, group },
          { cursor, limit },
        );
        return { status: 200, body: { value: accounts.map(accountView), nextCursor } };
      },
    ),
    operation(
      {
        id: 'getUser',
        method: 'get',
        address: of,
        scope: 'methods:read',
        tag,
        summary: 'Read one person: status, dates and masked methods',
        answers: { 200: { description: 'The person.', schema: person } },
        problems: ['person_not_found'],
      },
      { path: personPath, query: nothing, body: noBody },
      answerWith,
    ),
  ];
}
