/**
 * The dry run of a change of policy: who would be interrupted, why and when, as counts and as a list. Nobody is touched.
 * The proposal is compared with the policies in force.
 */
import { readCursor, writeCursor } from '../cursor.ts';
import { effectivePolicy, inOrder, scopeOf } from '../effective-policy.ts';
import { availableSenders, subjectOf } from '../operations/situation.ts';
import { defaultPolicyId, type PolicySet } from '../policy.ts';
import { type PeopleQuery, type Person, pageOfPeople, peopleInBatches } from './people.ts';
import type { ReportPorts } from './ports.ts';
import {
  type JudgedPerson,
  judgePerson,
  type PreviewChange,
  type PreviewRow,
  type PreviewSituation,
} from './preview-person.ts';
import { createPreviewTally, type PolicyPreview, type PolicyProposal } from './preview-tally.ts';

/** Whose rows of a dry run are wanted. */
export interface PreviewFilter extends PeopleQuery {
  readonly change?: PreviewChange | undefined;
  /** Only who would be interrupted at the next sign-in. */
  readonly isInterruptedNow?: boolean | undefined;
}

/**
 * Counts what a change would do.
 * @param proposal the policy as it would be saved, validated by `parsePolicy`, or the id of one to remove
 * @param options.actingAdminId the account of the admin who asks, to be told if they would lock themselves out
 */
export async function previewPolicy(
  ports: ReportPorts,
  proposal: PolicyProposal,
  options: { readonly actingAdminId?: string | null; readonly signal?: AbortSignal } = {},
): Promise<PolicyPreview> {
  const situation = await situationOf(ports, proposal);
  const tally = createPreviewTally(proposal, situation, options.actingAdminId ?? null);
  for await (const people of peopleInBatches(ports, {}, options.signal)) {
    for (const person of people) {
      if (!person.account.isDisabled) {
        tally.add(judgePerson(person, situation), isInScope(person, situation.today));
      }
    }
  }
  return tally.result();
}

/**
 * One page of the list behind the counts, in the directory's order.
 * @param page.limit 1 to 1,000
 * @throws {InvalidCursor} `invalid_cursor`, also for a cursor of another proposal or filter
 */
export async function previewPolicyPage(
  ports: ReportPorts,
  proposal: PolicyProposal,
  filter: PreviewFilter,
  page: { readonly cursor: string | null; readonly limit: number },
): Promise<{ readonly rows: readonly PreviewRow[]; readonly nextCursor: string | null }> {
  const { group, loginNamePrefix, change, isInterruptedNow } = filter;
  const query = ['policy-preview', proposal, group, loginNamePrefix, change, isInterruptedNow];
  const cursor = page.cursor === null ? null : readCursor(query, page.cursor);
  const makeRows = rowMaker(await situationOf(ports, proposal), filter);
  const { rows, nextCursor } = await pageOfPeople(ports, filter, { ...page, cursor }, makeRows);
  return { rows, nextCursor: nextCursor === null ? null : writeCursor(query, nextCursor) };
}

/** The whole list, one row after the other. */
export async function* streamPolicyPreview(
  ports: ReportPorts,
  proposal: PolicyProposal,
  filter: PreviewFilter = {},
  signal?: AbortSignal,
): AsyncGenerator<PreviewRow> {
  const makeRows = rowMaker(await situationOf(ports, proposal), filter);
  for await (const people of peopleInBatches(ports, filter, signal)) yield* makeRows(people);
}

/** The policies as they would be after the change. */
export function proposedPolicies(today: PolicySet, proposal: PolicyProposal): PolicySet {
  const id = 'save' in proposal ? proposal.save.id : proposal.remove;
  const others = today.groupPolicies.filter((policy) => policy.id !== id);
  if ('remove' in proposal) return { ...today, groupPolicies: others };
  if (id === defaultPolicyId) return { ...today, defaultPolicy: proposal.save };
  return { ...today, groupPolicies: inOrder([...others, proposal.save]) };
}

async function situationOf(ports: ReportPorts, proposal: PolicyProposal): Promise<PreviewSituation> {
  const today = await ports.policies.latest();
  return {
    today,
    proposed: proposedPolicies(today, proposal),
    senders: availableSenders({ ports }),
    now: ports.clock.now(),
  };
}

function isInScope({ account }: Person, policies: PolicySet): boolean {
  const subject = subjectOf(account);
  return scopeOf(effectivePolicy(policies, subject), subject, null) === 'in_scope';
}

function rowMaker(situation: PreviewSituation, filter: PreviewFilter) {
  return (people: readonly Person[]): PreviewRow[] =>
    people
      .filter(({ account }) => !account.isDisabled)
      .map((person): JudgedPerson => judgePerson(person, situation))
      .map(({ row }) => row)
      .filter(({ change }) => filter.change === undefined || filter.change === change)
      .filter(
        ({ after }) =>
          filter.isInterruptedNow === undefined || filter.isInterruptedNow === (after.at === 'now'),
      );
}
