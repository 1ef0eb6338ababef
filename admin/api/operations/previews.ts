/** The dry run of a change of policy: as counts, and as a list. POST, for the policy is in the body; nobody is touched. */
import { z } from 'zod';
import type { GivenProposal } from '../../../security-info/admin/policy-desk.ts';
import { nothing, type Operation, operation } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { flag, nameText } from '../query.ts';
import { previewRowShape, previewShape } from '../report-shapes.ts';
import { pageOf, paging } from '../shapes.ts';

const tag = 'Policies';
const path = z.strictObject({ policyId: z.string().regex(/^[a-z0-9_-]{1,64}$/) });
const body = z.strictObject({
  policy: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('The whole policy as it would be saved; null for its removal.'),
});

function proposalOf(policyId: string, policy: Readonly<Record<string, unknown>> | null): GivenProposal {
  return policy === null ? { remove: policyId } : { save: { ...policy, id: policyId } };
}

/** The operations. */
export function previewOperations({ policies }: ApiParts): readonly Operation[] {
  const address = '/policies/securityInfo/{policyId}/preview';
  return [
    operation(
      {
        id: 'previewPolicy',
        method: 'post',
        address,
        scope: 'policy:read',
        tag,
        summary: 'What a change would do: who is interrupted, why and when, as counts',
        answers: { 200: { description: 'The counts.', schema: previewShape } },
        problems: ['invalid_policy', 'policy_not_found'],
      },
      { path, query: nothing, body },
      async ({ path: { policyId }, body: { policy }, by }) => ({
        status: 200,
        body: await policies.preview(proposalOf(policyId, policy), by),
      }),
    ),
    operation(
      {
        id: 'previewPolicyUsers',
        method: 'post',
        address: `${address}/users`,
        scope: 'policy:read',
        tag,
        summary: 'The list behind the counts',
        answers: {
          200: { description: 'A page of people.', schema: pageOf(previewRowShape, 'PolicyPreviewRows') },
        },
        problems: ['invalid_policy', 'policy_not_found', 'invalid_cursor'],
      },
      {
        path,
        query: nothing.extend({
          ...paging,
          group: nameText.optional().describe('Members of this group alone.'),
          change: z.enum(['newly_interrupted', 'freed', 'sooner', 'later', 'unchanged']).optional(),
          isInterruptedNow: flag.optional().describe('Only who would be interrupted at the next sign-in.'),
        }),
        body,
      },
      async ({ path: { policyId }, body: { policy }, query: { cursor = null, limit, ...filter } }) => {
        const page = await policies.previewPage(proposalOf(policyId, policy), filter, { cursor, limit });
        return { status: 200, body: { value: page.rows, nextCursor: page.nextCursor } };
      },
    ),
  ];
}
