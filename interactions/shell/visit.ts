/** Who is visiting the security-info pages, as the Desk wants to know it. */
import type { Visit } from '../../security-info/desk.ts';
import { InteractionGone } from '../../security-info/errors.ts';
import type { AccountDirectory } from '../../security-info/ports.ts';
import type { Step } from './contract.ts';
import { deviceOf } from './device.ts';

/** The key of a flow inside a sign-in: `cid` is stable from login to consent, and each account has its own. */
export function interactionFlowKey(cid: string, accountId: string): string {
  return `interaction:${cid}:${accountId}`;
}

/**
 * The visit of a step at `security_info`.
 * @throws {InteractionGone} `interaction_gone`, when nobody is signed in or the account is gone or disabled
 */
export async function visitOf(
  { ctx, interaction, words }: Pick<Step, 'ctx' | 'interaction' | 'words'>,
  { directory }: { readonly directory: Pick<AccountDirectory, 'findById'> },
): Promise<Visit> {
  const { accountId, cid, client } = interaction;
  const account = accountId === null ? undefined : await directory.findById(accountId);
  if (account === undefined || account.isDisabled) throw new InteractionGone();
  return {
    account,
    asker: {
      caller: 'signed_in',
      callerAddress: ctx.ip,
      clientId: client.clientId,
      locale: words.language,
      device: deviceOf(ctx.get('User-Agent')),
    },
    flowKey: interactionFlowKey(cid, account.id),
    client: { clientId: client.clientId, isExempt: client.isExempt },
  };
}
