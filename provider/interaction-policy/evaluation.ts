/**
 * What one evaluation of the policy knows: the account and the part of its record that sign-in needs, read once for
 * all checks of one request.
 */
import type { KoaContextWithOIDC } from 'oidc-provider';
import { z } from 'zod';
import { effectivePolicy } from '../../security-info/effective-policy.ts';
import type { EffectivePolicy } from '../../security-info/policy.ts';
import type { Ports } from '../../security-info/ports.ts';
import type { SignInRecord } from '../../security-info/record.ts';
import { passesSilently, type SignInStatus, signInStatus } from '../../security-info/status.ts';
import { hostAccountOf } from '../oidc-account.ts';

/** The ports that the checks look at. */
export type EvaluationPorts = Pick<Ports, 'records' | 'policies' | 'clock' | 'directory'>;

/** What this deployment adds to a client's metadata; whatever is missing has its default. */
export const clientExtras = z.object({
  clientId: z.string(),
  security_info_exempt: z.boolean().default(false),
  security_info_silent: z.enum(['grace', 'strict']).default('grace'),
  first_party: z.boolean().default(false),
});

const records = new WeakMap<object, Promise<SignInRecord>>();

/** The record of the account that is signed in: one read per request, whoever asks. */
export function signInRecordOf(
  ctx: KoaContextWithOIDC,
  accountId: string,
  ports: Pick<Ports, 'records'>,
): Promise<SignInRecord> {
  const known = records.get(ctx.oidc);
  if (known !== undefined) return known;
  const read = ports.records.readForSignIn(accountId);
  records.set(ctx.oidc, read);
  return read;
}

/** What was read of the account that is signed in, for whoever asks later in the request. */
export function knowSignInRecord(request: KoaContextWithOIDC['oidc'], record: SignInRecord): void {
  records.set(request, Promise.resolve(record));
}

const knownExtras = new WeakMap<object, z.infer<typeof clientExtras>>();

/** The library keeps a client as long as its metadata is the same: so is what was read from it. */
function extrasOf({ oidc: { client } }: KoaContextWithOIDC): z.infer<typeof clientExtras> {
  if (client === undefined) return clientExtras.parse({});
  const known = knownExtras.get(client) ?? clientExtras.parse(client);
  knownExtras.set(client, known);
  return known;
}

/** What an evaluation comes to. */
export interface Evaluation {
  readonly status: SignInStatus;
  readonly policy: EffectivePolicy;
  /** The sign-in goes on without a word: nothing is due, or `prompt=none` has its grace. */
  readonly passes: boolean;
}

/** What sign-in needs of the account of this request; null where none is signed in. */
export async function evaluate(ctx: KoaContextWithOIDC, ports: EvaluationPorts): Promise<Evaluation | null> {
  const accountId = ctx.oidc.session?.accountId;
  if (accountId === undefined) return null;
  // A host with a findAccount of its own is asked through the directory.
  const account = hostAccountOf(ctx.oidc.account) ?? (await ports.directory.findById(accountId));
  if (account === undefined) return null;
  const [record, policies] = await Promise.all([
    signInRecordOf(ctx, account.id, ports),
    ports.policies.current(),
  ]);
  const subject = { accountId: account.id, groups: account.groups, isAdmin: account.isAdmin };
  const policy = effectivePolicy(policies, subject);
  await keepPolicyId(record, policy, ports);
  const client = extrasOf(ctx);
  const now = ports.clock.now();
  const status = signInStatus(
    policy,
    record,
    subject,
    { clientId: client.clientId, isExempt: client.security_info_exempt },
    now,
  );
  const isSilent = ctx.oidc.prompts.has('none');
  const isStrict = client.security_info_silent === 'strict';
  return {
    status,
    policy,
    passes: passesWithoutWord(status) || (isSilent && passesSilently(status, policy, isStrict, now)),
  };
}

function passesWithoutWord({ kind }: SignInStatus): boolean {
  return kind === 'out_of_scope' || kind === 'satisfied' || kind === 'snoozed';
}

/** Jobs find accounts by the policy that applied at their last sign-in. Written only where it has changed. */
async function keepPolicyId(
  record: SignInRecord,
  policy: EffectivePolicy,
  ports: EvaluationPorts,
): Promise<void> {
  if (record.methods.length > 0 && record.policyId !== policy.id) {
    await ports.records.setPolicyId(record.accountId, policy.id);
  }
}

/** Whether a sign-in at this time is older than the last change of the credentials. @param epochSeconds `loginTs` */
export function isBeforeCredentialsChange(
  epochSeconds: number | undefined,
  record: Pick<SignInRecord, 'credentialsChangedAt'>,
): boolean {
  const { credentialsChangedAt } = record;
  if (credentialsChangedAt === null) return false;
  return epochSeconds === undefined || epochSeconds * 1000 < credentialsChangedAt.getTime();
}
