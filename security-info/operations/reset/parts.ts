/** What the parts of a reset share: who acts, under which policy, on whose record. */
import type { Act } from '../../act.ts';
import { effectivePolicy } from '../../effective-policy.ts';
import { NothingPending } from '../../errors.ts';
import type { EffectivePolicy } from '../../policy.ts';
import type { Account, Ports } from '../../ports.ts';
import type { SecurityInfoRecord } from '../../record.ts';
import type { ResetVisit } from '../../reset-desk.ts';
import { type ResetProgress, resetProgress, resetProofs } from '../../reset-rules.ts';
import { availableSenders, type DeskParts, subjectOf } from '../situation.ts';
import { type ResetFlow, requireReset } from './reset-flow.ts';

/** The ports and options of all that a reset does. */
export interface ResetParts extends DeskParts {
  /** Runs work that no answer waits for: it says nothing by how long it takes. Must not throw. */
  readonly inBackground: (work: () => Promise<void>) => void;
}

/** A reset whose name is somebody's. */
export interface ResetSituation extends ResetFlow {
  readonly account: Account;
  readonly policy: EffectivePolicy;
  readonly record: SecurityInfoRecord;
  readonly act: Act;
  readonly progress: ResetProgress;
}

/** Whom the name belongs to, if it can sign in. The look-up is made in every case. */
export async function accountOf(
  ports: Pick<Ports, 'directory'>,
  accountId: string | null,
): Promise<Account | null> {
  const account = await ports.directory.findById(accountId ?? '');
  return account === undefined || account.isDisabled ? null : account;
}

/** The act of somebody in a reset. */
export async function actOf(
  { ports }: ResetParts,
  visit: ResetVisit,
  { flow, memory }: ResetFlow,
  account: Account,
): Promise<Act> {
  const policy = effectivePolicy(await ports.policies.current(), subjectOf(account));
  const asker = { ...visit.asker, caller: memory.caller };
  return { account, asker, policy, flow, keys: ports.keys, now: ports.clock.now() };
}

/**
 * All about a reset past its first gate.
 * @throws {NothingPending} `nothing_pending`, when there is none, or its first gate is closed (again)
 */
export async function situationPastFirst(parts: ResetParts, visit: ResetVisit): Promise<ResetSituation> {
  const situation = await situationOfReset(parts, visit, await requireReset(parts.ports, visit));
  if (situation === null || situation.progress.kind === 'first_gate') throw new NothingPending();
  return situation;
}

/** All about a reset; null where the name is nobody's. */
export async function situationOfReset(
  parts: ResetParts,
  visit: ResetVisit,
  reset: ResetFlow,
): Promise<ResetSituation | null> {
  const { ports } = parts;
  const account = await accountOf(ports, reset.memory.accountId);
  if (account === null) return null;
  const [act, record] = await Promise.all([
    actOf(parts, visit, reset, account),
    ports.records.read(account.id),
  ]);
  const { policy, now } = act;
  const proofs = resetProofs(record, reset.flow, policy, now);
  const progress = resetProgress(record, proofs, policy, availableSenders(parts), now);
  return { ...reset, account, policy, record, act, progress };
}
