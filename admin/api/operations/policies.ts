/** The operations on policies, under Graph's name for their place. */
import { z } from 'zod';
import type { PolicyChange } from '../../../security-info/admin/policy-desk.ts';
import { InvalidInput } from '../../../security-info/errors.ts';
import { type Policy, policySchema } from '../../../security-info/policy.ts';
import { type Call, noBody, nothing, type Operation, operation } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { pageOf } from '../shapes.ts';

const tag = 'Policies';
const all = '/policies/securityInfo';
const one = `${all}/{policyId}`;

const policyPath = z.strictObject({ policyId: z.string().regex(/^[a-z0-9_-]{1,64}$/) });
const policyShape = policySchema.meta({ id: 'Policy' });
/** Every setting as it is to be; what is left out is as in a new policy. */
const wholePolicy = z.record(z.string(), z.unknown());

const meant = {
  dueAtOnce: z
    .enum(['refuse', 'at_once', 'spread'])
    .default('refuse')
    .describe(
      'What becomes of those whom the change makes due at once: by default it is refused and says how many.',
    ),
  spreadDays: z.coerce.number().int().min(1).max(365).optional().describe('Days of the spread.'),
  acceptWarnings: z
    .string()
    .max(1000)
    .default('')
    .describe('Codes of warnings that are meant, with commas between them.'),
};
const meaning = nothing.extend(meant);

type Meaning = z.output<typeof meaning>;

/** How a call means its change. @throws {InvalidInput} where a spread has no days */
export function changeOf(
  { by, query }: Pick<Call<unknown, Meaning, unknown>, 'by' | 'query'>,
  expectedVersion: number,
): PolicyChange {
  const { dueAtOnce, spreadDays, acceptWarnings } = query;
  if (dueAtOnce === 'spread' && spreadDays === undefined) {
    throw new InvalidInput([{ field: 'spreadDays', code: 'required' }]);
  }
  return {
    by,
    expectedVersion,
    dueAtOnce:
      dueAtOnce === 'spread' && spreadDays !== undefined
        ? { kind: 'spread', days: spreadDays }
        : { kind: dueAtOnce === 'at_once' ? 'at_once' : 'refuse' },
    acceptedWarnings: acceptWarnings.split(',').map((code) => code.trim()),
  };
}

/** A version that the caller has seen; 0 for `If-None-Match: *`; what is no version matches nothing. */
export function versionOf({
  ifMatch,
  ifNoneMatch,
}: Pick<Call<unknown, unknown, unknown>, 'ifMatch' | 'ifNoneMatch'>): number {
  if (ifMatch === null) return ifNoneMatch ? 0 : -1;
  return /^\d{1,9}$/.test(ifMatch) ? Number(ifMatch) : -1;
}

function policyAnswer(policy: Policy) {
  return { body: policy, tag: String(policy.version) };
}

const problems = ['invalid_policy', 'policy_changed_meanwhile', 'policy_makes_due', 'policy_warns'];

/** The operations. */
export function policyOperations({ policies }: ApiParts): readonly Operation[] {
  return [
    operation(
      {
        id: 'listPolicies',
        method: 'get',
        address: all,
        scope: 'policy:read',
        tag,
        summary: 'Read every policy',
        description: 'The default first, then those for groups in the order in which they win.',
        answers: { 200: { description: 'The policies.', schema: pageOf(policyShape, 'Policies') } },
      },
      { path: nothing, query: nothing, body: noBody },
      async () => ({ status: 200, body: { value: await policies.list(), nextCursor: null } }),
    ),
    operation(
      {
        id: 'getPolicy',
        method: 'get',
        address: one,
        scope: 'policy:read',
        tag,
        summary: 'Read a policy',
        answers: { 200: { description: 'The policy.', schema: policyShape } },
        problems: ['policy_not_found'],
      },
      { path: policyPath, query: nothing, body: noBody },
      async ({ path }) => ({ status: 200, ...policyAnswer(await policies.read(path.policyId)) }),
    ),
    operation(
      {
        id: 'putPolicy',
        method: 'put',
        address: one,
        scope: 'policy:write',
        tag,
        summary: 'Make or replace a policy',
        description:
          'Takes every setting; what is left out is as in a new policy. A new one takes If-None-Match: *.',
        ifMatch: 'required',
        answers: {
          200: { description: 'It is saved.', schema: policyShape },
          201: { description: 'It is made.', schema: policyShape },
        },
        problems,
      },
      { path: policyPath, query: meaning, body: wholePolicy },
      async (call) => {
        const { policyId: id } = call.path;
        const expected = versionOf(call);
        const saved = await policies.save(
          { ...call.body, id, version: Math.max(0, expected) },
          changeOf(call, expected),
        );
        return { status: expected === 0 ? 201 : 200, ...policyAnswer(saved) };
      },
    ),
    operation(
      {
        id: 'patchPolicy',
        method: 'patch',
        address: one,
        scope: 'policy:write',
        tag,
        summary: 'Change some settings of a policy',
        ifMatch: 'required',
        answers: { 200: { description: 'It is saved.', schema: policyShape } },
        problems: [...problems, 'policy_not_found'],
      },
      { path: policyPath, query: meaning, body: wholePolicy },
      async (call) => {
        const present = await policies.read(call.path.policyId);
        const { id, version } = present;
        const saved = await policies.save(
          { ...present, ...call.body, id, version },
          changeOf(call, versionOf(call)),
        );
        return { status: 200, ...policyAnswer(saved) };
      },
    ),
    operation(
      {
        id: 'deletePolicy',
        method: 'delete',
        address: one,
        scope: 'policy:write',
        tag,
        summary: 'Remove the policy of some groups',
        ifMatch: 'required',
        answers: { 204: { description: 'It is removed.', schema: null } },
        problems: ['policy_not_found', 'default_policy_stays', ...problems.slice(1)],
      },
      { path: policyPath, query: meaning, body: noBody },
      async (call) => {
        await policies.remove(call.path.policyId, changeOf(call, versionOf(call)));
        return { status: 204 };
      },
    ),
  ];
}
